// What was promised until when, in words: a colour alone is seen by few, and by nobody in the sun.

import { html } from "../app/html.js";
import { Icon } from "../app/icons.js";
import { language, words } from "../app/words.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

/** "dalam 3 hari", "kemarin", "baru saja". */
export function when(text, now = Date.now()) {
  const away = Date.parse(text) - now;
  if (away <= 0 && away > -MINUTE_MS) return words("petugas_just_now");
  const [unit, size] = Math.abs(away) >= DAY_MS ? ["day", DAY_MS] : Math.abs(away) >= HOUR_MS ? ["hour", HOUR_MS] : ["minute", MINUTE_MS];
  return relative.format(Math.trunc(away / size), unit);
}

export function Due({ report: { promise, overdue, overdue_since: since } }) {
  const due = promise?.due_at;
  const isLate = overdue || (due && Date.parse(due) < Date.now());
  if (isLate) return html`<span class="fault"><${Icon} name="warning" size="18" />${words("petugas_overdue", { when: when(since ?? due) })}</span>`;
  if (!promise) return html`<small>${words("petugas_no_due")}</small>`;
  return html`<span class="due"><${Icon} name="clock" size="18" />${due ? words("petugas_due", { when: when(due) }) : words("petugas_due_paused")}</span>`;
}
