// The table editor knows DMN 1.3 alone. A file of another edition is read as that where nothing of it would be dropped.
import { say } from "./words.js";

const SPEC = "https://www.omg.org/spec/DMN/20191111/";
const EDITIONS = {
  "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
  "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
  "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
  "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
};
const DRAWINGS = ["http://www.omg.org/spec/DMN/20180521/DMNDI/", "https://www.omg.org/spec/DMN/20230324/DMNDI/"];
const LATER = /<(?:[\w-]+:)?(conditional|for|every|some|filter|typeConstraint)[\s/>]/;

export function asEdited(text) {
  const model = Object.keys(EDITIONS).find((each) => text.includes(`"${each}"`) || text.includes(`'${each}'`));
  if (!model) {
    return text;
  }
  const [, part] = text.match(LATER) ?? [];
  if (part) {
    throw new Error(say("it is written in DMN {edition}, and its “{part}” would be dropped. Change it in the tool that made it", { edition: EDITIONS[model], part }));
  }
  const read = text.replaceAll(model, `${SPEC}MODEL/`);
  return DRAWINGS.reduce((all, each) => all.replaceAll(each, `${SPEC}DMNDI/`), read);
}
