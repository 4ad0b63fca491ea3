// What a caller says, written down in under a minute: kind, place, words, number; the keyboard is enough.

import { useEffect, useRef, useState } from "preact/hooks";

import { Button, Fault, Field, Notice } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { newId } from "../app/ids.js";
import { read, send } from "../app/server.js";
import { atTime, count, words } from "../app/words.js";
import { Combobox, useOptions } from "./combobox.js";
import { useKeys } from "./keys.js";
import { LateMap } from "./late_map.js";
import { placeOf, places } from "./places.js";
import { categoriesOf } from "./step_fields.js";
import { cityOf } from "./views.js";

const CHANNELS = ["call_112", "desk"];
const fresh = (channel) => ({ id: newId(), channel, category: null, place: null, address: "", text: "", phone: "", visibility: "public", anonymous: false });

export default function Call({ me, terms }) {
  const [draft, setDraft] = useState(fresh(CHANNELS[0]));
  const [receipt, setReceipt] = useState(null);
  const next = () => {
    setReceipt(null);
    setDraft(fresh(draft.channel));
  };
  useKeys(receipt ? { n: [words("meja_call_next"), next] } : {}, words("meja_view_telepon"));
  return html`
    <main id="content" class="screen wide">
      <h1 tabindex="-1">${words("meja_view_telepon")}</h1>
      ${receipt ? html`<${Received} receipt=${receipt} next=${next} terms=${terms} />` : html`<${Form} key=${draft.id} draft=${draft} update=${(more) => setDraft((now) => ({ ...now, ...more }))} received=${setReceipt} city=${cityOf(me, terms)} terms=${terms} />`}
    </main>
  `;
}

