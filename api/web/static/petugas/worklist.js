// The list of what is to be done: what is due first or what is near, on this phone whether there is a network or not.

import { useEffect, useState } from "preact/hooks";

import { get, put } from "../app/db.js";
import { Button, Empty, Fault, Heading, Notice, StateBadge } from "../app/elements.js";
import { useAsked, useOnline } from "../app/hooks.js";
import { html } from "../app/html.js";
import { Icon } from "../app/icons.js";
import { count, words } from "../app/words.js";
import { Due } from "./due.js";
import { Filters, PLAIN, chosen } from "./filters.js";
import { useLive } from "./live.js";
import { distanceWords, metresTo, usePosition } from "./nearness.js";
import { asDone } from "./steps.js";
import { byDue } from "./sync.js";

const SHOWN = 60;
const KEPT = "petugas_filter";

export function Worklist({ work, queue, session, terms }) {
  const [filter, setFilter] = useState(PLAIN);
  const position = usePosition();
  const [most, setMost] = useState(SHOWN);
  const [isMap, setMap] = useState(false);
  useEffect(() => {
    get("settings", KEPT).then((kept) => kept && setFilter({ ...PLAIN, ...kept }));
  }, []);
  const choose = (patch) => {
    const next = { ...filter, ...patch };
    setFilter(next);
    put("settings", next, KEPT);
    if (next.order === "near") position.ask();
  };
  const all = (work.reports ?? []).map((report) => asDone(report, queue)).map((report) => ({ ...report, distance_m: position.here && metresTo(position.here, report.position) }));
  const found = all.filter(chosen(filter)).sort(filter.order === "near" && position.here ? (one, other) => one.distance_m - other.distance_m : byDue);
  return html`
    <main id="content" class="screen wide" aria-busy=${!work.reports}>
      <div class="stack small">
        <div class="row spread"><${Heading}>${words("petugas_work")}<//><${Views} isMap=${isMap} setMap=${setMap} /></div>
        <p class="hint">${words("petugas_found", { count: count(found.length) })}</p>
      </div>
      <${Filters} filter=${filter} choose=${choose} reports=${all} />
      ${position.fault && filter.order === "near" && html`<${Notice} kind="warn" icon="pin"><p>${words(position.fault)}</p><//>`}
      ${session.me && !session.me.grants.length && html`<${Notice} kind="warn" icon="warning"><p>${words("petugas_no_grants")}</p><//>`}
      ${work.error && work.error.status !== 0 && work.error.status !== 401 && html`<${Fault} error=${work.error} />`}
      ${isMap
        ? html`<${MapView} reports=${found} here=${position.here} terms=${terms} />`
        : html`<ul class="cards">${found.slice(0, most).map((report) => html`<${Row} key=${report.id} report=${report} />`)}</ul>`}
      ${!isMap && found.length > most && html`<${Button} onClick=${() => setMost(most + SHOWN)}>${words("petugas_more")}<//>`}
      ${work.reports && !found.length && html`<${Empty} icon="check" title=${words(all.length ? "petugas_nothing_chosen" : "petugas_nothing")}>${all.length > 0 && html`<${Button} onClick=${() => choose({ ...PLAIN, state: "all" })}>${words("petugas_show_all")}<//>`}<//>`}
      <${Freshness} at=${work.at} />
    </main>
  `;
}

const Views = ({ isMap, setMap }) => html`
  <div class="views" role="group" aria-label=${words("petugas_view")}>
    <button type="button" aria-pressed=${!isMap} onClick=${() => setMap(false)}><${Icon} name="list" size="20" />${words("petugas_list")}</button>
    <button type="button" aria-pressed=${isMap} onClick=${() => setMap(true)}><${Icon} name="pin" size="20" />${words("petugas_map")}</button>
  </div>
`;

const Row = ({ report }) => html`
  <li>
    <a class="card link ${report.overdue ? "late" : ""}" href="#/laporan/${report.id}">
      <span class="row spread"><${StateBadge} state=${report.state} />${report.distance_m !== null && html`<span class="far"><${Icon} name="pin" size="18" />${distanceWords(report.distance_m)}</span>`}</span>
      <strong class="what">${report.category_name}</strong>
      ${report.text && html`<span class="said clamp">${report.text}</span>`}
      <span class="row spread"><${Due} report=${report} /><small>${report.place.village.name}</small></span>
      <${Waits} report=${report} />
    </a>
  </li>
`;

export function Waits({ report: { mine } }) {
  if (mine.some(({ state }) => state === "refused")) return html`<span class="fault"><${Icon} name="warning" size="18" />${words("petugas_needs_answer")}</span>`;
  if (mine.some(({ state }) => state === "waiting")) return html`<span class="waits"><${Icon} name="cloud" size="18" />${words("petugas_waits")}</span>`;
  return null;
}

const clock = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

function Freshness({ at }) {
  const isLive = useLive();
  return html`<p class="hint fresh">${at ? words("petugas_as_of", { time: clock.format(at) }) : words("petugas_never")}${isLive && html` · ${words("petugas_live")}`}</p>`;
}

/** The map is a view more, not a condition: it comes late, needs a network, and the list is there without it. */
function MapView(shared) {
  const isOnline = useOnline();
  const [module, error, again] = useAsked(() => import("./map.js"), []);
  if (module) return html`<${module.WorkMap} ...${shared} />`;
  if (!isOnline || error) return html`<${Notice} kind="warn" icon="cloud"><p>${words("petugas_map_offline")}</p>${isOnline && html`<div><${Button} onClick=${again}>${words("app_try_again")}<//></div>`}<//>`;
  return html`<div class="work-map" aria-busy="true"></div>`;
}
