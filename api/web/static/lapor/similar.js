// Reports nearby about the same thing: one voice more instead of a second report.

import { useState } from "preact/hooks";

import { Button, say, StateBadge } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { newId } from "../app/ids.js";
import { ensureAccount, read, send } from "../app/server.js";
import { atDay, count, words } from "../app/words.js";

const SHOWN = 3;

export function SimilarReports({ draft: { position, category } }) {
  const [found] = useAsked(() => similar(position, category), [category]);
  if (!found?.length) return null;
  return html`
    <section class="stack" aria-labelledby="similar">
      <div><h2 id="similar">${words("lapor_similar")}</h2><p class="hint">${words("lapor_similar_hint")}</p></div>
      ${found.slice(0, SHOWN).map((report) => html`<${One} key=${report.id} report=${report} />`)}
    </section>
  `;
}

async function similar({ lat, lon }, category) {
  await ensureAccount();
  return read(`/v1/reports/similar?${new URLSearchParams({ lat, lon, category })}`);
}

function One({ report }) {
  const [isMine, setMine] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const support = async () => {
    setBusy(true);
    try {
      await send("POST", `/v1/reports/${report.id}/events`, { id: newId(), kind: "support" });
      setMine(true);
      say(words("lapor_supported"));
    } catch (refusal) {
      say(refusal.problem?.detail ?? words("app_unreachable"));
    }
    setBusy(false);
  };
  return html`
    <article class="card">
      <div class="row spread"><${StateBadge} state=${report.state} /><small>${words("lapor_similar_distance", { metres: count(report.distance_m) })}</small></div>
      <p class="said clamp">${report.text}</p>
      <small>${atDay(report.created_at)}${report.supports > 0 && html` · ${words("lapor_supports", { count: count(report.supports) })}`}</small>
      ${isMine
        ? html`<p class="row"><a class="button" href="#/lacak/${report.tracking_id}">${words("lapor_similar_follow")}</a></p>`
        : html`<div><${Button} icon="plus" isBusy=${isBusy} onClick=${support}>${words("lapor_similar_mine")}<//></div>`}
    </article>
  `;
}
