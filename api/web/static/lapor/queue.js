// What waits on this phone: how far it is, and what to do when the server refused it.

import { useEffect, useState } from "preact/hooks";

import { Button, Notice } from "../app/elements.js";
import { useOnline } from "../app/hooks.js";
import { html } from "../app/html.js";
import { drop, flush, retry } from "../app/outbox.js";
import { progressOf } from "../app/uploads.js";
import { words } from "../app/words.js";

/** Part of each photo of an entry that has arrived: {id: 0…1}. */
export function useParts(entry) {
  const [parts, setParts] = useState({});
  useEffect(() => {
    if (entry) progressOf(entry).then((rows) => setParts(Object.fromEntries((rows ?? []).map(({ id, part }) => [id, part]))));
  }, [entry]);
  return parts;
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export function QueueCard({ entry }) {
  const isOnline = useOnline();
  const parts = Object.values(useParts(entry));
  if (entry.state === "refused") return html`<${Refused} entry=${entry} />`;
  return html`
    <${Notice} icon="cloud" title=${entry.title}>
      <p>${words(waitingFor(entry, isOnline))}</p>
      ${entry.done > 0 && parts.length > 0 && html`<progress max="1" value=${mean(parts)} aria-label=${words("app_photo_part", { percent: Math.round(100 * mean(parts)) })}></progress>`}
      ${isOnline && html`<div><${Button} onClick=${() => flush()}>${words("lapor_send_now")}<//></div>`}
    <//>
  `;
}

function waitingFor({ done, steps }, isOnline) {
  if (!isOnline) return "lapor_queue_offline";
  return done > 0 && steps[done]?.photo ? "lapor_queue_photos" : "lapor_queue_sending";
}

function Refused({ entry }) {
  const isPhoto = Boolean(entry.steps[entry.done]?.photo);
  const fields = (entry.refusal.problem?.errors ?? []).map(({ message }) => message).join(" ");
  return html`
    <${Notice} kind="danger" icon="warning" title=${entry.title} role="alert">
      <p>${words(isPhoto ? "lapor_queue_photo_refused" : "lapor_queue_refused")}</p>
      <p>${fields || entry.refusal.problem?.detail || entry.refusal.message}</p>
      <div class="row">
        <${Button} onClick=${() => retry(entry.id).then(flush)}>${words("app_try_again")}<//>
        <${Button} kind="danger" onClick=${() => drop(entry.id)}>${words("lapor_queue_drop")}<//>
      </div>
    <//>
  `;
}
