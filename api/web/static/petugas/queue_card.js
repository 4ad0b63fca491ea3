// One step that waits, or that the server did not take: then both versions side by side, and the person decides.

import { useEffect, useState } from "preact/hooks";

import { Button, Fault, Notice, StateBadge } from "../app/elements.js";
import { useAsked, useOnline } from "../app/hooks.js";
import { html } from "../app/html.js";
import { drop, expecting, flush, retry } from "../app/outbox.js";
import { progressOf } from "../app/uploads.js";
import { stateName, words } from "../app/words.js";
import { KeptPhotos } from "./after_photos.js";
import { when } from "./due.js";
import { eventOf, keepDraft, nameOf, readDraft, withFreshPhotos } from "./steps.js";
import { fetchReport, sync } from "./sync.js";

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export function QueueCard({ entry, report, isNamed = false }) {
  if (entry.state === "refused") return html`<${Refused} entry=${entry} report=${report} />`;
  return html`<${Waiting} entry=${entry} isNamed=${isNamed} />`;
}

function Waiting({ entry, isNamed }) {
  const isOnline = useOnline();
  const [parts, setParts] = useState([]);
  useEffect(() => {
    progressOf(entry).then((rows) => setParts((rows ?? []).map(({ part }) => part)));
  }, [entry]);
  return html`
    <${Notice} icon="cloud" title=${entry.title}>
      ${isNamed && html`<p><a href="#/laporan/${entry.subject}">${entry.facts.category} · <span class="number">${entry.facts.number}</span></a></p>`}
      <p>${words(isOnline ? "petugas_sending" : "petugas_waits_network")}</p>
      ${parts.length > 0 && entry.done > 0 && html`<progress max="1" value=${mean(parts)} aria-label=${words("app_photo_part", { percent: Math.round(100 * mean(parts)) })}></progress>`}
      <small>${words("petugas_done_when", { when: when(new Date(entry.at).toISOString()) })}</small>
    <//>
  `;
}

/** The report as the server has it now; null when it is no longer mine. */
async function present(id) {
  try {
    return await fetchReport(id);
  } catch (refusal) {
    if (refusal.status === 404) return null;
    throw refusal;
  }
}

function Refused({ entry }) {
  const [now, error, again] = useAsked(() => present(entry.subject), [entry.id]);
  return html`
    <section class="card conflict" aria-labelledby="conflict-${entry.id}">
      <h2 id="conflict-${entry.id}">${words("petugas_conflict", { step: entry.title })}</h2>
      <p><a href="#/laporan/${entry.subject}">${entry.facts.category} · <span class="number">${entry.facts.number}</span></a></p>
      <p>${reasonOf(entry)}</p>
      <div class="versions">
        <${Mine} entry=${entry} />
        <${Theirs} now=${now} entry=${entry} />
      </div>
      <${Fault} error=${error} again=${again} />
      ${now !== undefined && html`<${Decision} entry=${entry} now=${now} />`}
      ${error && html`<${DropButton} entry=${entry} />`}
    </section>
  `;
}

function reasonOf({ refusal: { status, problem } }) {
  if (status === 409) return words("petugas_conflict_changed");
  if (status === 403 || status === 404) return words("petugas_conflict_gone");
  return [problem?.detail, ...(problem?.errors ?? []).map(({ message }) => message)].filter(Boolean).join(" ");
}

function Mine({ entry }) {
  const { note, internal_note: inner, reason, evidence = [], device_time: at } = eventOf(entry);
  return html`
    <div class="stack small" role="group" aria-label=${words("petugas_conflict_mine")}>
      <h3>${words("petugas_conflict_mine")}</h3>
      ${entry.facts.to ? html`<${StateBadge} state=${entry.facts.to} />` : html`<strong>${entry.title}</strong>`}
      <small>${when(at)}</small>
      ${[note, reason, inner].filter(Boolean).map((text) => html`<p class="said">${text}</p>`)}
      <${KeptPhotos} photos=${evidence.map((id) => ({ id }))} />
    </div>
  `;
}

function Theirs({ now, entry }) {
  const last = now?.events.at(-1);
  const state = now?.state ?? entry.refusal.problem?.state;
  return html`
    <div class="stack small" role="group" aria-label=${words("petugas_conflict_theirs")}>
      <h3>${words("petugas_conflict_theirs")}</h3>
      ${now === null ? html`<p>${words("petugas_not_mine_now")}</p>` : state && html`<${StateBadge} state=${state} />`}
      ${last && html`<small>${[when(last.at), last.agency?.name].filter(Boolean).join(" · ")}</small>`}
      ${last && [last.note, last.reason, last.internal_note].filter(Boolean).map((text) => html`<p class="said">${text}</p>`)}
    </div>
  `;
}

function Decision({ entry, now }) {
  const isAllowed = now?.steps?.some(({ kind, to }) => kind === entry.facts.kind && (to ?? null) === (entry.facts.to ?? null));
  const isPhotoGone = entry.refusal.problem?.errors?.some(({ field }) => field === "evidence");
  const keep = async () => {
    const fresh = isPhotoGone ? await withFreshPhotos(entry) : (old) => old;
    await retry(entry.id, (old) => withVersion(fresh(old), now.version));
    flush().catch(() => {});
  };
  return html`
    ${!isAllowed && now && html`<p class="hint">${words("petugas_conflict_impossible", { state: stateName(now.state) })}</p>`}
    <div class="decision">
      ${isAllowed && html`<${Button} kind="primary" onClick=${keep}>${words(isPhotoGone ? "petugas_photos_again" : "petugas_keep_mine")}<//>`}
      <${DropButton} entry=${entry} />
    </div>
  `;
}

const withVersion = (entry, version) => ({ ...entry, steps: entry.steps.map((step) => expecting(step, version)) });

/** The words are kept for the next form of the same kind; the photos go. */
function DropButton({ entry }) {
  const give = async () => {
    const { note, internal_note, reason } = eventOf(entry);
    const name = nameOf(entry.facts);
    const written = { ...(note && { note }), ...(internal_note && { internal_note }), ...(reason && { reason }) };
    if (Object.keys(written).length) await keepDraft(entry.subject, name, { ...written, ...(await readDraft(entry.subject, name)) });
    await drop(entry.id);
    sync();
    flush().catch(() => {});
  };
  return html`<${Button} kind="danger" onClick=${give}>${words("petugas_drop_mine")}<//>`;
}
