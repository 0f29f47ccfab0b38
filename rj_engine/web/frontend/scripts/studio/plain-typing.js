// Typing over coloured text: a browser keeps its colours by an inline style, which the policy refuses. The editor puts it in.
import { EditorView } from "@codemirror/view";

export function typePlainly(page) {
  page.addEventListener("beforeinput", (press) => {
    const view = press.inputType === "insertText" && !press.isComposing && press.target.closest?.(".cm-content") && EditorView.findFromDOM(press.target);
    if (view && view.state.selection.ranges.some(({ empty }) => !empty)) {
      press.preventDefault();
      view.dispatch(view.state.replaceSelection(press.data ?? ""), { userEvent: "input.type", scrollIntoView: true });
    }
  });
}
