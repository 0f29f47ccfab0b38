// Makes what others wrote keep to a policy that allows no inline style, and to a quiet console. A text that is not there any more fails the build.
import { readFileSync } from "node:fs";

const CURES = [
  // CodeMirror: constructable style sheets always, not only in shadow roots.
  [/style-mod\/src\/style-mod\.js$/, "if (!root.head && root.adoptedStyleSheets", "if (root.adoptedStyleSheets"],
  // Markup made from text: its style is set by script, which the policy allows.
  [
    /domify\/index\.js$/,
    "element.innerHTML = prefix + htmlString + suffix;",
    `element.innerHTML = (prefix + htmlString + suffix).replaceAll(' style="', ' data-style="');
    for (const styled of element.querySelectorAll("[data-style]")) styled.style.cssText = styled.dataset.style;`,
  ],
  // What one library says to another is nothing that whoever draws can act on.
  [/context-pad\/ContextPad\.js$/, "console.warn(new Error('ContextPad#getPad is deprecated", "void (new Error('"],
];

export const underPolicy = {
  name: "under-policy",
  setup(build) {
    build.onLoad({ filter: /\.js$/ }, ({ path }) => {
      const cures = CURES.filter(([where]) => where.test(path));
      if (!cures.length) {
        return undefined;
      }
      let contents = readFileSync(path, "utf8");
      for (const [, from, to] of cures) {
        if (!contents.includes(from)) {
          throw new Error(`${path} has changed: look again whether it keeps to the policy`);
        }
        contents = contents.replaceAll(from, to);
      }
      return { contents, loader: "js" };
    });
  },
};
