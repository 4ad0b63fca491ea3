// The sheet that shows one report over the map.

import { button, element, entry } from "./elements.js";
import { trackedReport } from "./server.js";
import { reportItems } from "./view.js";
import { atTime, numberShown, onDate, words } from "./words.js";

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
export function openChoice(reports, open) {
  cameFrom ??= document.activeElement;
  const list = element("ul", { className: "choices" }, ...reportItems(reports, open));
  show(words("view_here", { count: reports.length }), list);
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
    element("p", { className: "category", textContent: report.category_name }),
    element("p", { className: "words", textContent: report.text ?? words("report_text_kept") }),
    photos(report),
    facts(report),
    element("h3", { textContent: words("report_events") }),
    element("ol", { className: "events" }, ...report.events.map(eventItem)),
  ];
}

function photos({ photos: shown, tracking_id: trackingId }) {
  const ready = shown.filter((photo) => photo.urls);
  if (!ready.length) return null;
  const number = numberShown(trackingId);
  const image = (photo, index) =>
    element("img", { src: photo.urls.medium, loading: "lazy", alt: words("report_photo", { n: index + 1, total: ready.length, number }) });
  const link = (photo, index) => element("a", { href: photo.urls.large }, image(photo, index));
  return element("div", { className: "photos" }, ...ready.map(link));
}

function facts({ place, agency, promise, created_at: createdAt }) {
  return element(
    "dl",
    { className: "facts" },
    entry(words("report_place"), placeWords(place)),
    entry(words("report_agency"), agency?.name ?? words("report_no_agency")),
    entry(words("report_created"), atTime(createdAt)),
    entry(words("report_promise"), promise && onDate(promise.due_at)),
  );
}

const placeWords = ({ village, district, regency }) => [village, district, regency].map(({ name }) => name).join(", ");

function eventItem({ at, state, state_name: name, note, agency }) {
  return element(
    "li",
    { className: state },
    element("strong", { textContent: name }),
    element("time", { dateTime: at, textContent: atTime(at) }),
    agency ? element("span", { className: "by", textContent: agency.name }) : null,
    note ? element("p", { textContent: note }) : null,
  );
}

function links(trackingId) {
  const page = new URL(`/lacak/${encodeURIComponent(trackingId)}`, location.href);
  page.search = location.search;
  const share = button(words(navigator.share ? "share_link" : "copy_link"), () => passOn(page.href, share));
  const open = element("a", { href: page.href, textContent: words("open_page") });
  return element("p", { className: "links" }, open, share);
}

async function passOn(address, pressed) {
  if (navigator.share) {
    await navigator.share({ url: address }).catch(() => {}); // the reader changed their mind
    return;
  }
  await navigator.clipboard.writeText(address);
  pressed.textContent = words("link_copied");
}
