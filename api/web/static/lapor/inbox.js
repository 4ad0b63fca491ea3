// What was told: kept on this phone, read also without a network.

import { useEffect } from "preact/hooks";

import { Empty, Fault, Heading } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { atTime, words } from "../app/words.js";
import { PushSwitch } from "./push.js";
import { fetchMessages, markSeen, messages } from "./unread.js";

export default function Inbox() {
  const [list, error, again] = useAsked(fresh, []);
  useEffect(() => {
    if (list?.length) markSeen(list).catch(() => {}); // offline: they stay unread until the next look
  }, [list]);
  return html`
    <main id="content" class="screen" aria-busy=${!list && !error}>
      <${Heading}>${words("lapor_tab_inbox")}<//>
      <${PushSwitch} />
      <${Fault} error=${error} again=${again} />
      ${list && html`<ul class="cards">${list.map((message) => html`<${Row} key=${message.mid} message=${message} />`)}</ul>`}
      ${list?.length === 0 && html`<${Empty} icon="bell" title=${words("lapor_no_messages")}><p>${words("lapor_no_messages_line")}</p><//>`}
    </main>
  `;
}

async function fresh() {
  await fetchMessages().catch((refusal) => {
    if (!refusal.isPassing) throw refusal;
  });
  return messages();
}

const Row = ({ message }) => html`
  <li>
    <a class="card link ${message.seen_at ? "" : "new"}" href=${message.report ? `#/laporan/${message.report}` : "#/pengumuman"}>
      <strong>${!message.seen_at && html`<span class="unseen">${words("lapor_unread")} </span>`}${message.title}</strong>
      <span>${message.body}</span>
      <small><time datetime=${message.created_at}>${atTime(message.created_at)}</time></small>
    </a>
  </li>
`;
