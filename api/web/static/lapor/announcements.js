// What the city says to everybody of an area: of the areas that this phone listens to, else of all of its city.

import { all, get, put } from "../app/db.js";
import { Notice } from "../app/elements.js";
import { html } from "../app/html.js";
import { account, read } from "../app/server.js";
import { atTime, words } from "../app/words.js";
import { homeCity } from "./categories.js";

const KEPT = "announcements";

/** Urgent ones first; without a network what is kept and still holds. Raises Refusal. */
export async function announced(terms) {
  try {
    const codes = await listenedTo(terms);
    const regencies = [...new Set(codes.map((code) => code.slice(0, 5)))];
    const pages = await Promise.all(regencies.map((area) => read(`/public/announcements?area=${area}`, { signsIn: false })));
    const list = pages.flatMap(({ announcements }) => announcements).filter(({ area }) => codes.some((code) => isAbout(area, code)));
    await put("settings", list, KEPT);
    return list;
  } catch (refusal) {
    const kept = refusal.isPassing && (await get("settings", KEPT));
    if (!kept) throw refusal;
    const now = new Date().toISOString();
    return kept.filter(({ valid_until: end }) => end > now);
  }
}

/** {areas, reported, named} of this account. */
export const myAreas = async () => ((await account()) ? read("/v1/me/areas") : { areas: [], reported: false, named: [] });

async function listenedTo(terms) {
  const { areas, reported } = await myAreas();
  const codes = [...areas, ...(reported ? (await all("reports")).map(({ place }) => place.village.code) : [])];
  if (codes.length) return codes;
  const city = await homeCity(terms);
  return city ? [city] : [];
}

/** What is said to an area is also said in all that lies in it, and is of interest around it. */
const isAbout = (area, mine) => `${area}.`.startsWith(`${mine}.`) || `${mine}.`.startsWith(`${area}.`);

export const Announcements = ({ list, terms }) => html`
  <ul class="cards">${list.map((each) => html`<${One} key=${each.id} announcement=${each} terms=${terms} />`)}</ul>
`;

const One = ({ announcement: { area, area_name: name, title, body, urgent, valid_until: end }, terms }) => html`
  <li>
    <${Notice} kind=${urgent ? "danger" : "info"} icon=${urgent ? "warning" : "bell"} title=${title}>
      <p class="said">${body}</p>
      <small>${words("lapor_announced_for", { area: name, end: atTime(end, zoneOf(area, terms)) })}</small>
    <//>
  </li>
`;

/** Of the city that it lies in; undefined where none is served. */
export const zoneOf = (area, terms) => terms?.cities.find(({ code, regencies }) => [code, ...regencies].some((each) => `${area}.`.startsWith(`${each}.`)))?.timezone;
