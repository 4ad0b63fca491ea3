// Looking for reports: words or number, state, agency, area, overdue. The address keeps what was asked.

import { useEffect, useRef, useState } from "preact/hooks";

import { Field } from "../app/elements.js";
import { go } from "../app/hooks.js";
import { html } from "../app/html.js";
import { read } from "../app/server.js";
import { stateName, words } from "../app/words.js";
import { Combobox, useOptions } from "./combobox.js";
import { Reading, Reports } from "./desk.js";
import { useKeys } from "./keys.js";
import { agenciesOf } from "./step_fields.js";
import { cityOf } from "./views.js";

const STATES = ["submitted", "needs_info", "verified", "dispatched", "in_progress", "scheduled", "forwarded", "work_done", "resolved", "closed", "rejected", "duplicate", "withdrawn"];

export default function Search({ tab = "", id, me, terms }) {
  const asked = Object.fromEntries(new URLSearchParams(tab));
  const base = `/cari/${encodeURIComponent(tab)}`;
  return html`
    <main id="content" class="desk ${id ? "is-reading" : ""}">
      <h1 class="unseen" tabindex="-1">${words("meja_view_cari")}</h1>
      <section class="lists" aria-label=${words("meja_view_cari")}>
        <${Filters} key=${tab} asked=${asked} city=${cityOf(me, terms)} />
        ${tab && html`<${Reports} key=${tab} query=${asked} base=${base} id=${id} />`}
      </section>
      <${Reading} id=${id} base=${base} me=${me} terms=${terms} />
    </main>
  `;
}

function Filters({ asked, city }) {
  const [values, setValues] = useState(asked);
  const words_ = useRef();
  useEffect(() => {
    if (!Object.keys(asked).length) words_.current.focus();
  }, []);
  useKeys({ "/": [words("meja_key_search"), () => words_.current.focus()] }, words("meja_view_cari"));
  const [options, find] = useOptions(() => (city ? agenciesOf(city) : Promise.resolve([])), [city]);
  const set = (name) => (value) => setValues((now) => ({ ...now, [name]: value || undefined }));
  const ask = (event) => {
    event.preventDefault();
    const given = Object.entries(values).filter(([, value]) => value);
    go(`/cari/${encodeURIComponent(new URLSearchParams(given.length ? given : [["order", "newest"]]))}`);
  };
  const [area, setArea] = useState(asked.area && { value: asked.area, label: asked.area });
  return html`
    <form class="filters" role="search" onSubmit=${ask}>
      <${Field} label=${words("meja_search_words")}>
        ${(ids) => html`<input ...${ids} ref=${words_} type="search" maxlength="200" value=${values.q ?? ""} onInput=${(event) => set("q")(event.currentTarget.value)} />`}
      <//>
      <details open=${Boolean(asked.state || asked.agency || asked.area || asked.overdue)}><summary>${words("meja_search_filters")}</summary>
        <div class="stack small">
          <${Field} label=${words("meja_search_state")}>
            ${(ids) => html`<select ...${ids} value=${values.state ?? ""} onChange=${(event) => set("state")(event.currentTarget.value)}><option value="">${words("meja_any")}</option>${STATES.map((state) => html`<option value=${state}>${stateName(state)}</option>`)}</select>`}
          <//>
          <${Combobox} label=${words("meja_agency")} find=${find} value=${options.find(({ value }) => value === values.agency)} choose=${(option) => set("agency")(option?.value)} />
          <${Combobox} label=${words("meja_search_area")} needed=${2} find=${areas} value=${area} choose=${(option) => { setArea(option); set("area")(option?.value); }} />
          <label class="tick"><input type="checkbox" checked=${Boolean(values.overdue)} onChange=${(event) => set("overdue")(event.currentTarget.checked && "true")} /> ${words("meja_search_overdue")}</label>
        </div>
      </details>
      <div><button type="submit" class="button primary">${words("meja_search")}</button></div>
    </form>
  `;
}

const areas = async (text) => (await read(`/v1/areas?q=${encodeURIComponent(text.trim())}`)).map(({ code, name }) => ({ value: code, label: name, hint: code }));
