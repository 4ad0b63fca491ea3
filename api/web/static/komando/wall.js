// The frame of the wall: head, counters, map, lists. Nothing on it has to be touched.

import { useEffect, useRef, useState } from "preact/hooks";

import { html } from "../app/html.js";
import { language, words } from "../app/words.js";
import { useBoard } from "./board.js";
import { Counters, Latest, Loads, Overdue } from "./panels.js";
import { clockOf, dateOf, useClock, zoneName } from "./times.js";
import { strike, turnOn } from "./tone.js";

export function Wall({ city }) {
  const moment = useClock();
  const [isLoud, setLoud] = useState(false);
  const tell = useRef();
  const [last, setLast] = useState(null);
  tell.current = (change) => {
    setLast(change);
    if (isLoud && change.is_new) strike();
  };
  const board = useBoard(city, (change) => tell.current(change));
  const toggle = () => {
    if (!isLoud) turnOn();
    setLoud(!isLoud);
  };
  return html`
    <a class="skip" href="#content">${words("skip_to_content")}</a>
    <${Head} city=${city} moment=${moment} isLoud=${isLoud} toggle=${toggle} board=${board} />
    <main id="content" class="wall ${board.isLinked === false ? "cut" : ""}" tabindex="-1" aria-busy=${!board.now}>
      <h1 class="unseen">${words("komando_title")}: ${city.name}</h1>
      ${board.now && html`<${Shown} city=${city} board=${board} moment=${moment} last=${last} />`}
    </main>
  `;
}

const Shown = ({ city, board, moment, last }) => html`
  <${Counters} counts=${board.now.counts} />
  <${MapFrame} city=${city} changes=${board.changes} last=${last} />
  <${Latest} now=${board.now} zone=${city.timezone} />
  <${Overdue} now=${board.now} staff=${board.staff} moment=${moment} />
  <${Loads} name="agencies" title=${words("komando_agencies")} first=${words("komando_agency")} loads=${board.now.agencies} />
  <${Loads} name="villages" title=${words("komando_villages")} first=${words("komando_village")} loads=${board.now.villages} />
`;

function Head({ city, moment, isLoud, toggle, board }) {
  const other = language === "id" ? "en" : "id";
  return html`
    <header class="head">
      <img src="/static/kentongan.svg" alt="" width="48" height="48" />
      <p class="city"><strong>${city.name}</strong><span>${words("komando_title")}</span></p>
      <${Link} board=${board} zone=${city.timezone} />
      <nav aria-label=${words("komando_screen")}>
        <button type="button" aria-pressed=${isLoud} onClick=${toggle}>${words("komando_sound")}</button>
        <a href="/komando">${words("komando_other_city")}</a>
        <a href="/komando?${new URLSearchParams({ kota: city.code, lang: other })}" lang=${other} hreflang=${other}>${words("other_language")}</a>
      </nav>
      <p class="clock"><time datetime=${moment.toISOString()}>${clockOf(moment, city.timezone)}</time><span>${zoneName(city.timezone)} · ${dateOf(moment, city.timezone)}</span></p>
    </header>
  `;
}

function Link({ board: { isLinked, since }, zone }) {
  const at = clockOf(since, zone) + ` ${zoneName(zone)}`;
  const [kind, said] =
    isLinked === null ? ["waiting", words("komando_linking")] : isLinked ? ["live", words("komando_live")] : ["lost", words("komando_lost", { at })];
  return html`<p class="link ${kind}" role="status"><i aria-hidden="true"></i>${said}</p>`;
}

/** The wall stands without its map; a map needs WebGL and a megabyte. */
function MapFrame({ city, changes, last }) {
  const frame = useRef();
  const shown = useRef();
  const [fault, setFault] = useState(null);
  useEffect(() => {
    let isGone = false;
    import("./map.js")
      .then(({ drawMap }) => !isGone && drawMap(frame.current, city, setFault))
      .then((map) => (isGone ? map?.remove() : (shown.current = map)))
      .catch((error) => setFault(error.key ?? "komando_map_missing"));
    return () => {
      isGone = true;
      shown.current?.remove();
    };
  }, []);
  useEffect(() => {
    if (changes) shown.current?.changed(last);
  }, [changes]);
  return html`
    <div class="panel map">
      <div class="canvas" ref=${frame} hidden=${fault && fault !== "komando_map_no_base"}></div>
      ${fault && html`<p class="nothing">${words(fault)}</p>`}
      <p class="legend"><i class="mark late" aria-hidden="true"></i>${words("komando_column_open")}<i class="mark closed" aria-hidden="true"></i>${words("komando_closed")}</p>
    </div>
  `;
}
