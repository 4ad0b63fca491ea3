// Moments as the wall writes them, in the city's zone.

import { useEffect, useState } from "preact/hooks";

import { language, words } from "../app/words.js";

const ZONES = { "Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT" };
const format = (timeZone, parts) => new Intl.DateTimeFormat(language, { timeZone, ...parts });
const HOUR_MS = 3_600_000;

export const zoneName = (zone) => ZONES[zone] ?? zone;
export const clockOf = (at, zone) => format(zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));
export const dateOf = (at, zone) => format(zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(new Date(at));

/** Today the time, before that the day. */
export function momentOf(at, began, zone) {
  return new Date(at) >= new Date(began) ? clockOf(at, zone) : format(zone, { day: "numeric", month: "short" }).format(new Date(at));
}

/** "3 hari", "5 jam", "kurang dari 1 jam". */
export function lengthOf(since, now) {
  const hours = Math.floor((now - new Date(since)) / HOUR_MS);
  if (hours < 1) return words("komando_under_hour");
  return hours < 48 ? words("komando_hours", { count: hours }) : words("komando_days", { count: Math.floor(hours / 24) });
}

/** The present, each second of the clock on the wall. */
export function useClock() {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
