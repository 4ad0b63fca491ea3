// One report as who works on it needs it: where, what, until when, what happened, and below the thumb what to do.

import { useEffect, useState } from "preact/hooks";

import { get } from "../app/db.js";
import { Button, Facts, Fault, Heading, Notice, PhotoStrip, Sheet, StateBadge, Timeline } from "../app/elements.js";
import { html } from "../app/html.js";
import { Icon } from "../app/icons.js";
import { atTime, capital, stateName, words } from "../app/words.js";
import { CheckIn } from "./check_in.js";
import { Due } from "./due.js";
import { wayTo } from "./nearness.js";
import { usePictures } from "./pictures.js";
import { QueueCard } from "./queue_card.js";
import { StepForm } from "./step_form.js";
import { asDone, mainStep, stepsOf } from "./steps.js";
import { fetchReport } from "./sync.js";

// What only counts, and changes nothing that one could read.
const SILENT = new Set(["support", "unsupport", "follow", "unfollow", "contact"]);
const SPOKEN = new Set(["answer", "comment", "dispute", "appeal", "note", "propose", "redact", "edit", "hide", "unhide", "coordination", "coordination_end"]);

export default function Report({ id, work, queue, terms }) {
  const listed = work.reports?.find((report) => report.id === id);
  const [whole, error] = useWhole(id, listed?.version);
  const known = newer(whole, listed);
  if (!known) return html`<${Missing} error=${work.reports && error} />`;
  const report = asDone(known, queue);
  const zone = terms?.cities.find(({ code }) => code === report.city.code)?.timezone;
  const refused = report.mine.find(({ state }) => state === "refused");
  return html`
    <main id="content" class="screen report">
      <div class="stack small">
        <${Heading} back="#/">${report.category_name}<//>
        <div class="row"><${StateBadge} state=${report.state} /><small class="number">${report.tracking_id}</small>${report.is_assigned_to_me && html`<small>${words("petugas_assigned")}</small>`}</div>
        <${Due} report=${report} />
      </div>
      ${report.mine.filter(({ state }) => state !== "sent").map((entry) => html`<${QueueCard} key=${entry.id} entry=${entry} report=${known} />`)}
      <${Place} report=${report} />
      <${Content} report=${report} />
      ${report.events.length > 0 ? html`<${Story} report=${report} zone=${zone} />` : html`<p class="hint">${words("petugas_story_later")}</p>`}
      <${Promised} report=${report} zone=${zone} />
    </main>
    ${!refused && html`<${Actions} report=${report} />`}
  `;
}

/** The kept report at once, the server's when it answers, and again when the list has a newer one. */
function useWhole(id, version) {
  const [found, setFound] = useState([null, null]);
  useEffect(() => {
    let isCurrent = true;
    const show = (report, error = null) => isCurrent && setFound(([old]) => [report ?? old, error]);
    get("details", id).then((kept) => show(kept));
    fetchReport(id).then(
      (report) => show(report),
      (error) => show(null, error),
    );
    return () => {
      isCurrent = false;
    };
  }, [id, version]);
  return found;
}

/** The list is newer right after a sync; the story is in the whole report only. */
function newer(whole, listed) {
  if (!whole || !listed) return whole ?? listed;
  return listed.version > whole.version ? { ...listed, events: whole.events, comments: whole.comments } : { ...whole, overdue: listed.overdue };
}

const Missing = ({ error }) => html`
  <main id="content" class="screen" aria-busy=${!error}>
    <${Heading} back="#/">${words("petugas_report")}<//>
    ${error?.status === 404 ? html`<${Notice} kind="warn" icon="warning"><p>${words("petugas_not_mine_now")}</p><//>` : html`<${Fault} error=${error} />`}
  </main>
`;

const placeName = ({ name, local_term: term }) => `${capital(term)} ${name}`;

const Place = ({ report: { place, address, position, tracking_id: number } }) => html`
  <section class="card" aria-labelledby="place">
    <h2 id="place" class="unseen">${words("petugas_place")}</h2>
    <div><strong>${placeName(place.village)}</strong><p class="hint">${placeName(place.district)}</p>${address && html`<p class="said">${address}</p>`}</div>
    <a class="button wide" href=${wayTo(position, number)}><${Icon} name="pin" /><span>${words("petugas_navigate")}</span></a>
  </section>
