// After sending: what is promised, or what it waits for.

import { useEffect } from "preact/hooks";

import { Button, Empty, Facts, Heading, Notice, say } from "../app/elements.js";
import { html } from "../app/html.js";
import { atTime, words } from "../app/words.js";
import { Photos } from "./photo_step.js";
import { QueueCard, useParts } from "./queue.js";

export default function Sent({ id, queue, terms }) {
  const entry = queue.find((each) => each.id === id);
  const receipt = entry?.answers[0];
  useEffect(() => {
    if (receipt) say(words("lapor_received"));
  }, [Boolean(receipt)]);
  if (!entry) return html`<main id="content" class="screen"><${Heading}>${words("lapor_sent_title")}<//><${Empty} icon="list" title=${words("lapor_sent_gone")}><a class="button" href="#/laporan">${words("lapor_tab_reports")}</a><//></main>`;
  return html`
    <main id="content" class="screen">
      <${Heading}>${words(receipt ? "lapor_received" : "lapor_queued")}<//>
      ${receipt ? html`<${Receipt} receipt=${receipt} terms=${terms} />` : html`<p class="hint">${words("lapor_queued_line")}</p>`}
      ${entry.state !== "sent" && html`<${QueueCard} entry=${entry} />`}
      <${Sending} entry=${entry} />
      <div class="row"><a class="button primary" href="#/laporan${receipt ? `/${id}` : ""}">${words(receipt ? "lapor_open_report" : "lapor_tab_reports")}</a><a class="button" href="#/baru">${words("lapor_another")}</a></div>
    </main>
  `;
}

function Sending({ entry }) {
  const parts = useParts(entry);
  return html`<${Photos} photos=${entry.steps.filter(({ photo }) => photo).map(({ photo }) => ({ id: photo }))} parts=${entry.done > 0 ? parts : {}} />`;
}

function Receipt({ receipt, terms }) {
  const zone = terms?.cities.find(({ code }) => code === receipt.city.code)?.timezone;
  const due = receipt.promise?.due_at;
  return html`
    <section class="card receipt">
      <div><small>${words("lapor_number")}</small><p class="number big">${receipt.tracking_id}</p><p class="hint">${words("lapor_number_hint")}</p></div>
      <${Facts} facts=${[
        [words("lapor_agency"), receipt.agency?.name ?? words("lapor_agency_later")],
        [words("lapor_due"), due && atTime(due, zone)],
        [words("lapor_city"), receipt.city.name],
      ]} />
      <div class="row"><${Button} icon="share" onClick=${() => share(receipt)}>${words("lapor_share")}<//></div>
    </section>
    <${Notice} kind="good" icon="check"><p>${words("lapor_told")}</p><//>
  `;
}

async function share({ tracking_id: number }) {
  const url = `${location.origin}/lacak/${number.replace("-", "")}`;
  try {
    if (navigator.share) return await navigator.share({ title: words("lapor_share_title", { number }), url });
    await navigator.clipboard.writeText(url);
    say(words("lapor_copied"));
  } catch (error) {
    if (error.name !== "AbortError") say(url);
  }
}

export { share };
