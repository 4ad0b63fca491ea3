// People who answer and what they may do; a new account, or a lost phone, gets a code that works once.

import { useState } from "preact/hooks";

import { Button, Fault, Field, Notice, say } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { ask, read, send } from "../app/server.js";
import { atTime, words } from "../app/words.js";
import { Combobox, useOptions } from "./combobox.js";
import { areasIn } from "./entries.js";
import { useForm } from "./sign_in.js";
import { agenciesOf } from "./step_fields.js";
import { has } from "./views.js";

const ROLES = ["officer", "coordinator", "area_head", "operator", "auditor", "admin"];
const OF_AGENCIES = ["officer", "coordinator"];

export function Staff({ city, me }) {
  const [page, error, again] = useAsked(() => read("/v1/accounts/staff"), []);
  const [code, setCode] = useState(null);
  const [isAdding, setAdding] = useState(false);
  const mayChange = has(me, "admin", "coordinator");
  const roles = has(me, "admin") ? ROLES : OF_AGENCIES;
  const handed = (enrolment) => {
    setCode(enrolment);
    setAdding(false);
    again();
  };
  return html`
    <section class="stack" aria-labelledby="staff" aria-busy=${!page && !error}>
      <div class="row spread"><h2 id="staff">${words("meja_set_akun")}</h2>${mayChange && html`<${Button} kind="primary" icon="plus" onClick=${() => setAdding(!isAdding)}>${words("meja_add")}<//>`}</div>
      ${code && html`<${Code} code=${code} close=${() => setCode(null)} />`}
      ${isAdding && html`<${NewPerson} city=${city} roles=${roles} handed=${handed} />`}
      <${Fault} error=${error} again=${again} />
      <ul class="entries">${page?.staff.map((person) => html`<${Person} key=${person.account_id} person=${person} city=${city} roles=${roles} me=${me} mayChange=${mayChange} handed=${handed} again=${again} />`)}</ul>
    </section>
  `;
}

const Code = ({ code, close }) => html`
  <${Notice} kind="good" role="status" title=${words("meja_staff_code", { login: code.login })}>
    <p class="big number">${code.enrolment_code}</p>
    <p class="hint">${words("meja_staff_code_line", { time: atTime(code.valid_until) })}</p>
    <div><${Button} onClick=${close}>${words("meja_staff_code_done")}<//></div>
  <//>
`;

function Person({ person, city, roles, me, mayChange, handed, again }) {
  const [isOpen, open] = useState(false);
  const attempt = async (work) => {
    try {
      const answer = await work();
      if (answer?.enrolment_code) handed(answer);
      else again();
    } catch (refusal) {
      say(refusal.problem?.detail ?? words("app_unreachable"));
    }
  };
  const path = `/v1/accounts/staff/${person.account_id}`;
  return html`
    <li class=${person.disabled ? "is-closed" : ""}>
      <div class="row spread">
        <div><strong>${person.login}</strong> <small>${[person.disabled && words("meja_closed"), !person.is_enrolled && words("meja_staff_waiting"), words(`meja_factor_${person.second_factor}`)].filter(Boolean).join(" · ")}</small></div>
        ${mayChange && person.account_id !== me.account_id && html`<button type="button" class="button small" aria-expanded=${isOpen} onClick=${() => open(!isOpen)}>${words("meja_change")}<span class="unseen"> ${person.login}</span></button>`}
      </div>
      <ul class="chips row">${person.grants.map((grant) => html`
        <li class="chip" key=${grant.id}>${words(`meja_role_${grant.role}`)}${(grant.agency_name ?? grant.area_code ?? grant.city_name) && html` · ${grant.agency_name ?? grant.area_code ?? grant.city_name}`}
          ${isOpen && html` <button type="button" class="button small" onClick=${() => attempt(() => ask("DELETE", `/v1/grants/${grant.id}`))}>${words("meja_staff_take")}<span class="unseen"> ${words(`meja_role_${grant.role}`)}</span></button>`}</li>
      `)}</ul>
      ${isOpen && html`
        <div class="stack small">
          <${GrantForm} city=${city} roles=${roles} label=${words("meja_staff_give")} give=${(grant) => send("POST", "/v1/grants", { account_id: person.account_id, ...grant }).then(again)} />
          <${MailboxForm} path=${path} />
          <div class="row">
            <${Button} onClick=${() => attempt(() => send("POST", `${path}/enrolment`))}>${words("meja_staff_new_code")}<//>
            <${Button} kind="danger" onClick=${() => attempt(() => send("PATCH", path, { disabled: !person.disabled }))}>${words(person.disabled ? "meja_staff_open" : "meja_staff_close")}<//>
          </div>
        </div>
      `}
    </li>
  `;
}

/** It is written and never read again: mailboxes are nobody else's to know. */
function MailboxForm({ path }) {
  const [, bind, submit, error] = useForm({ email: "" }, async (given) => {
    await ask("PUT", `${path}/email`, { body: given });
    say(words("meja_saved"));
  });
  return html`
    <form class="fields" onSubmit=${submit}>
      <${Field} label=${words("meja_staff_email")} hint=${words("meja_staff_email_hint")} type="email" autocomplete="off" maxlength="254" ...${bind("email")} />
      <${Fault} error=${error} />
      <div class="end"><button type="submit" class="button">${words("meja_save")}</button></div>
    </form>
  `;
}

function NewPerson({ city, roles, handed }) {
  const [login, setLogin] = useState("");
  return html`
    <div class="card">
      <${Field} label=${words("meja_login")} autocapitalize="none" autocomplete="off" value=${login} onInput=${(event) => setLogin(event.currentTarget.value)} />
      <${GrantForm} city=${city} roles=${roles} label=${words("meja_staff_make")} give=${async (grant) => handed(await send("POST", "/v1/accounts/staff", { login, grants: [grant] }))} />
    </div>
  `;
}

/** `give({role, city, agency?, area?})`. */
function GrantForm({ city, roles, label, give }) {
  const [, find] = useOptions(() => agenciesOf(city), [city]);
  const [agency, setAgency] = useState(null);
  const [area, setArea] = useState(null);
  const [{ role }, bind, submit, error] = useForm({ role: roles[0] }, (given) => give({ ...given, city, ...(OF_AGENCIES.includes(given.role) && { agency: agency?.value }), ...(given.role === "area_head" && { area: area?.value }) }));
  const { value, onInput } = bind("role");
  return html`
    <form class="fields" onSubmit=${submit}>
      <${Field} label=${words("meja_staff_role")}>${(ids) => html`<select ...${ids} value=${value} onChange=${onInput}>${roles.map((each) => html`<option value=${each}>${words(`meja_role_${each}`)}</option>`)}</select>`}<//>
      ${OF_AGENCIES.includes(role) && html`<${Combobox} label=${words("meja_agency")} find=${find} value=${agency} choose=${setAgency} />`}
      ${role === "area_head" && html`<${Combobox} label=${words("meja_search_area")} needed=${2} find=${(text) => areasIn(text, city)} value=${area} choose=${setArea} />`}
      <${Fault} error=${error} />
      <div class="end"><button type="submit" class="button">${label}</button></div>
    </form>
  `;
}