`;

function Content({ report }) {
  const before = report.photos.filter(({ purpose }) => purpose !== "evidence");
  const after = report.photos.filter(({ purpose }) => purpose === "evidence");
  const answers = Object.entries(report.answers);
  return html`
    <section class="card" aria-labelledby="what">
      <h2 id="what">${words("petugas_what")}</h2>
      ${report.text ? html`<p class="said">${report.text}</p>` : html`<p class="hint">${words("petugas_no_text")}</p>`}
      ${answers.length > 0 && html`<${Facts} facts=${answers} />`}
      <${Pictures} title=${after.length ? words("petugas_before") : null} photos=${before} />
      <${Pictures} title=${words("petugas_after")} photos=${after} />
    </section>
  `;
}

function Pictures({ title, photos }) {
  const sources = usePictures(photos);
  const shown = photos.filter(({ id, urls }) => urls && sources[id]); // the kept report may be older than the list
  if (!photos.length) return null;
  return html`
    <div class="stack small">
      ${title && html`<h3>${title}</h3>`}
      <${PhotoStrip} photos=${shown.map(({ id, urls }, place) => ({ id, small: sources[id], large: urls["1600"], alt: words("petugas_photo_alt", { n: place + 1, total: shown.length }) }))} />
      ${photos.filter(({ urls }) => !urls).map(({ id, words: said }) => html`<p class="hint" key=${id}>${said ?? words("petugas_photo_coming")}</p>`)}
    </div>
  `;
}

const Promised = ({ report, zone }) => html`
  <section class="card">
    <${Facts} facts=${[
      [words("petugas_due_at"), report.promise?.due_at && atTime(report.promise.due_at, zone)],
      [words("petugas_agency"), report.agency?.name],
      [words("petugas_sent_at"), atTime(report.created_at, zone)],
      [words("petugas_supports"), report.supports > 0 && String(report.supports)],
    ]} />
  </section>
`;

const Story = ({ report, zone }) => html`
  <section class="card" aria-labelledby="events"><h2 id="events">${words("petugas_events")}</h2><${Timeline} events=${storyOf(report)} zone=${zone} /></section>
`;

function storyOf({ events, comments = [] }) {
  const told = events
    .filter(({ kind }) => !SILENT.has(kind))
    .map(({ at, kind, role, on_behalf: isForReporter, to_state: state, agency, note, reason, internal_note: inner }) => ({
      at,
      state,
      title: SPOKEN.has(kind) ? words(`petugas_event_${kind}`) : stateName(state),
      by: role === "reporter" ? words(isForReporter ? "petugas_for_reporter" : "petugas_by_reporter") : agency?.name,
      note: role === "rule" ? "" : [note, reason, inner && words("petugas_internal_said", { note: inner })].filter(Boolean).join("\n"),
    }));
  const said = comments.map(({ at, role, text }) => ({ at, state: "", title: words("petugas_event_comment"), by: words(role === "reporter" ? "petugas_by_reporter" : role === "resident" ? "petugas_by_resident" : "petugas_by_staff"), note: text }));
  return [...told, ...said].sort((one, other) => (one.at < other.at ? -1 : 1));
}

const CHECK_IN = "check_in";

/** Who may note may note this. */
function withCheckIn(steps) {
  const note = steps.find(({ kind }) => kind === "note");
  return note ? [...steps, { ...note, key: CHECK_IN, label: words("petugas_do_check_in") }] : steps;
}

/** A form that was opened stays open whatever becomes of the report meanwhile; the server judges what is sent. */
function Actions({ report }) {
  const [opened, setOpened] = useState(null);
  const [isList, setList] = useState(false);
  const steps = withCheckIn(stepsOf(report));
  const main = mainStep(steps);
  const others = steps.filter((step) => step !== main);
  return html`
    <div class="bar" hidden=${!steps.length}>
      ${main && html`<${Button} kind="primary" onClick=${() => setOpened(main)}>${main.label}<//>`}
      ${others.length > 0 && html`<${Button} onClick=${() => setList(true)}>${words(main ? "petugas_other" : "petugas_do")}<//>`}
    </div>
    ${isList && html`
      <${Sheet} title=${words("petugas_do")} close=${() => setList(false)}>
        <div class="options">
          ${others.map(
            (step) => html`<button key=${step.key} type="button" class="button" onClick=${() => {
              setList(false);
              setOpened(step);
            }}><span>${step.label}</span><${Icon} name="next" /></button>`,
          )}
        </div>
      <//>
    `}
    ${opened && html`<${opened.key === CHECK_IN ? CheckIn : StepForm} key=${opened.key} report=${report} step=${opened} close=${() => setOpened(null)} />`}
  `;
}
