// The chosen report: what was said, what happened, what may be done now; beside it what helps to decide.

import { useEffect, useRef, useState } from "preact/hooks";

import { Fault, Notice, StateBadge } from "../app/elements.js";
import { go, useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { Icon } from "../app/icons.js";
import { read } from "../app/server.js";
import { words } from "../app/words.js";
import { Aside } from "./aside.js";
import { useKeys } from "./keys.js";
import { useChanges } from "./live.js";
import { Pictures } from "./pictures.js";
import { Marks } from "./row.js";
import { Steps } from "./steps.js";
import { Comments, Story } from "./story.js";
import { has } from "./views.js";

export function Pane({ id, base, me, terms }) {
  const [report, error, again] = useAsked(() => read(`/v1/reports/${id}`), [id]);
  const [step, setStep] = useState(null);
  const latest = useRef();
  latest.current = { again, version: report?.version };
  useChanges((change) => {
    if (!change || (change.id === id && change.version !== latest.current.version)) latest.current.again();
  }, [id]);
  useKeys({ p: [words("meja_print"), () => print()], Enter: [words("meja_key_read"), () => document.getElementById("report-title")?.focus()] }, words("meja_keys_report"));
  if (!report) return html`<div aria-busy=${!error}><${Back} base=${base} /><${Fault} error=${error} again=${again} /></div>`;
  const zone = terms?.cities.find(({ code }) => code === report.city.code)?.timezone;
  return html`
    <article class="sheet-of-report" aria-labelledby="report-title">
      <header class="report-head">
        <${Back} base=${base} />
        <div class="stack small">
          <p class="row"><span class="number">${report.tracking_id}</span><${StateBadge} state=${report.state} /></p>
          <${Title}>${report.category_name}<//>
          <${Marks} report=${report} />
        </div>
        <button type="button" class="button quiet" onClick=${() => print()}>${words("meja_print")}</button>
      </header>
      <${Steps} report=${report} me=${me} step=${step} choose=${setStep} again=${again} />
      <${Fault} error=${error} again=${again} />
      <div class="columns">
        <div class="stack">
          <${Said} report=${report} />
          <${Pictures} photos=${report.photos} mayHide=${has(me, "operator", "coordinator", "area_head", "admin")} again=${again} />
          <${Story} events=${report.events} zone=${zone} />
          <${Comments} report=${report} zone=${zone} again=${again} />
        </div>
        <${Aside} report=${report} me=${me} zone=${zone} mergeInto=${canMerge(report) && ((number) => setStep({ to: "duplicate", kind: "change", needs: ["duplicate_of"], duplicate_of: number }))} again=${again} />
      </div>
    </article>
  `;
}

const canMerge = ({ steps }) => steps?.some(({ to }) => to === "duplicate");

const Back = ({ base }) => html`<a class="button quiet square back" href="#${base}" aria-label=${words("app_back")} onClick=${() => go(base)}><${Icon} name="back" /></a>`;

const Title = ({ children }) => html`<h2 id="report-title" tabindex="-1">${children}</h2>`;

function Said({ report }) {
  const answers = Object.entries(report.answers);
  return html`
    <section class="card">
      ${report.text ? html`<p class="said text">${report.text}</p>` : html`<p class="hint">${words("meja_no_text")}</p>`}
      ${answers.length > 0 && html`<dl class="facts">${answers.map(([asked, answer]) => html`<div><dt>${asked}</dt><dd>${answer}</dd></div>`)}</dl>`}
      ${report.visibility !== "public" && html`<${Notice} icon="lock"><p>${words(`meja_open_line_${report.visibility}`)}</p>${report.state === "submitted" && report.routing_reason && html`<p>${report.routing_reason}</p>`}<//>`}
    </section>
  `;
}
