// What would happen to a report here: the rule that wins, and those that lose, before anything is changed.

import { useState } from "preact/hooks";

import { Fault } from "../app/elements.js";
import { html } from "../app/html.js";
import { read } from "../app/server.js";
import { words } from "../app/words.js";
import { Combobox, useOptions } from "./combobox.js";
import { places } from "./places.js";
import { categoriesOf } from "./step_fields.js";

export function Preview({ city }) {
  const [, find] = useOptions(() => categoriesOf(city), [city]);
  const [category, setCategory] = useState(null);
  const [place, setPlace] = useState(null);
  const [state, setState] = useState({});
  const look = async (event) => {
    event.preventDefault();
    if (!category || !place) return setState({ error: Object.assign(new Error(), { fields: { all: words("meja_preview_needs") } }) });
    const { lat, lon } = place.value;
    try {
      setState({ route: await read(`/v1/routing-rules/preview?${new URLSearchParams({ lat, lon, category: category.value })}`) });
    } catch (error) {
      setState({ error });
    }
  };
  return html`
    <form class="card" aria-labelledby="preview" onSubmit=${look}>
      <h2 id="preview">${words("meja_preview")}</h2>
      <div class="fields">
        <${Combobox} label=${words("meja_call_category")} find=${find} value=${category} choose=${setCategory} />
        <${Combobox} label=${words("meja_call_place")} needed=${2} find=${(text) => places(text, city)} value=${place} choose=${setPlace} />
      </div>
      <div><button type="submit" class="button">${words("meja_preview_look")}</button></div>
      <${Fault} error=${state.error} />
      <div role="status">${state.route && html`<${Outcome} route=${state.route} />`}</div>
    </form>
  `;
}

const Outcome = ({ route }) => html`
  <div class="stack small">
    <p>${route.village.name}, ${route.district.name} → <strong>${route.agency_name ?? words("meja_route_none")}</strong></p>
    <ol class="stack small">${[route.chosen, ...route.losing].filter(Boolean).map((rule) => html`<li key=${rule.id}>${rule.agency_name} <small>${rule.why}</small></li>`)}</ol>
  </div>
`;
