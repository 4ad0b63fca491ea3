// What a step needs: words, a date, after-photos. Kept at every stroke; queued, so that it also works offline.

import { useEffect, useState } from "preact/hooks";

import { StorageFull } from "../app/db.js";
import { Fault, Field, Notice, say, Sheet } from "../app/elements.js";
import { html } from "../app/html.js";
import { NotAPicture } from "../app/pictures.js";
import { words } from "../app/words.js";
import { AfterPhotos } from "./after_photos.js";
import { fieldsOf, keepDraft, nameOf, queueStep, readDraft } from "./steps.js";

const LONGEST = { note: 2000, internal_note: 2000, reason: 300, reference: 300 };
const LONG = new Set(["note", "internal_note"]);

export function StepForm({ report, step, close }) {
  const [draft, setDraft] = useState(null);
  const [faults, setFaults] = useState({});
  const [error, setError] = useState(null);
  useEffect(() => {
    readDraft(report.id, nameOf(step)).then(setDraft);
  }, []);
  const update = (patch) =>
    setDraft((old) => {
      const next = { ...old, ...patch };
      keepDraft(report.id, nameOf(step), next).then(() => setError(null), setError);
      return next;
    });
  const fields = fieldsOf(step);
  const submit = async (event) => {
    event.preventDefault();
    const missing = fields.filter(({ name, isNeeded }) => isNeeded && !filled(draft, name));
    setFaults(Object.fromEntries(missing.map(({ name }) => [name, words(name === "evidence" ? "petugas_needs_photo" : "petugas_needs_words")])));
    if (missing.length) return;
    try {
      await queueStep(report, step, draft);
      say(words(navigator.onLine ? "petugas_step_sent" : "petugas_step_queued"));
      close();
    } catch (problem) {
      setError(problem);
    }
  };
  if (!draft) return null;
  return html`
    <${Sheet} title=${step.label} close=${close}>
      <form class="stack" onSubmit=${submit} novalidate>
        ${fields.map(({ name, isNeeded }) =>
          name === "evidence"
            ? html`<${AfterPhotos} key="evidence" photos=${draft.photos} change=${(photos) => update({ photos })} failed=${setError} fault=${faults.evidence} isNeeded=${isNeeded} />`
            : html`<${Words} key=${name} name=${name} isNeeded=${isNeeded} step=${step} value=${draft[name] ?? ""} change=${(text) => update({ [name]: text })} fault=${faults[name]} />`,
        )}
        <${Trouble} error=${error} />
        <button class="button primary wide">${step.label}</button>
      </form>
    <//>
  `;
}

const filled = (draft, name) => (name === "evidence" ? draft.photos.length > 0 : Boolean(draft[name]?.trim()));

function Trouble({ error }) {
  if (error instanceof StorageFull) return html`<${Notice} kind="danger" icon="warning" role="alert"><p>${words("petugas_storage_full")}</p><//>`;
  if (error instanceof NotAPicture) return html`<${Notice} kind="danger" icon="warning" role="alert"><p>${words("petugas_photo_unreadable")}</p><//>`;
  return html`<${Fault} error=${error} />`;
}

function Words({ name, isNeeded, step, value, change, fault }) {
  const question = name === "note" && step.to === "needs_info" ? "petugas_field_question" : `petugas_field_${name}`;
  const label = isNeeded ? words(question) : words("petugas_if_wished", { field: words(question) });
  const typed = (event) => change(event.currentTarget.value);
  return html`
    <${Field} label=${label} hint=${words(`petugas_field_${name}_hint`)} fault=${fault}>
      ${(ids) =>
        name === "date"
          ? html`<input ...${ids} type="date" min=${new Date().toISOString().slice(0, 10)} value=${value} onInput=${typed} />`
          : LONG.has(name)
            ? html`<textarea ...${ids} maxlength=${LONGEST[name]} value=${value} onInput=${typed}></textarea>`
            : html`<input ...${ids} maxlength=${LONGEST[name]} value=${value} onInput=${typed} />`}
    <//>
  `;
}
