// What may be done with the report now, as the API says it; each step with a letter and a short form.

import { useLayoutEffect, useState } from "preact/hooks";

import { Button, Fault, Notice, say } from "../app/elements.js";
import { html } from "../app/html.js";
import { newId } from "../app/ids.js";
import { send } from "../app/server.js";
import { stateName, words } from "../app/words.js";
import { BlockForm } from "./blocks.js";
import { useKeys } from "./keys.js";
import { SplitForm } from "./split.js";
import { FIELDS } from "./step_fields.js";
import { has } from "./views.js";

const OWN_FORM = ["split", "block"];
const LETTERS = { verified: "v", dispatched: "d", needs_info: "t", rejected: "x", duplicate: "g", in_progress: "m", scheduled: "w", forwarded: "l", work_done: "e", resolved: "s", submitted: "u" };
const ORDER = Object.keys(LETTERS);
const FIRST = { submitted: "dispatched", verified: "dispatched", dispatched: "in_progress", work_done: "resolved" };
const OVER = ["closed", "resolved", "rejected", "duplicate", "withdrawn"];
// Beside the moves, for who leads there; the API has the last word.
const MORE = [
  { kind: "note", needs: ["internal_note"], letter: "n" },
  { kind: "coordination", needs: ["agency"], fits: ({ state, agency }) => agency && !OVER.includes(state) },
  { kind: "coordination_end", needs: ["agency"], fits: ({ coordinating }) => coordinating.length > 0 },
  { kind: "extend", needs: ["reason"], fits: ({ report_type: type, state }) => type === "information_request" && !OVER.includes(state) },
  { kind: "recategorize", needs: ["category", "note"], fits: ({ state }) => !OVER.includes(state) },
  { kind: "visibility", needs: ["visibility", "reason"], fits: ({ visibility }) => visibility !== "hidden" },
  { kind: "hide", needs: ["reason"], fits: ({ visibility }) => visibility === "public" },
  { kind: "split", needs: [], fits: ({ state, related }, me) => has(me, "operator") && ["submitted", "verified", "dispatched", "in_progress"].includes(state) && !related.some(({ bond }) => ["part", "parent"].includes(bond)) },
  { kind: "block", needs: [], fits: (_report, me) => has(me, "operator", "admin") },
  { kind: "unhide", needs: ["reason"], fits: ({ visibility }) => visibility === "hidden" },
];

// What an operator says for who called: the API offers it where it may be.
const FOR_REPORTER = ["answer", "confirm", "dispute", "appeal", "withdraw"];

const label = ({ kind, to, from }) => words(kind === "change" ? `meja_step_${to === "in_progress" && from === "work_done" ? "refuse" : to}` : `meja_step_${kind}`);

export function Steps({ report, me, step, choose, again }) {
  const moves = movesOf(report);
  const beside = [...(report.steps ?? []).filter(({ kind }) => FOR_REPORTER.includes(kind)), ...(has(me, "operator", "coordinator", "area_head") ? MORE.filter(({ fits }) => !fits || fits(report, me)) : [])];
  const all = [...moves, ...beside];
  useKeys(Object.fromEntries(all.filter(({ letter }) => letter).map((each) => [each.letter, [label(each), () => choose(each)]])), words("meja_keys_steps"));
  useLayoutEffect(() => choose(null), [report.version]); // at once: later it would close the form that a quick hand has just opened
  if (!all.length) return null;
  return html`
    <div class="steps-bar" role="group" aria-label=${words("meja_steps")}>
      ${moves.map((each) => html`<button type="button" class="button ${each.to === FIRST[report.state] ? "primary" : each.to === "rejected" ? "danger" : ""}" aria-expanded=${step?.to === each.to} onClick=${() => choose(each)} key=${each.to}>${label(each)} <kbd aria-hidden="true">${each.letter}</kbd></button>`)}
      ${beside.length > 0 && html`<details class="more"><summary class="button quiet">${words("meja_steps_more")}</summary><div class="menu">${beside.map((each) => html`<button type="button" class="button quiet" onClick=${(event) => { event.currentTarget.closest("details").open = false; choose(each); }} key=${each.kind}>${label(each)}</button>`)}</div></details>`}
    </div>
    ${step?.kind === "block" && html`<${BlockForm} report=${report} close=${() => choose(null)} />`}
    ${step?.kind === "split" && html`<${SplitForm} report=${report} close=${() => choose(null)} again=${again} />`}
    ${step && !OWN_FORM.includes(step.kind) && html`<${StepForm} key=${`${step.kind}-${step.to}`} report=${report} me=${me} step=${step} close=${() => choose(null)} again=${again} />`}
  `;
}

