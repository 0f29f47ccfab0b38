// The fields that a step is changed with: what is typed is kept when one leaves the field, so that it is one change.
import { h } from "@bpmn-io/properties-panel/preact";
import { useState } from "@bpmn-io/properties-panel/preact/hooks";
import { say } from "../words.js";

const wide = (control, id, label, hint) => h("div", { class: "rj-steps__field" },
  h("label", { for: id }, label), hint && h("p", { class: "rj-steps__hint", id: `${id}-hint` }, hint), control);

export function Words({ id, label, value, locked, keep, long = false, hint }) {
  const [typed, type] = useState(null);
  const props = {
    id, disabled: locked, spellcheck: !long || !hint, autocomplete: "off", "aria-describedby": hint ? `${id}-hint` : undefined,
    value: typed ?? value,
    onInput: ({ target }) => type(target.value),
    // Not onChange: beside an editor's own panel that means each letter.
    onChangeCapture: ({ target }) => {
      type(null);
      if (target.value !== value) {
        keep(target.value);
      }
    },
  };
  return wide(long ? h("textarea", { ...props, rows: 3 }) : h("input", { ...props, type: "text" }), id, label, hint);
}

export function Choice({ id, label, value, choices, locked, keep, none = say("None") }) {
  const known = !value || choices.some((choice) => choice.value === value);
  const offered = [...(none ? [{ value: "", label: none }] : []), ...(known ? [] : [{ value, label: value }]), ...choices];
  const options = offered.map((choice) => h("option", { key: choice.value, value: choice.value, selected: choice.value === value }, choice.label));
  return wide(h("select", { id, disabled: locked, value, onChange: ({ target }) => keep(target.value) }, options), id, label);
}

export function Tick({ id, label, checked, locked, keep }) {
  const box = h("input", { type: "checkbox", id, checked, disabled: locked, onChange: ({ target }) => keep(target.checked) });
  return h("div", { class: "rj-steps__tick" }, box, h("label", { for: id }, label));
}

export const Press = ({ words, about, press, id }) => h("button", { type: "button", class: "rj-steps__button", id, onClick: press },
  words, about && h("span", { class: "govuk-visually-hidden" }, ` ${about}`));
