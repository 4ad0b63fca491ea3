// Where: by the phone's position, by a pin on the map, and by the question which side of a border.

import { useEffect, useState } from "preact/hooks";

import { Button, Choice, Fault, Field, Notice } from "../app/elements.js";
import { html } from "../app/html.js";
import { count, words } from "../app/words.js";
import { areaAt, cityOf, locate, placeWords, villageWords } from "./places.js";

const NEAR_BORDER_M = 50;

export function PlaceStep({ draft, update, terms }) {
  const [fault, setFault] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const set = async (position) => {
    setFault(null);
    update({ position, place: null, village: null });
    try {
      const place = await areaAt(position);
      update({ place, city: cityOf(place, terms)?.code ?? draft.city });
    } catch (error) {
      if (error.status !== 0) setFault(error);
    }
  };
  const find = async () => {
    setBusy(true);
    try {
      await set(await locate());
    } catch (error) {
      setFault(error);
    }
    setBusy(false);
  };
  useEffect(() => {
    if (!draft.position) ifAllowed(find);
    else if (!draft.place) set(draft.position);
  }, []);
  return html`
    <${Button} kind=${draft.position ? "plain" : "primary"} icon="pin" isBusy=${isBusy} class="button wide" onClick=${find}>${words(isBusy ? "lapor_place_finding" : "lapor_place_find")}<//>
    <div role="status" class="stack">
      ${fault && (fault.key ? html`<${Notice} kind="warn" icon="warning"><p>${words(fault.key)}</p><//>` : html`<${Fault} error=${fault} />`)}
      ${draft.position && html`<${Found} draft=${draft} terms=${terms} />`}
    </div>
    <${Border} draft=${draft} update=${update} />
    <${LateMap} position=${draft.position} terms=${terms} moved=${(point) => set({ ...point, accuracy_m: null })} />
    <${Field} label=${words("lapor_address")} hint=${words("lapor_address_hint")} value=${draft.address} maxlength="200" autocomplete="off" onInput=${(event) => update({ address: event.currentTarget.value })} />
  `;
}

/** Nobody is asked for the position before the button says why; who has allowed it is not asked to press. */
async function ifAllowed(find) {
  const permission = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (permission?.state === "granted") find();
}

function Found({ draft: { position, place }, terms }) {
  const isServed = place && cityOf(place, terms);
  return html`
    <${Notice} kind=${place && terms && !isServed ? "warn" : "good"} icon="pin" title=${place ? placeWords(place) : words("lapor_place_later")}>
      ${position.accuracy_m && html`<p class="hint">${words("lapor_place_accuracy", { metres: count(Math.round(position.accuracy_m)) })}</p>`}
      ${place && terms && !isServed && html`<p>${words("lapor_place_unserved", { regency: place.regency.name })}</p>`}
      ${place?.quality === "approximate" && html`<p class="hint">${words("lapor_place_approximate")}</p>`}
    <//>
  `;
}

/** Close to a border, or inside the circle of what the phone does not know, the resident knows better. */
function Border({ draft, update }) {
  const { place, position } = draft;
  const reach = Math.max(NEAR_BORDER_M, position?.accuracy_m ?? 0);
  if (!place || !(place.border_distance_m < reach)) return null;
  const others = place.candidates.filter(({ code }) => code !== place.village.code).slice(0, 4);
  if (!others.length) return null;
  const names = [place.village, ...others].map(villageWords);
  return html`<${Choice}
    legend=${words("lapor_border_question")}
    choices=${[...names.map((name) => ({ value: name, label: name })), { value: "", label: words("lapor_border_unknown") }]}
    value=${draft.village}
    choose=${(village) => update({ village })}
  />`;
}

function LateMap({ position, terms, moved }) {
  const [module, setModule] = useState(null);
  const [isWanted, setWanted] = useState(false);
  const open = () => {
    setWanted(true);
    import("./map.js").then(setModule, () => setModule({ failed: true }));
  };
  if (module?.failed) return html`<p class="hint">${words("lapor_map_missing")}</p>`;
  if (module) return html`<${module.PinMap} position=${position} terms=${terms} moved=${moved} />`;
  return html`<${Button} icon="pin" isBusy=${isWanted} onClick=${open}>${words(position ? "lapor_map_move" : "lapor_map_open")}<//>`;
}
