// The work on this phone: what the server has of my grants, brought up to date by what changed since the last time.

import { useEffect, useState } from "preact/hooks";

import { all, get, put, within } from "../app/db.js";
import { drop, entries } from "../app/outbox.js";
import { account, read, Refusal } from "../app/server.js";
import { forgetPictures, keepPictures, prunePictures } from "./pictures.js";
import { APP, isWork } from "./steps.js";

const PAGE = 100;
const KEPT_WHOLE = 40; // of the most urgent ones also the story and the photos, for a day without a network
const FINISHED_FOR_MS = 14 * 24 * 3600 * 1000;
const channel = new BroadcastChannel("worklist");
const told = new EventTarget();
let isAsked = false;

/** {reports, at, error}: `at` when it was last brought up to date. */
export function useWorklist() {
  const [work, setWork] = useState({ reports: null, at: null, error: null });
  useEffect(() => {
    const look = async (error = null) => setWork({ reports: await all("worklist"), at: await get("settings", "worklist_at"), error });
    const seen = ({ detail }) => look(detail ?? null);
    told.addEventListener("worklist", seen);
    channel.addEventListener("message", seen);
    look();
    return () => {
      told.removeEventListener("worklist", seen);
      channel.removeEventListener("message", seen);
    };
  }, []);
  return work;
}

function announce(error = null) {
  told.dispatchEvent(new CustomEvent("worklist", { detail: error }));
  if (!error) channel.postMessage("changed");
}

/** One at a time among all tabs; asked for while it runs, it runs once more. */
export async function sync() {
  if (isAsked) return;
  isAsked = true;
  await navigator.locks.request("worklist", async () => {
    isAsked = false;
    try {
      const received = await pull();
      announce();
      for (const { id } of received) await drop(id); // after the list shows it as the server does, so that nothing jumps back
      await keepWhole();
    } catch (error) {
      announce(error);
    }
  });
}

/** Answers with what was sent before, and so is in the list by now. */
async function pull() {
  const speaker = await account();
  if (speaker?.kind !== "staff") return [];
  const received = (await entries(APP)).filter(({ state, account: owner }) => state === "sent" && owner === speaker.id);
  const key = `worklist-${speaker.id}`;
  let page = { more: true };
  while (page.more) {
    page = await nextPage(key);
    await keepPage(page, key);
  }
  await put("settings", Date.now(), "worklist_at");
  await prune();
  return received;
}

async function nextPage(key) {
  const since = await get("settings", key);
  try {
    const page = await read(`/v1/worklist?limit=${PAGE}${since ? `&since=${encodeURIComponent(since)}` : ""}`);
    return { ...page, restart: page.restart || !since };
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || !since || refusal.status !== 422) throw refusal;
    await put("settings", null, key); // a cursor that nobody can read any more
    return nextPage(key);
  }
}

/** The reports, those that went, and the cursor: all or none. */
const keepPage = ({ reports, removed, next, restart }, key) =>
  within(["worklist", "details", "settings"], "readwrite", (rows, details, settings) => {
    if (restart) [rows, details].forEach((store) => store.clear());
    reports.forEach((report) => rows.put({ ...report, kept_at: Date.now() }));
    removed.forEach((id) => [rows, details].forEach((store) => store.delete(id)));
    settings.put(next, key);
  });

/** What is done stays in sight for two weeks. */
async function prune() {
  const reports = await all("worklist");
  const over = reports.filter((report) => !isWork(report) && report.kept_at < Date.now() - FINISHED_FOR_MS);
  if (over.length)
    await within(["worklist", "details"], "readwrite", (...stores) => {
      over.forEach(({ id }) => stores.forEach((store) => store.delete(id)));
    });
  await prunePictures(reports);
}

export const byDue = (one, other) => dueOf(one) - dueOf(other) || (one.created_at < other.created_at ? -1 : 1);
const dueOf = ({ promise }) => (promise?.due_at ? Date.parse(promise.due_at) : Infinity);

const SLOW = new Set(["slow-2g", "2g"]);

async function keepWhole() {
  const { saveData, effectiveType } = navigator.connection ?? {};
  if (saveData) return;
  const urgent = (await all("worklist")).filter(isWork).sort(byDue).slice(0, KEPT_WHOLE);
  for (const { id, version } of urgent) {
    if ((await get("details", id))?.version !== version) await fetchReport(id, { isLight: SLOW.has(effectiveType) });
  }
}

/** The whole report as it is now, kept with its photos unless `isLight`. Raises Refusal. */
export async function fetchReport(id, { isLight = false } = {}) {
  const report = await read(`/v1/reports/${id}`);
  await put("details", report);
  if (!isLight) await keepPictures(report).catch(() => {}); // photos are a comfort: without them the words still help
  return report;
}

function deleteFrom(store, prefix) {
  const keys = store.getAllKeys();
  keys.onsuccess = () => keys.result.filter((key) => String(key).startsWith(prefix)).forEach((key) => store.delete(key));
}

/** Another person on this phone, or nobody: no report of the one before stays. */
export async function forgetWork() {
  await within(["worklist", "details", "settings", "drafts"], "readwrite", (rows, details, settings, drafts) => {
    rows.clear();
    details.clear();
    settings.delete("worklist_at");
    settings.delete("me");
    deleteFrom(settings, "worklist-");
    deleteFrom(drafts, `${APP}:`);
  });
  await forgetPictures();
  announce();
}
