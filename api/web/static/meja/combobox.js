// Choosing by typing (the combobox of ARIA 1.2): arrows move, Enter chooses, Escape closes.

import { useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import { Field } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { words } from "../app/words.js";

const AT_MOST = 12;
const WAITS_MS = 200;

/** Options whose label or hint has all the words. */
export const ofList = (options) => (text) => {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  return options.filter(({ label, hint }) => wanted.every((word) => `${label} ${hint ?? ""}`.toLowerCase().includes(word)));
};

/** [options once they are here, find]; who types before waits for them. `load()` answers with options. */
export function useOptions(load, inputs) {
  const promise = useMemo(load, inputs);
  const [options] = useAsked(() => promise, inputs);
  return [options ?? [], async (text) => ofList(await promise)(text)];
}

/** `find(text)`: options [{value, label, hint?}], now or later. `value` is the chosen option. */
export function Combobox({ find, value, choose, isFirst = false, needed = 0, ...field }) {
  const [text, setText] = useState(value?.label ?? "");
  const [found, setFound] = useState(null);
  const [active, setActive] = useState(0);
  const list = useId();
  const control = useRef();
  const asked = useRef(0);
  useLayoutEffect(() => {
    if (isFirst) control.current.focus();
  }, []);
  const isTyping = () => control.current === document.activeElement && control.current.value;
  useLayoutEffect(() => {
    if (!isTyping()) setText(value?.label ?? ""); // what is proposed meanwhile takes nobody's letters away
  }, [value?.label]);
  const search = (written) => {
    const round = ++asked.current;
    const show = (options) => {
      if (round !== asked.current) return;
      setFound(options.slice(0, AT_MOST));
      setActive(0);
    };
    if (written.trim().length < needed) return setFound(null);
    const answer = () => Promise.resolve(find(written)).then(show, () => show([]));
    if (needed) setTimeout(() => round === asked.current && answer(), WAITS_MS);
    else answer();
  };
  const close = () => {
    asked.current += 1;
    setFound(null);
  };
  const take = (option) => {
    close();
    setText(option.label);
    choose(option);
  };
  const write = (event) => {
    setText(event.currentTarget.value);
    if (value) choose(null);
    search(event.currentTarget.value);
  };
  const keys = (event) => {
    const count = found?.length ?? 0;
    if (event.key === "ArrowDown" && !found) search(text);
    else if (event.key === "ArrowDown") setActive((active + 1) % Math.max(count, 1));
    else if (event.key === "ArrowUp") setActive((active - 1 + count) % Math.max(count, 1));
    else if (event.key === "Enter" && count && !event.ctrlKey) take(found[active]);
    else if (event.key === "Escape" && found) close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const leave = () => {
    close();
    setText(value?.label ?? "");
  };
  return html`
    <div class="combobox">
      <${Field} ...${field}>
        ${(ids) => html`<input ...${ids} ref=${control} type="text" role="combobox" autocomplete="off" aria-autocomplete="list" aria-expanded=${Boolean(found?.length)} aria-controls=${list}
          aria-activedescendant=${found?.length ? `${list}-${active}` : undefined} value=${text} onInput=${write} onKeyDown=${keys} onBlur=${leave} onFocus=${(event) => event.currentTarget.select()} />`}
      <//>
      <ul id=${list} role="listbox" aria-label=${field.label} hidden=${!found?.length}>
        ${found?.map((option, place) => html`
          <li role="option" id="${list}-${place}" aria-selected=${place === active} key=${option.label} onMouseDown=${(event) => { event.preventDefault(); take(option); }}>
            <span>${option.label}</span>${option.hint && html`<small>${option.hint}</small>`}
          </li>
        `)}
      </ul>
      <p class="unseen" role="status">${found && words("meja_found", { count: found.length })}</p>
    </div>
  `;
}
