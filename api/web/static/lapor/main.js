// The resident's app: its frame, and which address shows which screen. Read `draft.js` next: what becomes a report.

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";

import { Button, Fault, Guard, Notice, Toast } from "../app/elements.js";
import { usePlace, useAsked, useOnline, useOutbox } from "../app/hooks.js";
import { html } from "../app/html.js";
import { Icon } from "../app/icons.js";
import { keepSending } from "../app/outbox.js";
import { config, isOutdated, keepShell, renew } from "../app/shell.js";
import { language, terms, words } from "../app/words.js";
import { keepAtHand } from "./categories.js";
import { Home } from "./home.js";
import { SignedOut } from "./signed_out.js";
import { useUnread } from "./unread.js";

// Screens that the first visit can do without.
const LATE = {
  baru: () => import("./new_report.js"),
  terkirim: () => import("./sent.js"),
  laporan: (id) => (id ? import("./report.js") : import("./reports.js")),
  kabar: () => import("./inbox.js"),
  saya: () => import("./me.js"),
  pengumuman: () => import("./areas.js"),
  lacak: () => import("./track.js"),
};
const TABS = [
  ["", "home", "lapor_tab_home"],
  ["laporan", "list", "lapor_tab_list"],
  ["kabar", "bell", "lapor_tab_inbox"],
  ["saya", "person", "lapor_tab_me"],
];

function App() {
  const place = usePlace();
  const [known] = useAsked(config, []);
  const [update, setUpdate] = useState(null);
  const queue = useOutbox("lapor");
  const unread = useUnread();
  useEffect(() => {
    keepSending();
    keepShell((take) => setUpdate(() => take));
  }, []);
  useEffect(() => {
    if (known && isOutdated(known)) renew();
    if (known) keepAtHand(known);
  }, [known]);
  return html`
    <a class="skip" href="#content" onClick=${toContent}>${words("skip_to_content")}</a>
    <${Top} />
    <${Messages} update=${update} terms=${known} />
    ${place[0] !== "baru" && html`<${Tabs} here=${place[0] ?? ""} unread=${unread} />`}
    <${Guard}><${Screen} key=${place.join("/")} place=${place} terms=${known} queue=${queue} /><//>
    <${Toast} />
  `;
}

function Screen({ place: [name = "", id], ...shared }) {
  if (LATE[name]) return html`<${Late} load=${() => LATE[name](id)} id=${id} ...${shared} />`;
  return html`<${Home} ...${shared} />`;
}

function Late({ load, ...shared }) {
  const [module, error, again] = useAsked(load, []);
  if (error) return html`<main id="content" class="screen"><${Fault} error=${error} again=${again} /></main>`;
  return module ? html`<${module.default} ...${shared} />` : html`<main id="content" class="screen" aria-busy="true"></main>`;
}

/** A link to a place on the page would be taken for the address of a screen. */
function toContent(event) {
  event.preventDefault();
  document.querySelector("#content h1")?.focus();
}

const { mark } = terms;
const otherLanguage = language === "id" ? "en" : "id";

const Top = () => html`
  <header class="top">
    <a class="brand" href="#/"><img src=${mark} alt="" width="32" height="32" /><strong>${words("site_name")}</strong></a>
    <a class="button quiet" href="/lapor?lang=${otherLanguage}" lang=${otherLanguage} hreflang=${otherLanguage}>${words("other_language")}</a>
  </header>
`;

function Messages({ update, terms }) {
  const isOnline = useOnline();
  return html`
    <div class="messages" role="status">
      ${!isOnline && html`<p class="strip"><${Icon} name="cloud" size="20" /> ${words("lapor_offline")}</p>`}
      ${update && html`<${Notice} title=${words("lapor_update_ready")}><div><${Button} kind="primary" onClick=${update}>${words("lapor_update")}<//></div><//>`}
      <${SignedOut} terms=${terms} />
    </div>
  `;
}

const Tabs = ({ here, unread }) => html`
  <nav class="bottom" aria-label=${words("lapor_tabs")}>
    ${TABS.map(
      ([name, icon, key]) => html`
        <a href="#/${name}" aria-current=${here === name ? "page" : undefined}>
          <${Icon} name=${icon} />${words(key)}
          ${name === "kabar" && unread > 0 && html`<span class="count"><span class="unseen">${words("lapor_unread")} </span>${unread > 99 ? "99+" : unread}</span>`}
        </a>
      `,
    )}
  </nav>
`;

const root = document.getElementById("app");
root.replaceChildren();
render(html`<${App} />`, root);
