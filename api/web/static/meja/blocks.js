// Who is not listened to for a while: given for a report, read and objected to by whom it meets, lifted here.

import { useState } from "preact/hooks";

import { Button, Empty, Fault, Field, Notice, say } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { read, send } from "../app/server.js";
import { atTime, words } from "../app/words.js";
import { useFirst } from "./step_fields.js";

const DAYS = [1, 7, 30, 90];
const DAY_MS = 86_400_000;

/** Who sent the report stays unknown; the reason is read by them. */
export function BlockForm({ report, close }) {
  const [days, setDays] = useState(7);
  const [reason, setReason] = useState("");
  const [state, setState] = useState({ error: null, isBusy: false });
  const give = async (event) => {
    event.preventDefault();
    setState({ error: null, isBusy: true });
    try {
      // a minute less, so that a clock that is a little ahead asks for no more than the longest
      const until = new Date(Date.now() + days * DAY_MS - 60_000).toISOString();
      const { until: end } = await send("POST", `/v1/reports/${report.id}/block-reporter`, { reason, until });
      say(words("meja_block_done", { date: atTime(end) }));
      close();
    } catch (error) {
      setState({ error, isBusy: false });
    }
  };
  const first = useFirst(true);
  const faults = state.error?.fields ?? {};
  return html`
    <form class="card step-form" aria-label=${words("meja_step_block")} onSubmit=${give} onKeyDown=${(event) => event.key === "Escape" && close()}>
      <h3>${words("meja_step_block")}</h3>
      <p class="hint">${words("meja_block_line")}</p>
      <${Field} label=${words("meja_block_reason")} hint=${words("meja_block_reason_hint")} fault=${faults.reason}>
        ${(ids) => html`<input ...${ids} type="text" ref=${first} required maxlength="300" value=${reason} onInput=${(event) => setReason(event.currentTarget.value)} />`}
      <//>
      <${Field} label=${words("meja_block_days")} fault=${faults.until}>
        ${(ids) => html`<select ...${ids} value=${days} onChange=${(event) => setDays(Number(event.currentTarget.value))}>${DAYS.map((n) => html`<option value=${n}>${words("meja_days", { n })}</option>`)}</select>`}
      <//>
      <${Fault} error=${Object.keys(faults).length ? null : state.error} />
      <div class="row">
        <button type="submit" class="button danger" aria-busy=${state.isBusy} disabled=${state.isBusy}>${words("meja_step_block")}</button>
        <${Button} kind="quiet" onClick=${close}>${words("meja_cancel")}<//>
      </div>
    </form>
  `;
}

/** Those in force in my cities; who objects stands first. */
export function Blocks() {
  const [blocks, error, again] = useAsked(() => read("/v1/blocks"), []);
  return html`
    <section class="stack" aria-labelledby="blocks" aria-busy=${!blocks && !error}>
      <h2 id="blocks">${words("meja_set_blokir")}</h2>
      <p class="hint">${words("meja_blocks_line")}</p>
      <${Fault} error=${error} again=${again} />
      ${blocks?.length === 0 && html`<${Empty} icon="check" title=${words("meja_blocks_none")} />`}
      <ul class="entries">${blocks?.map((block) => html`<${Block} key=${block.id} block=${block} again=${again} />`)}</ul>
    </section>
  `;
}

function Block({ block: { id, report, reason, at, until, appeal, appealed_at: appealedAt }, again }) {
  const lift = async () => {
    try {
      await send("POST", `/v1/blocks/${id}/lift`, {});
      again();
    } catch (refusal) {
      say(refusal.problem?.detail ?? words("app_unreachable"));
    }
  };
  return html`
    <li class="stack small">
      <div class="row spread">
        <div><strong>${reason}</strong> <small>${words("meja_block_span", { from: atTime(at), to: atTime(until) })}</small></div>
        <div class="row">${report && html`<a class="button small" href="#/cari/q%3D/${report}">${words("meja_block_report")}</a>`}<button type="button" class="button small" onClick=${lift}>${words("meja_block_lift")}<span class="unseen"> ${reason}</span></button></div>
      </div>
      ${appealedAt && html`<${Notice} kind="warn" icon="warning" title=${words("meja_block_objects", { date: atTime(appealedAt) })}><p class="said">${appeal}</p><//>`}
    </li>
  `;
}
