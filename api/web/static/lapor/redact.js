// What was said too much is taken back: words and photos of the own report, for good.

import { useState } from "preact/hooks";

import { Check, Sheet } from "../app/elements.js";
import { html } from "../app/html.js";
import { words } from "../app/words.js";

/** `queue(report, kind, fields)` puts the step into the outbox. */
export function RedactForm({ report, close, queue }) {
  const [chosen, setChosen] = useState({});
  const mark = (name) => (isOn) => setChosen({ ...chosen, [name]: isOn });
  const photos = report.photos.filter(({ purpose, urls }) => purpose === "report" && urls);
  const parts = [report.text && ["text", "lapor_redact_text"], report.address && ["address", "lapor_redact_address"], Object.keys(report.answers).length && ["answers", "lapor_redact_answers"]].filter(Boolean);
  const named = photos.map(({ id }) => id).filter((id) => chosen[id]);
  const isEmpty = !named.length && !parts.some(([name]) => chosen[name]);
  const submit = async (event) => {
    event.preventDefault();
    if (isEmpty) return;
    const fields = Object.fromEntries(parts.map(([name]) => [name, Boolean(chosen[name])]));
    await queue(report, "redact", { redact: { ...fields, photos: named } });
    close();
  };
  return html`
    <${Sheet} title=${words("lapor_redact_title")} close=${close}>
      <p>${words("lapor_redact_line")}</p>
      <form class="stack" onSubmit=${submit}>
        ${parts.map(([name, key]) => html`<${Check} key=${name} label=${words(key)} checked=${Boolean(chosen[name])} change=${mark(name)} />`)}
        ${photos.map(({ id, urls }, place) => html`<div class="row nowrap" key=${id}><img class="thumb" src=${urls["160"] ?? urls["640"]} alt="" /><${Check} label=${words("lapor_photo_alt", { n: place + 1, total: photos.length })} checked=${Boolean(chosen[id])} change=${mark(id)} /></div>`)}
        <button class="button danger wide" disabled=${isEmpty}>${words("lapor_redact_do")}</button>
      </form>
    <//>
  `;
}
