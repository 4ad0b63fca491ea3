// What the map shows, in words: the way to the reports for the keyboard and for screen readers.

import { button, element } from "./elements.js";
import { marksInView } from "./reports.js";
import { count, numberShown, words } from "./words.js";

const LONGEST_LIST = 20;
const summary = document.getElementById("view-summary");
const list = document.getElementById("view-list");

export function describeView(layer, map, open) {
  const marks = marksInView(layer, map);
  const reports = marks.filter(({ kind }) => kind === "reports");
  const clusters = marks.filter(({ kind }) => kind === "clusters");
  summary.textContent = summaryOf(reports, clusters);
  list.replaceChildren(...reports.slice(0, LONGEST_LIST).map((report) => reportItem(report, open)), ...rest(reports));
}

function summaryOf(reports, clusters) {
  const open = reports.filter((report) => report.is_open).length + total(clusters, "open");
  const closed = reports.filter((report) => !report.is_open).length + total(clusters, "closed");
  if (!open && !closed) return words("view_nothing");
  const counts = words("view_counts", { open: count(open), closed: count(closed) });
  return clusters.length ? `${counts}. ${words("view_closer")}` : counts;
}

const total = (clusters, field) => clusters.reduce((sum, cluster) => sum + cluster[field], 0);

function reportItem({ label, is_open: isOpen }, open) {
  const key = isOpen ? "view_report_open" : "view_report_closed";
  return element("li", {}, button(words(key, { number: numberShown(label) }), () => open(label)));
}

function rest(reports) {
  const more = reports.length - LONGEST_LIST;
  return more > 0 ? [element("li", { className: "hint", textContent: words("view_more", { count: count(more) }) })] : [];
}