const movesOf = ({ state, steps = [] }) =>
  steps
    .filter(({ kind }) => kind === "change")
    .map((step) => ({ ...step, from: state, letter: LETTERS[step.to] }))
    .sort((one, other) => (other.to === FIRST[state]) - (one.to === FIRST[state]) || ORDER.indexOf(one.to) - ORDER.indexOf(other.to));

// What a step may bring beside what it needs.
const OPTIONAL = { verified: ["note"], dispatched: ["officer", "note"], rejected: ["note"], in_progress: ["note"], scheduled: ["note"], forwarded: ["note"], resolved: ["note"], duplicate: ["note"], confirm: ["rating"], dispute: ["note"], appeal: ["note"] };

function fieldsOf({ kind, to, needs }) {
  const needed = needs.flatMap((field) => (field === "agency_or_officer" ? ["agency", "officer"] : [field]));
  const offered = OPTIONAL[kind === "change" ? to : kind] ?? [];
  return [...new Set([...needed, ...offered])].map((name) => ({ name, isNeeded: needs.includes(name) }));
}

function StepForm({ report, me, step, close, again }) {
  const [values, setValues] = useState({ duplicate_of: step.duplicate_of ?? "" });
  const [state, setState] = useState({ error: null, isBusy: false });
  const give = async (event) => {
    event?.preventDefault();
    setState({ error: null, isBusy: true });
    try {
      const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value));
      const receipt = await send("POST", `/v1/reports/${report.id}/events`, { id: newId(), kind: step.kind, ...(step.to && { to: step.to }), expected_version: report.version, ...given });
      say(words("meja_step_done", { number: report.tracking_id, state: stateName(receipt.state) }));
      leave();
      again();
    } catch (error) {
      setState({ error, isBusy: false });
      if (error.status === 409) again();
    }
  };
  const leave = () => {
    close();
    document.getElementById("report-title")?.focus(); // else the keyboard would begin again at the top
  };
  const keys = (event) => {
    if (event.key === "Escape") leave();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) give(event);
  };
  const faults = state.error?.fields ?? {};
  return html`
    <form class="card step-form" aria-label=${label(step)} onSubmit=${give} onKeyDown=${keys}>
      <h3>${label(step)}</h3>
      ${fieldsOf(step).map(({ name, isNeeded }, place) => {
        const Control = FIELDS[name];
        return Control ? html`<${Control} key=${name} name=${name} report=${report} me=${me} isNeeded=${isNeeded} isFirst=${place === 0} value=${values[name]} fault=${faults[name]} give=${(value) => setValues((now) => ({ ...now, [name]: value }))} />` : html`<${Notice} kind="warn"><p>${words("meja_needs_officers_app")}</p><//>`;
      })}
      ${state.error?.status === 409 ? html`<${Notice} kind="warn" icon="warning" role="alert"><p>${words("meja_changed_meanwhile")}</p><//>` : html`<${Fault} error=${state.error} />`}
      <div class="row">
        <button type="submit" class="button primary" aria-busy=${state.isBusy} disabled=${state.isBusy}>${label(step)}</button>
        <${Button} kind="quiet" onClick=${leave}>${words("meja_cancel")}<//>
        <small><kbd>Ctrl</kbd> <kbd>Enter</kbd></small>
      </div>
    </form>
  `;
}
