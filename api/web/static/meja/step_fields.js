// The controls of a step, by the field of the event that they fill.

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import { Field } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { read } from "../app/server.js";
import { words } from "../app/words.js";
import { Combobox, useOptions } from "./combobox.js";

const named = (name) => words(`meja_field_${name}`);
const labelOf = ({ name, isNeeded }) => (isNeeded ? named(name) : `${named(name)} ${words("meja_optional")}`);

/** The focus goes to the first field of a form that somebody has just opened, before the next letter is typed. */
export function useFirst(isFirst) {
  const control = useRef();
  useLayoutEffect(() => {
    if (isFirst) control.current?.focus();
  }, []);
  return control;
}

function Line({ value, give, isFirst, isNeeded, fault, type = "text", hint, ...shared }) {
  const control = useFirst(isFirst);
  return html`<${Field} label=${labelOf({ isNeeded, ...shared })} fault=${fault} hint=${hint}>
    ${(ids) => html`<input ...${ids} ref=${control} type=${type} required=${isNeeded} maxlength="300" value=${value ?? ""} onInput=${(event) => give(event.currentTarget.value)} />`}
  <//>`;
}

function Text({ value, give, isFirst, isNeeded, fault, hint, ...shared }) {
  const control = useFirst(isFirst);
  return html`<${Field} label=${labelOf({ isNeeded, ...shared })} fault=${fault} hint=${hint}>
    ${(ids) => html`<textarea ...${ids} ref=${control} required=${isNeeded} rows="3" maxlength="5000" value=${value ?? ""} onInput=${(event) => give(event.currentTarget.value)}></textarea>`}
  <//>`;
}

const PublicNote = (shared) => html`<${Text} ...${shared} hint=${words("meja_field_note_hint")} />`;

// Reasons that come again and again; a click writes them, and they may be changed.
const REASONS = ["authority", "unclear", "prank", "private", "done", "rules"];

function Reason(shared) {
  return html`
    <div class="stack small">
      <div class="row chips" role="group" aria-label=${words("meja_reasons")}>
        ${REASONS.map((key) => html`<button type="button" class="button chip" key=${key} onClick=${() => shared.give(words(`meja_reason_${key}`))}>${words(`meja_reason_${key}`)}</button>`)}
      </div>
      <${Line} ...${shared} />
    </div>
  `;
}

const FreeReason = (shared) => html`<${Line} ...${shared} />`;
const ReasonOf = (shared) => (["submitted", "verified", "needs_info"].includes(shared.report.state) ? html`<${Reason} ...${shared} />` : html`<${FreeReason} ...${shared} />`);

/** The agency that the rules would choose is there already. */
function Agency({ report, value, give, isFirst, isNeeded, fault, ...shared }) {
  const [options, find] = useOptions(() => agenciesOf(report.city.code), []);
  const [route] = useAsked(() => routeOf(report), []);
  useEffect(() => {
    if (route?.agency && isNeeded && !value && ["submitted", "verified"].includes(report.state)) give(route.agency);
  }, [route]);
  return html`<${Combobox} label=${labelOf({ isNeeded, ...shared })} fault=${fault} hint=${route?.agency_name && words("meja_route_hint", { agency: route.agency_name })} isFirst=${isFirst} find=${find} value=${options.find((option) => option.value === value)} choose=${(option) => give(option?.value)} />`;
}

export const agenciesOf = async (city) => (await read(`/v1/agencies/open?city=${city}`)).map(({ key, name }) => ({ value: key, label: name }));

/** With the group as the hint; `each` is the category as the API has it. */
export async function categoriesOf(city) {
  const { groups, categories } = await read(`/v1/categories?city=${city}`);
  return categories.map((each) => ({ value: each.key, label: each.name, hint: groups.find(({ key }) => key === each.group)?.name, each }));
}

/** What the rules say; only who may see the configuration is told. */
export const routeOf = ({ position: { lat, lon }, category }) =>
  read(`/v1/routing-rules/preview?${new URLSearchParams({ lat, lon, category })}`).catch((refusal) => {
    if (refusal.status === 0) throw refusal;
    return null;
  });

/** Officers of the agencies whose people I may see; nobody else is asked. */
function Officer({ value, give, ...shared }) {
  const [found] = useAsked(officers, []);
  if (!found?.length) return null;
  return html`<${Field} label=${labelOf(shared)}>
    ${(ids) => html`<select ...${ids} value=${value ?? ""} onChange=${(event) => give(event.currentTarget.value)}>
      <option value="">${words("meja_nobody")}</option>
      ${found.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
    </select>`}
  <//>`;
}

const officers = () =>
  read("/v1/accounts/staff").then(
    ({ staff }) =>
      staff
        .filter(({ disabled }) => !disabled)
        .flatMap(({ account_id: id, login, grants }) => grants.filter(({ role }) => role === "officer").map(({ agency_name }) => ({ id, name: `${login} · ${agency_name}` }))),
    () => [],
  );

function When({ give, ...shared }) {
  return html`<${Line} ...${shared} type="datetime-local" give=${(written) => give(written && new Date(written).toISOString())} value=${undefined} />`;
}

function Category({ report, value, give, isFirst, fault, ...shared }) {
  const [options, find] = useOptions(() => categoriesOf(report.city.code), []);
  return html`<${Combobox} label=${labelOf({ isNeeded: true, ...shared })} fault=${fault} isFirst=${isFirst} find=${find} value=${options.find((option) => option.value === value)} choose=${(option) => give(option?.value)} />`;
}

const Visibility = ({ value, give, fault, ...shared }) => html`
  <${Field} label=${labelOf(shared)} fault=${fault}>
    ${(ids) => html`<select ...${ids} required value=${value ?? ""} onChange=${(event) => give(event.currentTarget.value)}>
      <option value=""></option>
      ${["public", "restricted"].map((each) => html`<option value=${each}>${words(`meja_open_${each}`)}</option>`)}
    </select>`}
  <//>
`;

const STARS = [1, 2, 3, 4, 5];
const Rating = ({ value, give, fault, ...shared }) => html`
  <${Field} label=${labelOf(shared)} fault=${fault}>
    ${(ids) => html`<select ...${ids} value=${value ?? ""} onChange=${(event) => give(Number(event.currentTarget.value))}>
      <option value="">${words("meja_no_rating")}</option>
      ${STARS.map((stars) => html`<option value=${stars}>${words("meja_rating", { stars })}</option>`)}
    </select>`}
  <//>
`;

export const FIELDS = {
  agency: Agency,
  officer: Officer,
  note: PublicNote,
  internal_note: Text,
  reason: ReasonOf,
  date: When,
  rating: Rating,
  reference: Line,
  duplicate_of: Line,
  category: Category,
  visibility: Visibility,
};
