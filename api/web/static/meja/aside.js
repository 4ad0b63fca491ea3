// Beside the report: the place, the agency and the clocks, similar reports, the route, who was told, the contact.

import { useState } from "preact/hooks";

import { Button, Facts, Fault, say, StateBadge } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { newId } from "../app/ids.js";
import { read, send } from "../app/server.js";
import { atTime, count, words } from "../app/words.js";
import { LateMap } from "./late_map.js";
import { routeOf } from "./step_fields.js";
import { since } from "./times.js";
import { has } from "./views.js";

export const Aside = ({ report, me, zone, mergeInto, again }) => html`
  <aside class="stack" aria-label=${words("meja_beside")}>
    <${Place} report=${report} again=${again} />
    <${Promised} report=${report} zone=${zone} />
    <${Similar} report=${report} mergeInto=${mergeInto} />
    ${has(me, "operator", "admin", "auditor") && html`<${Route} report=${report} />`}
    <${Related} report=${report} />
    ${has(me, "operator", "coordinator", "auditor", "admin") && html`<${Contact} report=${report} zone=${zone} />`}
    <${Told} report=${report} zone=${zone} />
  </aside>
`;

function Place({ report, again }) {
  const { village, district, quality, border_distance_m: border } = report.place;
  const [pin, setPin] = useState(null);
  const move = async () => {
    try {
      await send("POST", `/v1/reports/${report.id}/events`, { id: newId(), kind: "relocate", expected_version: report.version, position: pin });
      setPin(null);
    } catch (refusal) {
      say(refusal.problem?.detail ?? words("app_unreachable"));
    }
    again();
  };
  return html`
    <section class="card">
      <h3>${words("meja_place")}</h3>
      <p><strong>${village.name}</strong>, ${district.name}</p>
      ${report.address && html`<p class="said">${report.address}</p>`}
      <p class="hint number">${report.position.lat.toFixed(5)}, ${report.position.lon.toFixed(5)}${report.position.accuracy_m && html` ± ${count(Math.round(report.position.accuracy_m))} m`}</p>
      ${border !== null && border < 100 && html`<p class="mark-of warn">${words("meja_near_border", { metres: count(Math.round(border)) })}</p>`}
      ${quality === "approximate" && html`<p class="hint">${words("meja_approximate")}</p>`}
      <${LateMap} position=${pin ?? report.position} moved=${setPin} />
      ${pin && html`<div class="row"><${Button} kind="primary" onClick=${move}>${words("meja_move_pin")}<//><${Button} kind="quiet" onClick=${() => setPin(null)}>${words("meja_cancel")}<//></div>`}
    </section>
  `;
}

const Promised = ({ report, zone }) => html`
  <section class="card">
    <h3>${words("meja_promised")}</h3>
    <${Facts} facts=${[
      [words("meja_agency"), report.agency?.name ?? words("meja_agency_none")],
      [words("meja_helping"), report.coordinating.map(({ name }) => name).join(", ")],
      ...report.clocks.filter(({ stopped_at }) => !stopped_at).map(({ clock, due_at }) => [words(`clock.${clock}`), due_at ? atTime(due_at, zone) : words("meja_paused")]),
      [words("meja_sent_at"), atTime(report.created_at, zone)],
      [words("meja_reporter"), words(report.anonymous ? "meja_anonymous" : "meja_named")],
    ]} />
  </section>
`;

function Similar({ report, mergeInto }) {
  const { lat, lon } = report.position;
  const [found, error, again] = useAsked(() => read(`/v1/reports/similar?${new URLSearchParams({ lat, lon })}`), [report.id]);
  const others = found?.filter(({ id }) => id !== report.id);
  return html`
    <section class="card">
      <h3>${words("meja_similar")}</h3>
      <${Fault} error=${error} again=${again} />
      ${others && !others.length && html`<p class="hint">${words("meja_similar_none")}</p>`}
      <ul class="stack small">${others?.slice(0, 5).map((each) => html`
        <li key=${each.id} class="similar">
          <p class="row spread"><${StateBadge} state=${each.state} /><small>${words("meja_similar_how", { metres: count(each.distance_m), time: since(each.created_at) })}</small></p>
          <p><strong>${each.category_name}</strong> <small class="number">${each.tracking_id}</small></p>
          <p class="said clamp">${each.text}</p>
          ${mergeInto && html`<div><button type="button" class="button small" onClick=${() => mergeInto(each.tracking_id)}>${words("meja_merge_into")}<span class="unseen"> ${each.tracking_id}</span></button></div>`}
        </li>
      `)}</ul>
    </section>
  `;
}

function Route({ report }) {
  const [route] = useAsked(() => routeOf(report), [report.id, report.category]);
  if (!route) return null;
  return html`
    <section class="card">
      <h3>${words("meja_route")}</h3>
      <p>${route.agency_name ?? words("meja_route_none")}</p>
      ${route.chosen && html`<p class="hint">${route.chosen.why}</p>`}
      ${route.losing.length > 0 && html`<details><summary>${words("meja_route_losing", { count: route.losing.length })}</summary><ul class="stack small">${route.losing.map((rule) => html`<li key=${rule.id}>${rule.agency_name} <small>${rule.why}</small></li>`)}</ul></details>`}
    </section>
  `;
}

function Related({ report }) {
  if (!report.related?.length) return null;
  return html`
    <section class="card">
      <h3>${words("meja_related")}</h3>
      <ul class="stack small">${report.related.map((each) => html`
        <li key=${each.id}><p class="row spread"><small>${words(`meja_bond_${each.bond}`)}</small><${StateBadge} state=${each.state} /></p><a class="number" href="#/cari/${encodeURIComponent(`q=${each.tracking_id}`)}/${each.id}">${each.tracking_id}</a>${each.agency && html` <small>${each.agency.name}</small>`}</li>
      `)}</ul>
    </section>
  `;
}

/** The number is asked for with a reason that the reporter can read. */
function Contact({ report, zone }) {
  const [reason, setReason] = useState("");
  const [state, setState] = useState({});
  const [looks, , again] = useAsked(() => read(`/v1/reports/${report.id}/contact`).catch(() => []), [report.id]);
  const reveal = async (event) => {
    event.preventDefault();
    try {
      const { phone } = await send("POST", `/v1/reports/${report.id}/contact`, { reason });
      setState({ phone: phone ?? words("meja_contact_none") });
      again();
    } catch (error) {
      setState({ error });
    }
  };
  return html`
    <section class="card">
      <h3>${words("meja_contact")}</h3>
      ${state.phone
        ? html`<p class="number revealed" role="status">${state.phone}</p>`
        : html`<form class="stack small" onSubmit=${reveal}>
            <label class="field"><span>${words("meja_contact_reason")}</span><input value=${reason} required minlength="10" maxlength="300" onInput=${(event) => setReason(event.currentTarget.value)} /></label>
            <p class="hint">${words("meja_contact_hint")}</p>
            <${Fault} error=${state.error} />
            <div><button type="submit" class="button">${words("meja_contact_show")}</button></div>
          </form>`}
      ${looks?.length > 0 && html`<details><summary>${words("meja_contact_looks", { count: looks.length })}</summary><ul class="stack small">${looks.map((look) => html`<li><small>${atTime(look.at, zone)} · ${words(`meja_role_${look.role}`)}${look.by && html` · ${look.by}`}</small><p>${look.reason}</p></li>`)}</ul></details>`}
    </section>
  `;
}

function Told({ report, zone }) {
  const [isOpen, open] = useState(false);
  return html`<section class="card"><details onToggle=${(event) => open(event.currentTarget.open)}><summary><h3>${words("meja_told")}</h3></summary>${isOpen && html`<${ToldList} report=${report} zone=${zone} />`}</details></section>`;
}

function ToldList({ report, zone }) {
  const [told, error, again] = useAsked(() => read(`/v1/reports/${report.id}/notifications`), [report.id]);
  if (!told) return html`<${Fault} error=${error} again=${again} />`;
  if (!told.length) return html`<p class="hint">${words("meja_told_none")}</p>`;
  return html`<ul class="stack small">${told.map((one) => html`
    <li><p>${words(`meja_told_${one.recipient}`)} · ${one.phone ?? words("meja_told_inbox")}</p>
      <small>${atTime(one.queued_at, zone)} · ${words(one.seen_at ? "meja_told_seen" : one.accepted_at ? "meja_told_accepted" : one.sent_at ? "meja_told_sent" : "meja_told_queued")}${one.code && html` (${one.code})`}</small></li>
  `)}</ul>`;
}
