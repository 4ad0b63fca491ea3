// What was said too much is taken back: parts of the words, all of them, photos of the own report; for good.

import { useState } from "preact/hooks";

import { Check, Sheet } from "../app/elements.js";
import { html } from "../app/html.js";
import { words } from "../app/words.js";

/** `queue(report, kind, fields)` puts the step into the outbox. */
export function RedactForm({ report, close, queue }) {
  const [chosen, setChosen] = useState({});
  const [marked, setMarked] = useState(new Set());
  const mark = (name) => (isOn) => setChosen({ ...chosen, [name]: isOn });
  const photos = report.photos.filter(({ purpose, urls }) => purpose === "report" && urls);
  const parts = [report.text && ["text", "lapor_redact_text"], report.address && ["address", "lapor_redact_address"], Object.keys(report.answers).length && ["answers", "lapor_redact_answers"]].filter(Boolean);
  const named = photos.map(({ id }) => id).filter((id) => chosen[id]);
  const ranges = chosen.text ? [] : rangesOf(report.text, marked);
  const isEmpty = !named.length && !ranges.length && !parts.some(([name]) => chosen[name]);
  const submit = async (event) => {
    event.preventDefault();
    if (isEmpty) return;
    const fields = Object.fromEntries(parts.map(([name]) => [name, Boolean(chosen[name])]));
    await queue(report, "redact", { redact: { ...fields, ranges, photos: named } });
    close();
  };
  return html`
    <${Sheet} title=${words("lapor_redact_title")} close=${close}>
      <p>${words("lapor_redact_line")}</p>
      <form class="stack" onSubmit=${submit}>
        ${report.text && !chosen.text && html`<${Marking} text=${report.text} marked=${marked} change=${setMarked} />`}
        ${parts.map(([name, key]) => html`<${Check} key=${name} label=${words(key)} checked=${Boolean(chosen[name])} change=${mark(name)} />`)}
        ${photos.map(({ id, urls }, place) => html`<div class="row nowrap" key=${id}><img class="thumb" src=${urls["160"] ?? urls["640"]} alt="" /><${Check} label=${words("lapor_photo_alt", { n: place + 1, total: photos.length })} checked=${Boolean(chosen[id])} change=${mark(id)} /></div>`)}
        <button class="button danger wide" disabled=${isEmpty}>${words("lapor_redact_do")}</button>
      </form>
    <//>
  `;
}

/** A finger chooses words more surely than it drags a selection. */
function Marking({ text, marked, change }) {
  const toggle = (place) => {
    const next = new Set(marked);
    if (!next.delete(place)) next.add(place);
    change(next);
  };
  return html`
    <fieldset class="marking">
      <legend>${words("lapor_redact_part")}</legend>
      <p class="hint">${words("lapor_redact_part_hint")}</p>
      <div>${wordsOf(text).map(({ word }, place) => html`<button key=${place} type="button" aria-pressed=${String(marked.has(place))} onClick=${() => toggle(place)}>${word}</button>`)}</div>
    </fieldset>
  `;
}

/** [{word, start, end}] in UTF-16, as JavaScript counts. */
const wordsOf = (text) => [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({ word, start: index, end: index + word.length }));

/** The places of marked words as ranges in code points, as the server counts; neighbours are one range. */
function rangesOf(text, marked) {
  const ranges = [];
  wordsOf(text).forEach(({ start, end }, place) => {
    if (!marked.has(place)) return;
    if (marked.has(place - 1)) ranges.at(-1)[1] = end;
    else ranges.push([start, end]);
  });
  return ranges.map((range) => range.map((at) => [...text.slice(0, at)].length));
}
