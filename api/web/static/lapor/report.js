// One report of mine: how it stands, what happened, and what I may do now.

import { useState } from "preact/hooks";

import { get, put } from "../app/db.js";
import { Facts, Fault, Heading, Notice, PhotoStrip, StateBadge, Timeline } from "../app/elements.js";
import { go, useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { newId } from "../app/ids.js";
import { enqueue, flush } from "../app/outbox.js";
import { read } from "../app/server.js";
import { atTime, stateName, words } from "../app/words.js";
import { Actions } from "./actions.js";
import { photoSteps } from "./draft.js";
import { faultOf, keptPhotos, Picker } from "./photo_step.js";
import { placeWords } from "./places.js";
import { QueueCard } from "./queue.js";
import { share } from "./sent.js";

// What only counts, and changes nothing that the reporter could read.
const SILENT = new Set(["support", "unsupport", "follow", "unfollow"]);
const SPOKEN = {
  answer: "lapor_event_answer",
  comment: "lapor_event_comment",
  dispute: "lapor_event_dispute",
  appeal: "lapor_event_appeal",
  edit: "lapor_event_edit",
  redact: "lapor_event_redact",
};

export default function Report({ id, terms, queue }) {
  const mine = queue.filter(({ subject }) => subject === id);
  const isDone = mine.filter(({ state }) => state === "sent").length;
  const [report, error, again] = useAsked(() => load(id), [id, isDone]);
  if (!report) return html`<main id="content" class="screen" aria-busy=${!error}><${Heading} back="#/laporan">${words("lapor_report")}<//><${Fault} error=${error} again=${again} /></main>`;
  const zone = terms?.cities.find(({ code }) => code === report.city.code)?.timezone;
  return html`
    <main id="content" class="screen">
      <div class="stack small"><${Heading} back="#/laporan">${report.category_name}<//><div class="row"><${StateBadge} state=${report.state} /><small class="number">${report.tracking_id}</small></div></div>
      ${report.isKept && html`<${Notice} icon="cloud"><p>${words("lapor_kept_copy")}</p><//>`}
      ${mine.filter(({ state }) => state !== "sent").map((entry) => html`<${QueueCard} key=${entry.id} entry=${entry} />`)}
      <${Actions} report=${report} isWaiting=${mine.some(({ state, steps }) => state === "waiting" && steps.at(-1).method === "POST")} />
      <${Content} report=${report} />
      <${Promised} report=${report} zone=${zone} />
      <section class="card" aria-labelledby="events"><h2 id="events">${words("lapor_events")}</h2><${Timeline} events=${happened(report)} zone=${zone} /></section>
      <div class="row"><button type="button" class="button" onClick=${() => share(report)}>${words("lapor_share")}</button><button type="button" class="button" onClick=${() => print()}>${words("lapor_print")}</button></div>
    </main>
  `;
}

async function load(id) {
  try {
    const report = await read(`/v1/reports/${id}`);
    await put("reports", report);
    return report;
  } catch (refusal) {
    if (refusal.status === 404) await toFollowed(id);
    const kept = refusal.isPassing && (await get("reports", id));
    if (!kept) throw refusal;
    return { ...kept, isKept: true };
  }
}

/** What I follow is somebody else's: it opens as the public sees it. */
async function toFollowed(id) {
  const { reports } = await read("/v1/reports?following=1");
  const followed = reports.find((report) => report.id === id);
  if (followed) go(`/lacak/${followed.tracking_id}`);
}

function Content({ report }) {
  const before = report.photos.filter(({ purpose }) => purpose !== "evidence");
  const after = report.photos.filter(({ purpose }) => purpose === "evidence");
  return html`
    <section class="card">
      ${report.text && html`<p class="said">${report.text}</p>`}
      <${Pictures} title=${after.length ? words("lapor_before") : null} photos=${before} report=${report} />
      <${Pictures} title=${words("lapor_after")} photos=${after} report=${report} />
      ${!report.text && !before.length && html`<p class="hint">${words("lapor_no_text")}</p>`}
    </section>
  `;
}

/** A photo that cannot be shown: on its way, or refused and to be replaced. */
function Missing({ photo, report }) {
  const [fault, setFault] = useState(null);
  if (photo.state !== "refused") return html`<p class="hint">${words(photo.state === "uploaded" ? "lapor_photo_checked" : photo.state === "hidden" ? "lapor_photo_hidden" : "lapor_photo_coming")}</p>`;
  const replace = async ({ currentTarget: { files } }) => {
    const [[kept], error] = await keptPhotos([...files].slice(0, 1));
    if (error) return setFault(words(faultOf(error)));
    await enqueue({ id: newId(), app: "lapor", subject: report.id, title: words("lapor_photo_replace"), steps: photoSteps(report.id, [kept], photo.id) });
    flush().catch(() => {});
  };
  return html`
    <${Notice} kind="danger" icon="warning" title=${words("lapor_photo_refused")}>
      <p>${photo.words}</p>
      ${fault && html`<p class="fault">${fault}</p>`}
      <${Picker} icon="image" label=${words("lapor_photo_replace")} onChange=${replace} />
    <//>
  `;
}

function Pictures({ title, photos, report }) {
  const shown = photos.filter(({ urls }) => urls);
  const others = photos.filter(({ urls }) => !urls);
  if (!photos.length) return null;
  return html`
    <div class="stack small">
      ${title && html`<h3>${title}</h3>`}
      <${PhotoStrip} photos=${shown.map(({ id, urls }, place) => ({ id, small: urls["640"], large: urls["1600"], alt: words("lapor_photo_alt", { n: place + 1, total: shown.length }) }))} />
      ${others.map((photo) => html`<${Missing} key=${photo.id} photo=${photo} report=${report} />`)}
    </div>
  `;
}

const Promised = ({ report, zone }) => html`
  <section class="card">
    <${Facts} facts=${[
      [words("lapor_place"), placeWords(report.place)],
      [words("lapor_address"), report.address],
      [words("lapor_agency"), report.agency?.name ?? words("lapor_agency_later")],
      [words("lapor_due"), report.promise?.due_at && atTime(report.promise.due_at, zone)],
      [words("lapor_sent_at"), atTime(report.created_at, zone)],
      [words("lapor_visibility"), words(`lapor_${report.visibility}`)],
    ]} />
  </section>
`;

const happened = ({ events }) =>
  events
    .filter(({ kind }) => !SILENT.has(kind))
    .map((event) => ({
      at: event.at,
      state: event.to_state,
      title: SPOKEN[event.kind] ? words(SPOKEN[event.kind]) : stateName(event.to_state),
      by: event.role === "reporter" ? words(event.on_behalf ? "lapor_for_you" : "lapor_by_you") : event.agency?.name,
      note: event.role === "rule" ? "" : [event.note, event.reason].filter(Boolean).join("\n"),
    }));
