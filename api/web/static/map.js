// The map page: joins its parts. Read tiles.js for the layers, sheet.js for a report.

import { readAddress, writeAddress } from "./address.js";
import { addBasemap } from "./basemap.js";
import { boundaries, showsApproximate } from "./boundaries.js";
import { onColourChange } from "./colours.js";
import { button, element } from "./elements.js";
import { onFilter, queryOf, readFilter, showFilter } from "./filter.js";
import { marksUnder } from "./marks.js";
import { ReportLayer } from "./reports.js";
import { passOn } from "./sharing.js";
import { describeView } from "./view.js";
import { words } from "./words.js";

const { L } = window;
const INDONESIA = [[-11.2, 94.8], [6.3, 141.1]];
const CLOSEST = 19;
const ONE_SPOT_FROM = 18;
const NAMED_FROM = 6;

let openReport = null;
const map = L.map("map", {
  minZoom: 3,
  maxZoom: CLOSEST,
  maxBounds: L.latLngBounds(INDONESIA).pad(0.4),
  zoomControl: false,
  attributionControl: false,
});
const areas = boundaries();
const names = L.layerGroup();
const reports = new ReportLayer();
const container = map.getContainer();
const alert = document.getElementById("alert");

function showPlace() {
  const place = readAddress();
  if (place) map.setView([place.lat, place.lon], place.zoom);
  else lookAtReports();
  if (place?.trackingId) open(place.trackingId);
}

/** The first look, when the address asks for no other. */
function lookAtReports() {
  const [south, west, north, east] = container.dataset.extent.split(",").map(Number);
  const bounds = east === undefined ? INDONESIA : [[south, west], [north, east]];
  map.fitBounds(bounds, { padding: [32, 32], maxZoom: 12, animate: false });
}

const write = () => writeAddress(map, openReport, queryOf(readFilter()));

/** The sheet and the list come when they are asked for: the first look is lighter without them. */
const sheet = () => import("./sheet.js");
const list = () => import("./list.js");

async function open(trackingId) {
  openReport = trackingId;
  write();
  (await sheet()).openSheet(trackingId);
}

async function touch({ latlng }) {
  const [nearest, ...more] = under(latlng);
  if (!nearest) (await sheet()).closeSheet();
  else if (more.length) (await sheet()).openChoice([nearest, ...more].map(({ label }) => label), open);
  else if (nearest.label) open(nearest.label);
  else if (nearest.labels && isOneSpot(nearest)) (await sheet()).openChoice(nearest.labels.split(" "), open);
  else map.setView(map.unproject(nearest.at), Math.min(map.getZoom() + 2, CLOSEST));
}

/** Where coming closer tells no more of them apart. */
const isOneSpot = ({ count }) => map.getZoom() >= ONE_SPOT_FROM || (map.getZoom() >= 16 && count < 4);

const under = (latLng) => marksUnder(reports.marks, map.project(latLng));

function applyFilter() {
  write();
  forgetList();
  reports.ask(readFilter());
}

async function forgetList() {
  if (!document.getElementById("list").hidden) (await list()).closeList();
}

async function listView() {
  const bounds = map.getBounds();
  const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  (await list()).openList(box, readFilter(), open);
}

function say(failed) {
  if (!failed) {
    alert.hidden = true;
    return;
  }
  alert.replaceChildren(element("p", { textContent: words("server_unreachable") }), button(words("try_again"), tryAgain));
  alert.hidden = false;
}

function tryAgain() {
  say(false);
  areas.redraw();
  reports.redraw();
}

function nameSources() {
  const sources = words("link_sources");
  if (map.hasLayer(areas) && showsApproximate(areas)) map.attributionControl.addAttribution(sources);
  else map.attributionControl.removeAttribution(sources);
}


/** Areas have no names in tiles from very far. */
async function label() {
  if (!map.hasLayer(areas)) return;
  if (map.getZoom() < NAMED_FROM) names.clearLayers();
  else (await import("./names.js")).nameAreas(areas, map, names);
}

const describe = () => describeView(reports.marksInView(), open, reports.isWhole());

L.control.zoom({ position: "topright", zoomInTitle: words("map_zoom_in"), zoomOutTitle: words("map_zoom_out") }).addTo(map);
L.control.attribution({ prefix: '<a href="https://leafletjs.com">Leaflet</a>' }).addTo(map);
showFilter();
showPlace();
reports.ask(readFilter());
reports.addTo(map);
reports.once("load", () => areas.addTo(map)); // boundaries are heavier, and reports are what people come for
addBasemap(map);
for (const layer of [areas, reports]) layer.on("tileerror", () => say(true));
onColourChange(() => [areas, reports].forEach((layer) => layer.repaint()));
names.addTo(map);
areas.on("load", nameSources).on("load", label);
reports.on("arranged", describe);
map.on("moveend", write).on("moveend", describe).on("moveend", label).on("moveend", forgetList).on("click", touch);
map.on("mousemove", ({ latlng }) => container.classList.toggle("over-mark", under(latlng).length > 0));
onFilter(applyFilter);
document.getElementById("list-open").addEventListener("click", listView);
document.getElementById("share-view").addEventListener("click", ({ target }) => passOn(location.href, target));
document.addEventListener("sheetclosed", () => {
  openReport = null;
  write();
});
window.addEventListener("hashchange", showPlace);
window.addEventListener("online", tryAgain);
