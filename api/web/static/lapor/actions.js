// What a reporter may do, by the state of the report. Everything goes through the outbox, so it also works offline.

import { useState } from "preact/hooks";

import { Button, Choice, Field, Notice, say, Sheet } from "../app/elements.js";
import { html } from "../app/html.js";
import { newId } from "../app/ids.js";
import { enqueue, flush } from "../app/outbox.js";
import { words } from "../app/words.js";
import { photoSteps } from "./draft.js";
import { EditForm, mayEdit } from "./edit.js";
import { PhotoPicker } from "./photo_step.js";
import { RedactForm } from "./redact.js";

// `shows`: photos may go along.
// state → what may be done; `needs` is the field of the event that the words go into, null where nothing is written.
const ALLOWED = {
  submitted: ["withdraw"],
  needs_info: ["answer", "withdraw"],
  verified: ["withdraw"],
  resolved: ["confirm", "dispute"],
  rejected: ["appeal"],
};
const KINDS = {
  answer: { label: "lapor_answer", title: "lapor_answer_title", needs: "note", isMain: true },
  withdraw: { label: "lapor_withdraw", title: "lapor_withdraw_title", line: "lapor_withdraw_line", kind: "danger" },
  confirm: { label: "lapor_confirm", title: "lapor_confirm_title", rates: true, isMain: true },
  dispute: { label: "lapor_dispute", title: "lapor_dispute_title", needs: "reason", shows: true },
  appeal: { label: "lapor_appeal", title: "lapor_appeal_title", line: "lapor_appeal_line", needs: "reason", isMain: true },
  comment: { label: "lapor_comment", title: "lapor_comment_title", line: "lapor_comment_line", needs: "note" },
};
// What was written itself.
const CHANGES = {
  edit: { label: "lapor_edit", form: EditForm },
  redact: { label: "lapor_redact", form: RedactForm },
};
const LONGEST = { note: 2000, reason: 300 };

export function Actions({ report, isWaiting }) {
  const [opened, setOpened] = useState(null);
  const allowed = [...(ALLOWED[report.state] ?? []), "comment"];
  const changes = mayEdit(report) ? ["edit", "redact"] : ["redact"];
  const question = report.state === "needs_info" && [...report.events].reverse().find(({ to_state: to, note }) => to === "needs_info" && note);
  if (isWaiting) return null;
  return html`
    ${question && html`<${Notice} kind="warn" icon="warning" title=${words("lapor_question")}><p class="said">${question.note}</p><//>`}
    ${report.state === "resolved" && html`<${Notice} kind="good" icon="check" title=${words("lapor_resolved_title")}><p>${words("lapor_resolved_line")}</p><//>`}
    <div class="row">${allowed.map((name) => html`<${Button} key=${name} kind=${kindOf(name)} onClick=${() => setOpened(name)}>${words(KINDS[name].label)}<//>`)}${changes.map((name) => html`<${Button} key=${name} kind="quiet" onClick=${() => setOpened(name)}>${words(CHANGES[name].label)}<//>`)}</div>
    ${opened && html`<${CHANGES[opened]?.form ?? Form} key=${opened} name=${opened} report=${report} close=${() => setOpened(null)} queue=${queueEvent} />`}
  `;
}

const kindOf = (name) => (KINDS[name].isMain ? "primary" : KINDS[name].kind ?? "plain");

function Form({ name, report, close }) {
  const { label, title, line, needs, rates, shows, kind } = KINDS[name];
  const [photos, setPhotos] = useState([]);
  const [text, setText] = useState("");
  const [rating, setRating] = useState(null);
  const [fault, setFault] = useState(null);
  const submit = async (event) => {
    event.preventDefault();
    if (needs && !text.trim()) return setFault(words("lapor_needs_words"));
    await queueEvent(report, name, { ...(needs && { [needs]: text.trim() }), ...(rating && { rating }) }, photos);
    close();
  };
  return html`
    <${Sheet} title=${words(title)} close=${close}>
      ${line && html`<p>${words(line)}</p>`}
      <form class="stack" onSubmit=${submit} novalidate>
        ${rates && html`<${Choice} isRow legend=${words("lapor_rating")} value=${rating} choose=${setRating} choices=${[1, 2, 3, 4, 5].map((stars) => ({ value: stars, label: words("lapor_rating_stars", { stars }) }))} />`}
        ${needs && html`<${Field} label=${words("lapor_words")} fault=${fault}>
          ${(ids) => html`<textarea ...${ids} autofocus maxlength=${LONGEST[needs]} value=${text} onInput=${(event) => setText(event.currentTarget.value)}></textarea>`}
        <//>`}
        ${shows && html`<${PhotoPicker} photos=${photos} change=${setPhotos} most=${3} />`}
        <button class="button wide ${kind ?? "primary"}">${words(label)}</button>
      </form>
    <//>
  `;
}

async function queueEvent(report, kind, fields, photos = []) {
  const id = newId();
  const body = { id, kind, device_time: new Date().toISOString(), ...fields, ...(kind !== "comment" && { expected_version: report.version }) };
  const steps = [...photoSteps(report.id, photos), { method: "POST", path: `/v1/reports/${report.id}/events`, body }];
  await enqueue({ id, app: "lapor", subject: report.id, title: words((KINDS[kind] ?? CHANGES[kind]).label), steps });
  say(words(navigator.onLine ? "lapor_event_sent" : "lapor_event_queued"));
  flush().catch(() => {});
}
