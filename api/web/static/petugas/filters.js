// Which reports are shown, and in which order.

import { useState } from "preact/hooks";

import { Choice, Sheet } from "../app/elements.js";
import { html } from "../app/html.js";
import { Icon } from "../app/icons.js";
import { stateName, words } from "../app/words.js";
import { isWork } from "./steps.js";

/** `state`: "todo" (something is to be done by me), "all", or a state of reports. */
export const PLAIN = { order: "due", whose: "all", state: "todo", agency: "" };

export const chosen = ({ whose, state, agency }) => (report) =>
  (whose === "all" || report.is_assigned_to_me) &&
  (state === "all" || (state === "todo" ? isWork(report) || report.mine.some((entry) => entry.state === "refused") : report.state === state)) &&
  (!agency || report.agency?.key === agency);

export function Filters({ filter, choose, reports }) {
  const [isOpen, setOpen] = useState(false);
  const further = [filter.state !== "todo", filter.agency].filter(Boolean).length;
  return html`
    <div class="chips" role="group" aria-label=${words("petugas_filters")}>
      <${Chip} label=${words("petugas_due_first")} isOn=${filter.order === "due"} press=${() => choose({ order: "due" })} />
      <${Chip} label=${words("petugas_near_first")} isOn=${filter.order === "near"} press=${() => choose({ order: "near" })} />
      <${Chip} label=${words("petugas_mine")} isOn=${filter.whose === "mine"} press=${() => choose({ whose: filter.whose === "mine" ? "all" : "mine" })} />
      <button type="button" class="chip" aria-haspopup="dialog" onClick=${() => setOpen(true)}><${Icon} name="search" size="18" />${words(further ? "petugas_filter_some" : "petugas_filter", { count: further })}</button>
    </div>
    ${isOpen && html`<${Further} filter=${filter} choose=${choose} reports=${reports} close=${() => setOpen(false)} />`}
  `;
}

const Chip = ({ label, isOn, press }) => html`<button type="button" class="chip" aria-pressed=${isOn} onClick=${press}>${isOn && html`<${Icon} name="check" size="18" />`}${label}</button>`;

function Further({ filter, choose, reports, close }) {
  const states = [...new Set(reports.map(({ state }) => state))];
  const agencies = [...new Map(reports.filter(({ agency }) => agency).map(({ agency }) => [agency.key, agency.name]))];
  const choices = [
    { value: "todo", label: words("petugas_todo") },
    { value: "all", label: words("petugas_all") },
    ...states.map((state) => ({ value: state, label: stateName(state) })),
  ];
  return html`
    <${Sheet} title=${words("petugas_filter")} close=${close}>
      <${Choice} legend=${words("petugas_state")} choices=${choices} value=${filter.state} choose=${(state) => choose({ state })} />
      ${agencies.length > 1 && html`<${Choice} legend=${words("petugas_agency")} choices=${[{ value: "", label: words("petugas_every_agency") }, ...agencies.map(([value, label]) => ({ value, label }))]} value=${filter.agency} choose=${(agency) => choose({ agency })} />`}
      <button type="button" class="button primary wide" onClick=${(event) => event.currentTarget.closest("dialog").close()}>${words("petugas_show")}</button>
    <//>
  `;
}
