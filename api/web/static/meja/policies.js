// The versions of the city's promises. None is ever changed: a new one counts for clocks that start after it.

import { useState } from "preact/hooks";

import { Button, Fault, Field, say } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { read, send } from "../app/server.js";
import { atTime, words } from "../app/words.js";
import { useForm } from "./sign_in.js";

const CLOCKS = ["verify", "respond", "resolve", "confirm", "needs_info", "information_request", "objection", "objection_answer", "ombudsman"];
const CLASSES = ["minor", "normative", "non_oversight", "oversight"];

export function Policies({ city, mayChange }) {
  const [found, error, again] = useAsked(() => read(`/v1/policies?city=${city}`), [city]);
  return html`
    <section class="stack" aria-labelledby="policies" aria-busy=${!found && !error}>
      <h2 id="policies">${words("meja_policies")}</h2>
      <p class="hint">${words("meja_policies_line")}</p>
      ${mayChange && html`<${NewVersion} city=${city} again=${again} />`}
      <${Fault} error=${error} again=${again} />
      ${found && !found.length && html`<p>${words("meja_policies_none")}</p>`}
      <ul class="entries">${found?.map((policy) => html`
        <li key=${policy.version}>
          <strong>${policy.version}. ${policy.name}</strong> ${policy.in_force && html`<small>${words("meja_policy_in_force")}</small>`}
          <p><small>${words("meja_policy_escalates", { levels: policy.escalate_at.map((level) => `${level}%`).join(", ") })}</small></p>
          <p><small>${policy.source} · ${words("meja_policy_since", { time: atTime(policy.effective_from) })}</small></p>
          <ul>${policy.promises.map((one) => html`<li><small>${words(`clock.${one.clock}`)} · ${words("meja_policy_days", { days: one.days })} · ${one.category ?? (one.resolve_class ? words(`meja_choice_${one.resolve_class}`) : words("meja_policy_all"))}</small></li>`)}</ul>
        </li>
      `)}</ul>
    </section>
  `;
}

const LEVELS = ["low", "middle", "high"];
const blank = { clock: "resolve", days: 5, resolve_class: "", category: "" };

function NewVersion({ city, again }) {
  const [promises, setPromises] = useState([blank]);
  const [effects, setEffects] = useState(null);
  const body = (given) => ({ city, ...given, promises: promises.map(({ days, ...one }) => ({ days: Number(days), ...Object.fromEntries(Object.entries(one).filter(([, value]) => value)) })) });
  const [, bind, submit, error] = useForm({ name: "", source: "", low: "75", middle: "100", high: "200" }, async ({ low, middle, high, ...said }) => {
    const given = { ...said, escalate_at: [low, middle, high].map(Number) };
    if (!effects) return setEffects(await send("POST", "/v1/policies/preview", body(given)));
    await send("POST", "/v1/policies", body(given));
    setEffects(null);
    say(words("meja_saved"));
    again();
  });
  const set = (place, more) => {
    setEffects(null);
    setPromises(promises.map((one, n) => (n === place ? { ...one, ...more } : one)));
  };
  return html`
    <form class="card" aria-label=${words("meja_policy_new")} onSubmit=${submit}>
      <h3>${words("meja_policy_new")}</h3>
      <div class="fields">
        <${Field} label=${words("meja_policy_name")} required maxlength="200" ...${bind("name")} />
        <${Field} label=${words("meja_policy_source")} required maxlength="200" ...${bind("source")} />
      </div>
      <fieldset class="fields"><legend>${words("meja_policy_escalation")}</legend>
        ${LEVELS.map((level) => html`<${Field} key=${level} label=${words(`meja_policy_${level}`)} type="number" min="1" max="1000" required ...${bind(level)} />`)}
      </fieldset>
      ${promises.map((one, place) => html`
        <fieldset class="fields" key=${place}><legend class="unseen">${words("meja_policy_promise", { n: place + 1 })}</legend>
          <${Select} label=${words("meja_policy_clock")} of=${CLOCKS.map((clock) => [clock, words(`clock.${clock}`)])} value=${one.clock} choose=${(clock) => set(place, { clock })} />
          <${Field} label=${words("meja_policy_number")} type="number" min="1" max="365" required value=${one.days} onInput=${(event) => set(place, { days: event.currentTarget.value })} />
          <${Select} label=${words("meja_entry_resolve_class")} of=${[["", words("meja_policy_all")], ...CLASSES.map((each) => [each, words(`meja_choice_${each}`)])]} value=${one.resolve_class} choose=${(each) => set(place, { resolve_class: each })} />
        </fieldset>
      `)}
      <div><${Button} icon="plus" onClick=${() => setPromises([...promises, blank])}>${words("meja_policy_more")}<//></div>
      <${Fault} error=${error} />
      ${effects && html`<div role="status" class="stack small"><p><strong>${words("meja_policy_effects", { count: effects.length })}</strong></p><ul>${effects.map((one) => html`<li><small>${one.category} · ${words(`clock.${one.clock}`)}: ${one.days} → ${one.days_then}</small></li>`)}</ul></div>`}
      <div class="row"><button type="submit" class="button primary">${words(effects ? "meja_policy_make" : "meja_preview_look")}</button></div>
    </form>
  `;
}

const Select = ({ label, of, value, choose }) => html`
  <${Field} label=${label}>${(ids) => html`<select ...${ids} value=${value} onChange=${(event) => choose(event.currentTarget.value)}>${of.map(([each, name]) => html`<option value=${each}>${name}</option>`)}</select>`}<//>
`;
