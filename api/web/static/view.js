// What the map shows, in words: the way to the reports for the keyboard and for screen readers.

import { button, element } from "./elements.js";
import { count, numberShown, words } from "./words.js";

const LONGEST_LIST = 20;
const summary = document.getElementById("view-summary");
const list = document.getElementById("view-list");

/** Of a view that is not `isWhole` nobody says that it is empty. */
export function describeView(marks, open, isWhole) {
  const reports = marks.filter(({ label }) => label);
  summary.textContent = marks.length || isWhole ? summaryOf(marks, reports) : "";
  list.replaceChildren(...reports.slice(0, LONGEST_LIST).map((report) => reportItem(report, open)), ...rest(reports));
}

function summaryOf(marks, reports) {
  if (!marks.length) return words("view_nothing");
  const counts = words("view_counts", { open: total(marks, "open"), closed: total(marks, "closed") });
  return reports.length < marks.length ? `${counts}. ${words("view_closer")}` : counts;
}

const total = (marks, field) => count(marks.reduce((sum, mark) => sum + mark[field], 0));

function reportItem({ label, open: isOpen }, open) {
  const key = isOpen ? "view_report_open" : "view_report_closed";
  return element("li", {}, button(words(key, { number: numberShown(label) }), () => open(label)));
}

function rest(reports) {
  const more = reports.length - LONGEST_LIST;
  return more > 0 ? [element("li", { className: "hint", textContent: words("view_more", { count: count(more) }) })] : [];
}
