// Administration of a city: its lists, rules, days, promises, people. Who may only look sees the same without buttons.

import { useState } from "preact/hooks";

import { Fault, Field } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { read } from "../app/server.js";
import { words } from "../app/words.js";
import { Blocks } from "./blocks.js";
import { Calendar } from "./calendar.js";
import { Changes, CityForm } from "./city_form.js";
import { Entries } from "./entries.js";
import { Policies } from "./policies.js";
import { Preview } from "./rule_preview.js";
import { Staff } from "./staff.js";
import { AGENCY, CATEGORY, GROUP, RULE } from "./entry_fields.js";
import { cityOf, has } from "./views.js";

const PARTS = {
  aturan: ({ city, mayChange }) => html`<${Preview} city=${city} /><${Entries} kind=${RULE} city=${city} mayChange=${mayChange} />`,
  kategori: ({ city, mayChange }) => html`<${Entries} kind=${CATEGORY} city=${city} mayChange=${mayChange} />`,
  kelompok: ({ city, mayChange }) => html`<${Entries} kind=${GROUP} city=${city} mayChange=${mayChange} />`,
  perangkat: ({ city, mayChange }) => html`<${Entries} kind=${AGENCY} city=${city} mayChange=${mayChange} />`,
  kalender: Calendar,
  standar: Policies,
  akun: Staff,
  blokir: Blocks,
  daerah: CityForm,
  perubahan: Changes,
};

export default function Settings({ tab, me, terms }) {
  const sees = has(me, "admin", "operator", "auditor");
  const parts = sees ? Object.keys(PARTS).filter((name) => name !== "blokir" || has(me, "admin", "operator")) : ["akun"];
  const part = parts.includes(tab) ? tab : parts[0];
  const [cities, error, again] = useAsked(() => (sees ? read("/v1/cities") : Promise.resolve([])), [sees]);
  const [chosen, choose] = useState(null);
  const city = chosen ?? cityOf(me, terms);
  const Part = PARTS[part];
  return html`
    <main id="content" class="screen wide settings">
      <div class="row spread"><h1 tabindex="-1">${words("meja_view_atur")}</h1>${cities?.length > 1 && html`<${City} cities=${cities} city=${city} choose=${choose} />`}</div>
      <nav class="tabs" aria-label=${words("meja_settings_parts")}>${parts.map((name) => html`<a href="#/atur/${name}" aria-current=${name === part ? "page" : undefined} key=${name}>${words(`meja_set_${name}`)}</a>`)}</nav>
      <${Fault} error=${error} again=${again} />
      ${city && html`<${Part} key=${`${part}-${city}`} city=${city} me=${me} mayChange=${has(me, "admin")} />`}
    </main>
  `;
}

const City = ({ cities, city, choose }) => html`
  <${Field} label=${words("meja_city")}>
    ${(ids) => html`<select ...${ids} value=${city} onChange=${(event) => choose(event.currentTarget.value)}>${cities.map(({ code, name }) => html`<option value=${code}>${name}</option>`)}</select>`}
  <//>
`;
