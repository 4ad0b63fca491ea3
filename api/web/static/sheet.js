// The sheet that shows one report over the map.

import { button, element, entry } from "./elements.js";
import { trackedReport } from "./server.js";
import { passOn } from "./sharing.js";
import { atTime, count, numberShown, words } from "./words.js";

const sheet = document.getElementById("sheet");
let cameFrom = null; // what had the focus before the sheet opened
let asked = new AbortController();

export async function openSheet(trackingId) {
  asked.abort();
  asked = new AbortController();
  const { signal } = asked;
  cameFrom ??= document.activeElement;
  show(titleOf(trackingId), element("p", { className: "hint", textContent: words("loading_report") }));
  try {
    const report = await trackedReport(trackingId, signal);
    show(titleOf(trackingId), ...reportParts(report), links(trackingId));
  } catch (error) {
    if (signal.aborted) return;
    const reason = words(error.isMissing ? "report_missing" : "server_unreachable");
    show(titleOf(trackingId), element("p", { textContent: reason }), links(trackingId));
  }
}

/** Several reports on one spot: the reader chooses. */
export function openChoice(trackingIds, open) {
  cameFrom ??= document.activeElement;
  const choice = (trackingId) => element("li", {}, button(titleOf(trackingId), () => open(trackingId)));
  const list = element("ul", { className: "choices" }, ...trackingIds.map(choice));
  show(words("view_here", { count: trackingIds.length }), list);
}

const titleOf = (trackingId) => words("report_title", { number: numberShown(trackingId) });

export function closeSheet() {
  if (sheet.hidden) return;
  asked.abort();
  sheet.hidden = true;
  cameFrom?.focus({ preventScroll: true });
  cameFrom = null;
  sheet.dispatchEvent(new CustomEvent("sheetclosed", { bubbles: true }));
}

document.addEventListener("keydown", (event) => event.key === "Escape" && closeSheet());

function show(heading, ...parts) {
  const title = element("h2", { id: "sheet-title", tabIndex: -1, textContent: heading });
  const close = button("×", closeSheet, "close");
  close.setAttribute("aria-label", words("close_sheet"));
  const head = element("div", { className: "sheet-head" }, title, close);
  sheet.replaceChildren(head, ...parts.filter((part) => part !== null));
  sheet.hidden = false;
  sheet.scrollTop = 0;
  title.focus({ preventScroll: true });
}

function reportParts(report) {
  return [
    element("p", { className: `badge ${report.state}` }, element("span", { textContent: report.state_name })),
    report.category_name && element("p", { className: "category", textContent: report.category_name }),
    element("p", { className: "words", textContent: report.text ?? words("report_text_kept") }),
    report.photos.length ? photos(report) : null,
    facts(report),
    element("h3", { textContent: words("report_events") }),
    element("ol", { className: "events" }, ...report.events.map((event) => eventItem(event, report.timezone))),
  ];
}

function photos({ photos: shown, tracking_id: number }) {
  const link = ({ purpose, urls }, index) => {
    const alt = words(`photo_${purpose}`, { n: index + 1, total: shown.length, number });
    return element("a", { href: urls["1600"] }, element("img", { src: urls["640"], loading: "lazy", alt }));
  };
  return element("div", { className: "photos" }, ...shown.map(link));
}

const UNSORTED = ["submitted", "needs_info", "verified"];

function facts(report) {
  const { state, place, city, timezone, agency, promise, supports, created_at: createdAt } = report;
  return element(
    "dl",
    { className: "facts" },
    entry(words("report_place"), place ? placeWords(place) : city),
    entry(words("report_agency"), agency ?? (UNSORTED.includes(state) && words("report_no_agency"))),
    entry(words("report_created"), atTime(createdAt, timezone)),
    entry(words("report_promise"), promise?.due_at && promiseWords(promise, timezone)),
    entry(words("report_supports"), supports && words("report_supports_count", { count: count(supports) })),
  );
}

function placeWords(place) {
  const capitals = { village_term: capital(place.village_term), district_term: capital(place.district_term) };
  const names = words("report_place_words", { ...place, ...capitals });
  return place.quality === "approximate" ? `${names} (${words("legend_approximate")})` : names;
}

const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);

function promiseWords({ due_at: dueAt, is_overdue: isOverdue }, timezone) {
  const late = isOverdue ? element("strong", { className: "overdue", textContent: ` ${words("report_overdue")}` }) : "";
  return element("span", {}, atTime(dueAt, timezone), late);
}

function eventItem({ at, state, state_name: name, note, agency, by }, timezone) {
  return element(
    "li",
    { className: state },
    element("strong", { textContent: name }),
    element("time", { dateTime: at, textContent: atTime(at, timezone) }),
    by || agency ? element("span", { className: "by", textContent: by ?? agency }) : null,
    note ? element("p", { className: "words", textContent: note }) : null,
  );
}

function links(trackingId) {
  const page = new URL(`/lacak/${encodeURIComponent(trackingId)}`, location.href);
  page.search = location.search;
  const share = button(words(navigator.share ? "share_link" : "copy_link"), () => passOn(page.href, share));
  const open = element("a", { href: page.href, textContent: words("open_page") });
  return element("p", { className: "links" }, open, share);
}
