// Photos before and after, side by side, each with what the checks found, in words.

import { useEffect, useState } from "preact/hooks";

import { Cover } from "../app/cover.js";
import { Button, Fault, Field, Sheet } from "../app/elements.js";
import { html } from "../app/html.js";
import { Icon } from "../app/icons.js";
import { send } from "../app/server.js";
import { words } from "../app/words.js";

const LOOKS_AGAIN_MS = 3000;

export function Pictures({ photos, mayHide, again }) {
  const isComing = photos.some(({ state }) => state === "uploaded"); // the worker is at it
  useEffect(() => {
    const timer = isComing && setInterval(again, LOOKS_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isComing]);
  const before = photos.filter(({ purpose }) => purpose !== "evidence");
  const after = photos.filter(({ purpose }) => purpose === "evidence");
  if (!photos.length) return html`<p class="hint">${words("meja_no_photos")}</p>`;
  if (!after.length) return html`<section class="card"><${Side} title=${words("meja_photos")} photos=${before} mayHide=${mayHide} again=${again} /></section>`;
  return html`
    <section class="card before-after" aria-label=${words("meja_before_after")}>
      <${Side} title=${words("meja_before")} photos=${before} mayHide=${mayHide} again=${again} />
      <${Side} title=${words("meja_after")} photos=${after} mayHide=${mayHide} again=${again} />
    </section>
  `;
}

const Side = ({ title, photos, ...shared }) => html`
  <div class="stack small">
    <h3>${title}</h3>
    ${photos.length ? html`<ul class="pictures">${photos.map((photo, place) => html`<${Picture} key=${photo.id} photo=${photo} alt=${words("meja_photo_alt", { what: title, n: place + 1, total: photos.length })} ...${shared} />`)}</ul>` : html`<p class="hint">${words("meja_no_photos")}</p>`}
  </div>
`;

const Picture = ({ photo, alt, mayHide, again }) => html`
  <li>
    ${photo.urls ? html`<a href=${photo.urls["1600"]} target="_blank"><img src=${photo.urls["640"]} alt=${alt} loading="lazy" /></a>` : html`<p class="hint">${photo.words ?? words("meja_photo_coming")}</p>`}
    ${mayHide && photo.urls && html`<${Hiding} photo=${photo} alt=${alt} again=${again} />`}
    ${photo.flags?.length > 0 && html`<ul class="flags" aria-label=${words("meja_flags")}>${byName(photo.flags).map(([flag, ...others]) => html`<${Flag} key=${flag.name} flag=${flag} others=${others} />`)}</ul>`}
    ${photo.flags && !photo.flags.length && html`<p class="sound"><${Icon} name="check" size="16" /> ${words("meja_flags_none")}</p>`}
  </li>
`;

const byName = (flags) => [...new Set(flags.map(({ name }) => name))].map((name) => flags.filter((flag) => flag.name === name));

/** The nearest one in words; where else the picture was seen, on request. */
const Flag = ({ flag, others }) => html`
  <li>
    <${Icon} name="warning" size="16" />
    <div><span>${flag.words}</span>${others.length > 0 && html`<details><summary>${words("meja_flags_more", { count: others.length })}</summary><p class="number">${others.map(({ report, words: said }) => report ?? said).join(", ")}</p></details>`}</div>
  </li>
`;

/** Covered in places for good, or kept from the public as a whole. */
function Hiding({ photo, alt, again }) {
  const [form, show] = useState("");
  const isHidden = photo.state === "hidden";
  return html`
    ${isHidden && html`<p class="hint"><${Icon} name="lock" size="16" /> ${words("meja_photo_hidden")}</p>`}
    <div class="row picture-steps">
      <button type="button" class="button small" onClick=${() => show("cover")}>${words("meja_photo_cover")}<span class="unseen"> ${alt}</span></button>
      <button type="button" class="button small" onClick=${() => show("hide")}>${words(isHidden ? "meja_photo_show" : "meja_photo_hide")}<span class="unseen"> ${alt}</span></button>
    </div>
    ${form === "cover" && html`<${Cover} photo=${photo} alt=${alt} close=${() => show("")} done=${again} />`}
    ${form === "hide" && html`<${HideForm} photo=${photo} isHidden=${isHidden} close=${() => show("")} done=${again} />`}
  `;
}

function HideForm({ photo, isHidden, close, done }) {
  const [reason, setReason] = useState("");
  const [error, setError] = useState(null);
  const does = words(isHidden ? "meja_photo_show" : "meja_photo_hide");
  const give = async (event) => {
    event.preventDefault();
    try {
      await send("POST", `/v1/photos/${photo.id}/hide`, { hidden: !isHidden, reason });
      close();
      done();
    } catch (refusal) {
      setError(refusal);
    }
  };
  return html`
    <${Sheet} title=${does} close=${close}>
      <form class="stack" onSubmit=${give}>
        <${Field} label=${words("meja_photo_hide_reason")} fault=${error?.fields?.reason}>
          ${(ids) => html`<input ...${ids} type="text" required autofocus maxlength="300" value=${reason} onInput=${(event) => setReason(event.currentTarget.value)} />`}
        <//>
        <${Fault} error=${error?.fields?.reason ? null : error} />
        <div class="row"><button class="button primary">${does}</button><${Button} kind="quiet" onClick=${close}>${words("meja_cancel")}<//></div>
      </form>
    <//>
  `;
}
