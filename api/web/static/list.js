// The reports of the view as a list: the way for keyboards and screen readers, and for phones too slow for a map.

import { button, element } from "./elements.js";
import { listedReports } from "./server.js";
import { count, onDay, words } from "./words.js";

const PAGE = 10;
const list = document.getElementById("list");
const note = document.getElementById("list-note");
let asked = new AbortController();

/** The first page; `box` is west, south, east, north, `filter` as the map has it. */
export function openList(box, filter, open) {
  list.replaceChildren();
  list.hidden = false;
  list.focus();
  return addPage({ bbox: box.map((degrees) => degrees.toFixed(5)).join(","), limit: PAGE, ...asList(filter) }, filter, open);
}

export function closeList() {
  asked.abort();
  list.hidden = true;
  note.replaceChildren();
}

async function addPage(query, filter, open) {
  asked.abort();
  asked = new AbortController();
  const { signal } = asked;
  note.textContent = words("list_loading");
  try {
    const { reports, next } = await listedReports(query, signal);
    const shown = reports.filter(({ category_group: group }) => !filter.group || group === filter.group);
    list.append(...shown.map((report) => item(report, open)));
    const more = next && button(words("list_more"), () => addPage({ ...query, cursor: next }, filter, open));
    note.replaceChildren(element("span", { textContent: said() }), ...(more ? [more] : []));
  } catch {
    if (!signal.aborted) note.textContent = words("server_unreachable");
  }
}

const said = () =>
  list.children.length ? words("list_count", { count: count(list.children.length) }) : words("list_nothing");

/** The list's own names for what the map's filter says. */
function asList({ state, days, category }) {
  const since = days && new Date(Date.now() - days * 86_400_000).toISOString();
  return Object.fromEntries(
    Object.entries({ is_open: state && String(state === "open"), category, since }).filter(([, value]) => value),
  );
}

function item(report, open) {
  const { tracking_id: number, category_name: category, village, created_at: createdAt, is_overdue: isOverdue } = report;
  const label = button("", () => open(number));
  const facts = words("list_line", { number, village, date: onDay(createdAt) });
  const state = [report.state_name ?? words(report.is_open ? "legend_open" : "legend_closed")];
  if (isOverdue) state.push(words("list_overdue"));
  label.append(
    element("strong", { textContent: category ?? number }),
    element("span", { className: "hint", textContent: facts }),
    element("span", { className: isOverdue ? "overdue" : "hint", textContent: state.join(", ") }),
  );
  return element("li", {}, label);
}
