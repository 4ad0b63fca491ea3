// What the wall knows: read from /public/now, moved by the stream, and read again after each change, each minute and
// whenever more was missed than can be replayed.

import { useEffect, useState } from "preact/hooks";

import { account, read } from "../app/server.js";
import { moved, opened, renewed } from "./counts.js";
import { listen } from "./stream.js";

const AGAIN_MS = 60_000;
const SETTLED_MS = 2_500; // what the server remembers is two seconds old at most

/** {now, isLinked, since, staff, changes}; `since`: when the connection was seen alive for the last time. */
export function useBoard(city, told) {
  const [board, setBoard] = useState({ now: null, isLinked: null, since: new Date(), staff: null, changes: 0 });
  useEffect(() => follow(city, (change) => setBoard((old) => ({ ...old, ...change(old) })), told), [city.code]);
  return board;
}

/** `set(old => what is new)`. The answer ends it. */
function follow(city, set, told) {
  const names = namesOf(city);
  const refresh = refresher(city, set);
  const stop = listen(`/public/live?city=${city.code}`, {
    link: (isUp) => set((old) => (isUp || old.isLinked !== false ? { isLinked: isUp, since: isUp ? new Date() : old.since } : {})),
    hear: async ({ name, body }) => {
      if (name !== "change") return refresh.now();
      const line = await names.lineOf(body);
      set((old) => ({ changes: old.changes + 1, ...(old.now && moved(old, body, line)) }));
      told(body);
      refresh.soon();
    },
  });
  const timer = setInterval(refresh.now, AGAIN_MS);
  refresh.now();
  return () => {
    stop();
    clearInterval(timer);
    refresh.end();
  };
}

function refresher(city, set) {
  let waiting;
  const renew = async () => {
    clearTimeout(waiting);
    waiting = undefined;
    const now = await read(`/public/now?city=${city.code}`, { signsIn: false }).catch(() => null);
    if (now) set((old) => (old.now ? renewed(old, now) : opened(now)));
    const staff = await overdueOfStaff();
    set(() => ({ staff }));
  };
  return { now: renew, soon: () => (waiting ??= setTimeout(renew, SETTLED_MS)), end: () => clearTimeout(waiting) };
}

/** What is overdue within the grants of whoever is signed in; null for the public. */
async function overdueOfStaff() {
  if ((await account())?.kind !== "staff") return null;
  const found = await read("/v1/reports?overdue=1&order=oldest").catch(() => null);
  return found && { lines: found.reports.map(lineOfStaff).sort((one, other) => one.since.localeCompare(other.since)), hasMore: found.next !== null };
}

const lineOfStaff = (report) => ({
  tracking_id: report.tracking_id,
  state: report.state,
  category: report.category_name,
  agency: report.agency?.name ?? null,
  village: report.place.village.name,
  since: report.overdue_since ?? report.created_at,
  isEscalated: report.is_escalated,
});

/** Changes carry keys; people read names. */
function namesOf(city) {
  const asked = read(`/v1/categories?city=${city.code}`, { signsIn: false }).catch(() => ({ categories: [] }));
  const lineOf = async (change) => {
    if (!change.category) return null; // it left the map
    const { categories } = await asked;
    const name = categories.find(({ key }) => key === change.category)?.name ?? change.category;
    return { ...change, category: name, since: change.at, isFresh: true };
  };
  return { lineOf };
}
