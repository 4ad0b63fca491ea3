// How long ago, and how long still, in the largest unit that says it.

import { language, words } from "../app/words.js";

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

function span(ms) {
  const [unit, length] = UNITS.find(([, each]) => ms >= each) ?? UNITS.at(-1);
  const format = new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" });
  return format.format(Math.max(1, Math.floor(ms / length)));
}

export const since = (text, now = Date.now()) => span(now - Date.parse(text));

export function until(text, now = Date.now()) {
  const left = Date.parse(text) - now;
  return left > 0 ? words("meja_in", { time: span(left) }) : words("meja_ago", { time: span(-left) });
}