function Form({ draft, update, received, city, terms }) {
  const callCentre = terms?.cities.find(({ code }) => code === city)?.call_centre;
  const [state, setState] = useState({ error: null, isBusy: false });
  const [, find] = useOptions(() => (city ? categoriesOf(city) : Promise.resolve([])), [city]);
  const enter = async (event) => {
    event?.preventDefault();
    setState({ error: null, isBusy: true });
    try {
      received(await send("POST", "/v1/desk/reports", bodyOf(draft)));
    } catch (error) {
      setState({ error, isBusy: false });
    }
  };
  const faults = { ...state.error?.fields, ...state.error?.missing };
  const bind = (name) => ({ value: draft[name], fault: faults[name], onInput: (event) => update({ [name]: event.currentTarget.value }) });
  return html`
    <form class="call" onSubmit=${enter} onKeyDown=${(event) => event.key === "Enter" && event.ctrlKey && enter(event)}>
      <div class="card">
        <${Channels} value=${draft.channel} choose=${(channel) => update({ channel })} />
        <${Combobox} label=${words("meja_call_category")} hint=${words("meja_call_category_hint")} isFirst=${true} fault=${faults.category} find=${find} value=${draft.category} choose=${(option) => update({ category: option })} />
        ${draft.category?.each.emergency && html`<${Notice} kind="danger" icon="phone" role="alert"><p>${words("meja_call_emergency", { number: callCentre ?? "112" })}</p><//>`}
        <${Combobox} label=${words("meja_call_place")} hint=${words("meja_call_place_hint")} needed=${2} fault=${faults.position} find=${(text) => places(text, city)} value=${draft.place} choose=${(option) => update({ place: option })} />
        <${Field} label=${words("meja_call_address")} hint=${words("meja_call_address_hint")} maxlength="300" ...${bind("address")} />
        <${Field} label=${words("meja_call_text")} fault=${faults.text}>
          ${(ids) => html`<textarea ...${ids} rows="4" maxlength="5000" value=${draft.text} onInput=${(event) => update({ text: event.currentTarget.value })}></textarea>`}
        <//>
        <${Field} label=${words("meja_call_phone")} hint=${words("meja_call_phone_hint")} type="tel" autocomplete="off" ...${bind("phone")} />
        <div class="row">
          <label class="tick"><input type="checkbox" checked=${draft.anonymous} onChange=${(event) => update({ anonymous: event.currentTarget.checked })} /> ${words("meja_call_anonymous")}</label>
          <label class="tick"><input type="checkbox" checked=${draft.visibility === "restricted"} onChange=${(event) => update({ visibility: event.currentTarget.checked ? "restricted" : "public" })} /> ${words("meja_call_restricted")}</label>
        </div>
        <${Fault} error=${state.error} />
        <div class="row"><button type="submit" class="button primary" aria-busy=${state.isBusy} disabled=${state.isBusy}>${words("meja_call_enter")}</button><small><kbd>Ctrl</kbd> <kbd>Enter</kbd></small></div>
      </div>
      <div class="stack">
        <${Where} place=${draft.place} moved=${(point) => update({ place: placeOf(point) })} />
        <${Nearby} draft=${draft} />
      </div>
    </form>
  `;
}

/** Raises what a refusal looks like while something is missing, so that the fields say it. */
function bodyOf({ category, place, ...draft }) {
  const missing = {
    ...(!category && { category: words("meja_call_no_category") }),
    ...(!place && { position: words("meja_call_no_place") }),
    ...(!draft.text.trim() && { text: words("meja_call_no_text") }),
  };
  if (Object.keys(missing).length) throw Object.assign(new Error(), { missing, fields: missing });
  return { ...draft, category: category.value, position: place.value };
}

const Channels = ({ value, choose }) => html`
  <fieldset class="choice row"><legend>${words("meja_call_channel")}</legend>
    ${CHANNELS.map((each) => html`<label class="option" key=${each}><input type="radio" name="channel" checked=${each === value} onChange=${() => choose(each)} /><span>${words(`meja_call_${each}`)}</span></label>`)}
  </fieldset>
`;

/** Which kelurahan that is, as the map of the city has it. */
function Where({ place, moved }) {
  const [area] = useAsked(() => (place ? read(`/v1/areas/at?${new URLSearchParams({ lat: place.value.lat, lon: place.value.lon })}`).catch(() => null) : Promise.resolve(null)), [place?.value.lat, place?.value.lon]);
  return html`
    <section class="card" aria-live="polite">
      <h2>${words("meja_place")}</h2>
      ${area ? html`<p><strong>${area.village.name}</strong>, ${area.district.name}, ${area.regency.name}</p>` : html`<p class="hint">${words(place ? "meja_call_place_unknown" : "meja_call_place_later")}</p>`}
      ${place?.value.accuracy_m > 500 && html`<p class="hint">${words("meja_call_rough")}</p>`}
      <${LateMap} position=${place?.value} moved=${moved} />
    </section>
  `;
}

function Nearby({ draft: { place, category } }) {
  const [found] = useAsked(() => (place ? read(`/v1/reports/similar?${new URLSearchParams({ lat: place.value.lat, lon: place.value.lon, ...(category && { category: category.value }) })}`) : Promise.resolve([])), [place?.value.lat, place?.value.lon, category?.value]);
  if (!found?.length) return null;
  return html`
    <section class="card">
      <h2>${words("meja_similar")}</h2>
      <ul class="stack small">${found.slice(0, 4).map((each) => html`<li key=${each.id} class="similar"><p><strong class="number">${each.tracking_id}</strong> ${each.category_name}</p><p class="said clamp">${each.text}</p><small>${each.state_name} · ${count(each.distance_m)} m</small></li>`)}</ul>
    </section>
  `;
}

function Received({ receipt, next, terms }) {
  const button = useRef();
  useEffect(() => button.current.focus(), []);
  const zone = terms?.cities.find(({ code }) => code === receipt.city.code)?.timezone;
  return html`
    <section class="card received" aria-labelledby="received">
      <h2 id="received">${words("meja_call_received")}</h2>
      <p class="big number">${receipt.tracking_id}</p>
      <p class="hint" aria-label=${words("meja_call_spelled")}>${receipt.tracking_id.split("").join(" ")}</p>
      <p>${receipt.agency ? words("meja_call_agency", { agency: receipt.agency.name }) : words("meja_agency_none")}${receipt.promise?.due_at && html` · ${words("meja_call_due", { time: atTime(receipt.promise.due_at, zone) })}`}</p>
      <div class="row"><button type="button" class="button primary" ref=${button} onClick=${next}>${words("meja_call_next")} <kbd aria-hidden="true">n</kbd></button><a class="button" href="#/cari/${encodeURIComponent(`q=${receipt.tracking_id}`)}/${receipt.id}">${words("meja_call_open")}</a></div>
    </section>
  `;
}
