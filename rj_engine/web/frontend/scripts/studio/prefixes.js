// A tool may use a prefix that the editor knows for something else: it is given another, or nothing could be saved.
const OURS = {
  bpmn: "http://www.omg.org/spec/BPMN/20100524/MODEL",
  bpmndi: "http://www.omg.org/spec/BPMN/20100524/DI",
  dc: "http://www.omg.org/spec/DD/20100524/DC",
  di: "http://www.omg.org/spec/DD/20100524/DI",
  camunda: "http://camunda.org/schema/1.0/bpmn",
  bioc: "http://bpmn.io/schema/bpmn/biocolor/1.0",
  color: "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
};

export function withPrefixesApart(text) {
  return Object.entries(OURS).reduce((read, [prefix, address]) => {
    const [, , bound] = read.match(new RegExp(`\\sxmlns:${prefix}\\s*=\\s*(["'])(.*?)\\1`)) ?? [];
    if (!bound || bound === address) {
      return read;
    }
    return read
      .replace(new RegExp(`(\\sxmlns:)${prefix}(?=\\s*=)`, "g"), `$1${prefix}_other`)
      .replace(new RegExp(`(</?)${prefix}:`, "g"), `$1${prefix}_other:`)
      .replace(new RegExp(`(\\s)${prefix}:(?=[\\w.-]+\\s*=\\s*["'])`, "g"), `$1${prefix}_other:`);
  }, text);
}
