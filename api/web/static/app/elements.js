// The parts that every app is made of.

import { useEffect, useErrorBoundary, useId, useLayoutEffect, useRef, useState } from "preact/hooks";

import { html } from "./html.js";
import { Icon } from "./icons.js";
import { atTime, capital, stateName, words } from "./words.js";

/** `kind`: "primary", "plain" (default), "quiet" or "danger". */
export const Button = ({ kind = "plain", icon, isBusy = false, children, ...more }) => html`
  <button type="button" class="button ${kind}" aria-busy=${isBusy} disabled=${isBusy} ...${more}>
    ${icon && html`<${Icon} name=${icon} />`}<span>${children}</span>
  </button>
`;

/** A label, its control and what is wrong with it. `children(ids)` makes another control than a line of text. */
export function Field({ label, hint, fault, children, ...more }) {
  const id = useId();
  const said = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ") || undefined;
  const ids = { id, "aria-describedby": said, "aria-invalid": fault ? "true" : undefined };
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
      ${children ? children(ids) : html`<input ...${ids} ...${more} />`}
      ${fault && html`<p class="fault" id="${id}-fault"><${Icon} name="warning" size="18" /> ${fault}</p>`}
    </div>
  `;
}

/** One of several, as large buttons. `choices`: [{value, label, hint?}]. */
export function Choice({ legend, choices, value, choose, isRow = false }) {
  const name = useId();
  return html`
    <fieldset class="choice ${isRow ? "row" : ""}">
      <legend>${legend}</legend>
      ${choices.map(
        (each) => html`
          <label class="option">
            <input type="radio" name=${name} checked=${each.value === value} onChange=${() => choose(each.value)} />
            <span><strong>${each.label}</strong>${each.hint && html`<small>${each.hint}</small>`}</span>
          </label>
        `,
      )}
    </fieldset>
  `;
}

export const Check = ({ label, hint, checked, change }) => html`
  <label class="option">
    <input type="checkbox" checked=${checked} onChange=${(event) => change(event.currentTarget.checked)} />
    <span><strong>${label}</strong>${hint && html`<small>${hint}</small>`}</span>
  </label>
`;

/** A dialog from below; the browser keeps the focus in it and gives it back. */
export function Sheet({ title, close, children }) {
  const dialog = useRef();
  const id = useId();
  useLayoutEffect(() => {
    dialog.current.showModal(); // the focus goes to the child with `autofocus`, else to the button that closes
  }, []);
  return html`
    <dialog class="sheet" ref=${dialog} aria-labelledby=${id} onClose=${close}>
      <header><h2 id=${id}>${title}</h2><button type="button" class="button quiet square" aria-label=${words("app_close")} onClick=${() => dialog.current.close()}><${Icon} name="close" /></button></header>
      <div class="stack">${children}</div>
    </dialog>
  `;
}

/** What matters, in a frame. `kind`: "info", "good", "warn", "danger". */
export const Notice = ({ kind = "info", icon, title, children, role }) => html`
  <div class="notice ${kind}" role=${role}>
    ${icon && html`<${Icon} name=${icon} />`}
    <div class="stack small">${title && html`<strong>${title}</strong>`}${children}</div>
  </div>
`;

/** A Refusal, or any error, in words that say what to do. */
export function Fault({ error, again }) {
  if (!error) return null;
  return html`
    <${Notice} kind="danger" icon="warning" role="alert">
      <p>${faultWords(error)}</p>
      ${again && html`<div><${Button} onClick=${again}>${words("app_try_again")}<//></div>`}
    <//>
  `;
}

export function faultWords(error) {
  if (error.status === 0) return words("app_unreachable");
  const fields = Object.values(error.fields ?? {});
  return fields.length ? fields.join(" ") : error.problem?.detail ?? words("app_failed");
}

const StateMark = ({ state }) => html`<i class="mark ${state}" aria-hidden="true"></i>`;

export const StateBadge = ({ state }) => html`<span class="badge"><${StateMark} state=${state} />${stateName(state)}</span>`;

/** `events`: [{at, state, title?, by?, note?, photos?}], oldest first. */
export const Timeline = ({ events, zone }) => html`
  <ol class="timeline">
    ${events.map(
      (event) => html`
        <li>
          <${StateMark} state=${event.state} />
          <strong>${event.title ?? stateName(event.state)}</strong>
          <p class="hint"><time datetime=${event.at}>${atTime(event.at, zone)}</time>${event.by && html` · ${event.by}`}</p>
          ${event.note && html`<p class="said">${event.note}</p>`}
        </li>
      `,
    )}
  </ol>
`;

/** `photos`: [{id, small, large?, alt, part?, note?, remove?}]; `part` of 1 that was sent shows as a bar. */
export const PhotoStrip = ({ photos }) => html`
  <ul class="photos">
    ${photos.map(
      (photo) => html`
        <li key=${photo.id}>
          ${photo.large ? html`<a href=${photo.large} target="_blank"><img src=${photo.small} alt=${photo.alt} loading="lazy" /></a>` : html`<img src=${photo.small} alt=${photo.alt} />`}
          ${photo.part !== undefined && photo.part < 1 && html`<progress max="1" value=${photo.part} aria-label=${words("app_photo_part", { percent: Math.round(photo.part * 100) })}></progress>`}
          ${photo.remove && html`<button type="button" class="button square over" aria-label=${words("app_photo_remove", { photo: photo.alt })} onClick=${photo.remove}><${Icon} name="close" size="20" /></button>`}
          ${photo.note && html`<p class="fault">${photo.note}</p>`}
        </li>
      `,
    )}
  </ul>
`;

const voice = new EventTarget();

/** Says it below the screen and to screen readers, for a few seconds. */
export const say = (text) => voice.dispatchEvent(new CustomEvent("say", { detail: text }));

export function Toast() {
  const [text, setText] = useState("");
  useEffect(() => {
    let timer;
    const show = ({ detail }) => {
      clearTimeout(timer);
      setText(detail);
      timer = setTimeout(() => setText(""), 6000);
    };
    voice.addEventListener("say", show);
    return () => voice.removeEventListener("say", show);
  }, []);
  return html`<div class="toast" role="status" hidden=${!text}>${text}</div>`;
}

/** The one heading of a screen, which gets the focus when the screen is new, so that screen readers begin there. */
export function Heading({ children, back }) {
  const heading = useRef();
  useEffect(() => heading.current.focus({ preventScroll: true }), []);
  return html`
    <div class="heading">
      ${back && html`<a class="button quiet square" href=${back} aria-label=${words("app_back")}><${Icon} name="back" /></a>`}
      <h1 ref=${heading} tabindex="-1">${children}</h1>
    </div>
  `;
}

/** A fault of ours must not leave a white page, nor lose what was written. */
export function Guard({ children }) {
  const [error, reset] = useErrorBoundary();
  return error ? html`<main class="screen"><${Fault} error=${error} again=${reset} /></main>` : children;
}

export const Empty = ({ icon, title, children }) => html`
  <div class="empty"><${Icon} name=${icon} size="40" /><strong>${title}</strong>${children}</div>
`;

export const Facts = ({ facts }) => html`
  <dl class="facts">${facts.filter(([, value]) => value).map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>
`;

export const sentence = capital;
