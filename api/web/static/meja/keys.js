// Shortcuts of one letter, as long as nobody is writing; `?` shows those that work now. They can be switched off.

import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { get, put } from "../app/db.js";
import { Check, Sheet } from "../app/elements.js";
import { html } from "../app/html.js";
import { words } from "../app/words.js";

const SWITCH = "meja-keys";
const bound = new Set();
let isOn = true;
get("settings", SWITCH).then((kept) => (isOn = kept ?? true)).catch(() => {});

/** `keys`: {key: [what it does in words, function]}. */
export function useKeys(keys, title) {
  const entry = useRef({});
  Object.assign(entry.current, { keys, title });
  useLayoutEffect(() => {
    bound.add(entry.current);
    return () => bound.delete(entry.current);
  }, []);
}

const isWriting = ({ target }) => target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], dialog, [role=application]");

/** Enter on a link or a button is theirs. */
const isPressing = ({ key, target }) => key === "Enter" && target.closest?.("a, button, summary, input");

addEventListener("keydown", (event) => {
  if (!isOn || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isWriting(event) || isPressing(event)) return;
  const found = [...bound].reverse().find(({ keys }) => keys[event.key]);
  if (!found || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  found.keys[event.key][1]();
});

export function Help() {
  const [isShown, show] = useState(false);
  const [works, setWorks] = useState(isOn);
  useKeys({ "?": [words("meja_keys_help"), () => show(true)] }, words("meja_keys_everywhere"));
  if (!isShown) return html`<button type="button" class="button quiet help" onClick=${() => show(true)}><kbd>?</kbd> ${words("meja_keys")}</button>`;
  const change = async (value) => {
    isOn = value;
    setWorks(value);
    await put("settings", value, SWITCH);
  };
  return html`
    <${Sheet} title=${words("meja_keys")} close=${() => show(false)}>
      ${[...bound].map(({ keys, title }) => html`
        <section class="stack small"><h3>${title}</h3>
          <dl class="keys">${Object.entries(keys).map(([key, [does]]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${does}</dd></div>`)}</dl>
        </section>
      `)}
      <${Check} label=${words("meja_keys_on")} hint=${words("meja_keys_on_hint")} checked=${works} change=${change} />
    <//>
  `;
}
