// My reports: those that wait on this phone, then all that were received.

import { Button, Empty, Fault, faultWords, Heading, say, StateBadge } from "../app/elements.js";
import { all, putAll } from "../app/db.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { newId } from "../app/ids.js";
import { drop, entries } from "../app/outbox.js";
import { account, read, send } from "../app/server.js";
import { atDay, words } from "../app/words.js";
import { QueueCard } from "./queue.js";

export default function Reports({ queue }) {
  const isSent = queue.filter(({ state }) => state === "sent").length;
  const [mine, error, again] = useAsked(myReports, [isSent]);
  const waiting = queue.filter(({ state, steps }) => state !== "sent" && steps[0].method === "PUT");
  return html`
    <main id="content" class="screen" aria-busy=${!mine && !error}>
      <${Heading}>${words("lapor_tab_reports")}<//>
      ${waiting.map((entry) => html`<${QueueCard} key=${entry.id} entry=${entry} />`)}
      <${Fault} error=${error} again=${again} />
      ${mine && html`<ul class="cards">${mine.map((report) => html`<${Row} key=${report.id} report=${report} />`)}</ul>`}
      <${Followed} />
      ${mine?.length === 0 && !waiting.length && html`<${Empty} icon="list" title=${words("lapor_no_reports")}><a class="button primary" href="#/baru">${words("lapor_begin")}</a><//>`}
    </main>
  `;
}

function Followed() {
  const [page, , again] = useAsked(async () => ((await account()) ? read("/v1/reports?following=1") : null), []);
  if (!page?.reports.length) return null;
  return html`
    <section class="stack" aria-labelledby="followed">
      <h2 id="followed">${words("lapor_followed")}</h2>
      <ul class="cards">${page.reports.map((report) => html`<${Row} key=${report.id} report=${report} to="#/lacak/${report.tracking_id}"><${Leave} report=${report} left=${again} /><//>`)}</ul>
    </section>
  `;
}

/** Whether I supported it or only followed it is one thing to me: I want to hear no more of it. */
function Leave({ report, left }) {
  const leave = async () => {
    try {
      for (const kind of ["unfollow", "unsupport"]) await send("POST", `/v1/reports/${report.id}/events`, { id: newId(), kind });
      say(words("lapor_unfollowed"));
      left();
    } catch (refusal) {
      say(faultWords(refusal));
    }
  };
  return html`<${Button} kind="quiet" onClick=${leave}>${words("lapor_unfollow")}<span class="unseen"> ${report.tracking_id}</span><//>`;
}

const Row = ({ report, to = `#/laporan/${report.id}`, children }) => html`
  <li>
    <a class="card link" href=${to}>
      <span class="row spread"><${StateBadge} state=${report.state} /><small class="number">${report.tracking_id}</small></span>
      <strong>${report.category_name}</strong>
      ${report.text && html`<span class="said clamp">${report.text}</span>`}
      <small>${report.place.village.name} · ${atDay(report.created_at)}</small>
    </a>
    ${children}
  </li>
`;

/** From the server, and kept; without a network those that were kept. */
async function myReports() {
  if (!(await account())) return [];
  try {
    const { reports } = await read("/v1/reports?mine=1");
    await putAll({ reports });
    await forgetSent(new Set(reports.map(({ id }) => id)));
    return reports;
  } catch (refusal) {
    const kept = await all("reports");
    if (!kept.length || !refusal.isPassing) throw refusal;
    return kept.sort((one, other) => (one.created_at < other.created_at ? 1 : -1));
  }
}

/** What the list shows need not stand in the outbox any longer. */
async function forgetSent(known) {
  for (const entry of await entries("lapor")) if (entry.state === "sent" && known.has(entry.subject)) await drop(entry.id);
}
