// DOM without HTML text: what people wrote can only ever become text.

/** `properties` are the element's own (`className`, `onclick`, …); null children are left out. */
export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A word and what it stands for, as one entry of a description list; null when there is nothing to say. */
export const entry = (term, value) =>
  value ? element("div", {}, element("dt", { textContent: term }), element("dd", {}, value)) : null;

export const button = (label, onclick, className = "") =>
  element("button", { type: "button", textContent: label, onclick, className });
