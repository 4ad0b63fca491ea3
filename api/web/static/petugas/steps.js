// What an officer may do with a report. Which steps there are the server says (`steps`, `steps_after`): no table here,
// only what a step is called, what it asks for, and how it is queued.

import { all, get, put } from "../app/db.js";
import { newId } from "../app/ids.js";
import { enqueue, entries, flush } from "../app/outbox.js";
import { announced } from "../app/pictures.js";
import { words } from "../app/words.js";

export const APP = "petugas";

// What a form of this app can ask for; steps that need something else (another agency, the report that this one
// repeats) belong to the desk.
const ASKABLE = new Set(["note", "internal_note", "reason", "date", "reference", "evidence"]);
// The first of these that is allowed is the large button.
const FIRST = ["work_done", "in_progress", "resolved", "verified"];
const QUIET = new Set(["rejected", "verified", "dispatched"]);

export const isWork = ({ steps = [] }) => steps.some(({ kind, needs }) => kind === "change" && needs.every((field) => ASKABLE.has(field)));

/** The report as it will stand when what waits for it has been received. */
export function asDone(report, queue) {
  const mine = queue.filter(({ subject }) => subject === report.id);
  const to = mine.filter(({ facts, state }) => facts.to && state !== "refused").at(-1)?.facts.to;
  if (!to || to === report.state) return { ...report, mine };
  const beside = report.steps.filter((step) => !step.to);
  return { ...report, mine, state: to, steps: report.steps_after[to] ?? beside, isAhead: true };
}

/** {key, kind, to, needs, label}, the most likely first. */
export function stepsOf({ state, steps = [] }) {
  const found = steps.filter(({ needs }) => needs.every((field) => ASKABLE.has(field))).map((step) => ({ ...step, ...named(state, step) }));
  return found.sort((one, other) => rank(one) - rank(other));
}

const rank = ({ to }) => (FIRST.includes(to) ? FIRST.indexOf(to) : FIRST.length);

/** The large button, if one step is what mostly follows. */
export const mainStep = (steps) => steps.find(({ to }) => FIRST.includes(to) && !QUIET.has(to)) ?? null;

const SPECIAL = new Set(["scheduled_in_progress", "forwarded_in_progress", "work_done_in_progress", "closed_in_progress", "dispatched_verified", "duplicate_verified", "duplicate_submitted"]);

function named(state, { kind, to }) {
  const special = `${state}_${to}`;
  const key = kind === "change" ? (SPECIAL.has(special) ? special : to) : kind;
  return { key, label: words(`petugas_do_${key}`) };
}

/** The fields of a step's form: the needed ones, and words that may always be added. */
export function fieldsOf({ kind, to, needs }) {
  const also = kind === "change" ? (to === "work_done" ? ["evidence", "note"] : ["note"]) : [];
  return [...new Set([...needs, ...also])].map((name) => ({ name, isNeeded: needs.includes(name) }));
}

/** Steps of one name share a draft: what was dropped from the queue is found again in the form. */
export const nameOf = ({ kind, to }) => to ?? kind;
const draftKey = (report, name) => `${APP}:${report}:${name}`;

/** What was begun and not yet queued: a call, or the camera, may end the page at any moment. */
export const readDraft = async (report, name) => (await get("drafts", draftKey(report, name))) ?? { photos: [] };
export const keepDraft = (report, name, draft) => put("drafts", draft, draftKey(report, name));

/** Into the outbox, the photos before the step that names them. Raises StorageFull. */
export async function queueStep(report, step, { photos = [], ...given }) {
  const id = newId();
  const version = await versionOf(report);
  const body = {
    id,
    kind: step.kind,
    ...(step.to && { to: step.to, expected_version: version }),
    device_time: new Date().toISOString(),
    ...written(given),
    ...(photos.length && { evidence: photos.map((photo) => photo.id) }),
  };
  const announce = photos.map((photo) => ({ method: "PUT", path: `/v1/photos/${photo.id}`, body: evidence(photo, report) }));
  const bytes = photos.map((photo) => ({ photo: photo.id, path: `/v1/uploads/${photo.id}` }));
  await enqueue({
    id,
    app: APP,
    subject: report.id,
    title: step.label,
    inOrder: true,
    facts: { kind: step.kind, to: step.to, category: report.category_name, number: report.tracking_id, seen: report.state },
    steps: [...announce, ...bytes, { method: "POST", path: `/v1/reports/${report.id}/events`, body }],
  });
  await put("drafts", null, draftKey(report.id, nameOf(step)));
  flush().catch(() => {});
}

function evidence(photo, report) {
  const { id, ...rest } = announced(photo);
  return { report: report.id, ...rest };
}

const written = ({ date, ...texts }) => ({
  ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, text.trim()]).filter(([, text]) => text)),
  ...(date && { date: new Date(`${date}T12:00:00`).toISOString() }),
});

/** The newest that this phone knows: the list's, or what the server said to the last step. */
async function versionOf({ id, version }) {
  const said = (await entries(APP)).filter(({ subject, state }) => subject === id && state === "sent").map(({ answers }) => answers.at(-1)?.version ?? 0);
  return Math.max(version, ...said);
}

/** A refused step with other ids for its photos, for when the server has let the first ones go. */
export async function withFreshPhotos(entry) {
  const rows = (await all("photos")).filter(({ id }) => entry.steps.some(({ photo }) => photo === id));
  let steps = JSON.stringify(entry.steps);
  for (const row of rows) {
    const id = newId();
    await put("photos", { ...row, id, offset: 0 });
    steps = steps.replaceAll(row.id, id);
  }
  return (old) => ({ ...old, steps: JSON.parse(steps), done: 0, answers: [] });
}

/** The call that says it, with its words. */
export const eventOf = ({ steps }) => steps.at(-1).body;
