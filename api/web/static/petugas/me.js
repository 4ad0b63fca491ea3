// Who is signed in on this phone, and what is kept on it.

import { useEffect, useState } from "preact/hooks";

import { Button, Facts, Fault, Heading, Notice, Sheet } from "../app/elements.js";
import { go, useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { count, size, terms as app, words } from "../app/words.js";
import { leave, refreshMe } from "./session.js";
import { sync } from "./sync.js";

export default function Me({ session: { me }, queue, work }) {
  const [isLeaving, setLeaving] = useState(false);
  const [storage] = useAsked(async () => navigator.storage?.estimate?.(), []);
  useEffect(() => {
    refreshMe().catch(() => {}); // without a network what was heard last stands
  }, []);
  const waiting = queue.filter(({ state }) => state !== "sent").length;
  return html`
    <main id="content" class="screen">
      <${Heading}>${words("petugas_tab_me")}<//>
      <section class="card">
        <${Facts} facts=${[
          [words("petugas_login"), me?.login],
          [words("petugas_grants"), me?.grants.map(grantWords).join("; ")],
        ]} />
      </section>
      <section class="card">
        <h2>${words("petugas_this_phone")}</h2>
        <${Facts} facts=${[
          [words("petugas_kept_reports"), work.reports && count(work.reports.length)],
          [words("petugas_waiting"), count(waiting)],
          [words("petugas_storage"), storage && size(storage.usage)],
          [words("petugas_version"), app.version],
        ]} />
        <div><${Button} onClick=${() => sync()}>${words("petugas_sync_now")}<//></div>
      </section>
      <div><${Button} kind="danger" onClick=${() => setLeaving(true)}>${words("petugas_leave")}<//></div>
      ${isLeaving && html`<${Leave} waiting=${waiting} close=${() => setLeaving(false)} />`}
    </main>
  `;
}

const grantWords = ({ role, agency_name: agency, area_code: area, city_name: city }) => [words(`petugas_role_${role}`), agency ?? area, city].filter(Boolean).join(", ");

function Leave({ waiting, close }) {
  const [error, setError] = useState(null);
  const confirmed = async () => {
    try {
      await leave();
      go("/");
    } catch (refusal) {
      setError(refusal);
    }
  };
  return html`
    <${Sheet} title=${words("petugas_leave")} close=${close}>
      <p>${words("petugas_leave_line")}</p>
      ${waiting > 0 && html`<${Notice} kind="danger" icon="warning"><p>${words("petugas_leave_waiting", { count: count(waiting) })}</p><//>`}
      <${Fault} error=${error} />
      <button type="button" class="button danger wide" onClick=${confirmed}>${words("petugas_leave")}</button>
    <//>
  `;
}
