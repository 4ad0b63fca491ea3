// What waits on this phone, and what the server would not take as it is.

import { useEffect, useState } from "preact/hooks";

import { Button, Empty, Heading, Notice } from "../app/elements.js";
import { useOnline } from "../app/hooks.js";
import { html } from "../app/html.js";
import { drop, flush } from "../app/outbox.js";
import { count, words } from "../app/words.js";
import { QueueCard } from "./queue_card.js";
import { ofOthers } from "./session.js";

export default function Queue({ queue, work, session }) {
  const isOnline = useOnline();
  const open = queue.filter(({ state, account }) => state !== "sent" && account === session.account.id);
  const refused = open.filter(({ state }) => state === "refused");
  const waiting = open.filter(({ state }) => state === "waiting");
  const reportOf = ({ subject }) => work.reports?.find(({ id }) => id === subject);
  return html`
    <main id="content" class="screen">
      <${Heading}>${words("petugas_tab_queue")}<//>
      <p class="hint">${words("petugas_queue_line")}</p>
      <${Others} queue=${queue} />
      ${refused.slice(0, 1).map((entry) => html`<${QueueCard} key=${entry.id} entry=${entry} report=${reportOf(entry)} isNamed />`)}
      ${refused.length > 1 && html`<p class="hint" role="status">${words("petugas_conflicts_more", { count: count(refused.length - 1) })}</p>`}
      ${waiting.map((entry) => html`<${QueueCard} key=${entry.id} entry=${entry} report=${reportOf(entry)} isNamed />`)}
      ${waiting.length > 0 && isOnline && html`<${Button} onClick=${() => flush()}>${words("petugas_send_now")}<//>`}
      ${!open.length && html`<${Empty} icon="check" title=${words("petugas_queue_empty")}><p>${words("petugas_queue_empty_line")}</p><//>`}
    </main>
  `;
}

/** Of another person on the same phone: it waits for that person, and is shown as a number only. */
function Others({ queue }) {
  const [others, setOthers] = useState([]);
  useEffect(() => {
    ofOthers().then(setOthers);
  }, [queue]);
  if (!others.length) return null;
  return html`
    <${Notice} kind="warn" icon="lock">
      <p>${words("petugas_queue_others", { count: count(others.length) })}</p>
      <div><${Button} kind="danger" onClick=${() => others.forEach(({ id }) => drop(id))}>${words("petugas_queue_others_drop")}<//></div>
    <//>
  `;
}
