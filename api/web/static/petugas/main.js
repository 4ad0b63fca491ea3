// The officer's app: its frame, and which address shows which screen. Read `sync.js` next: what is on this phone, then
// `steps.js`: what may be done, and how it is queued.

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";

import { Button, Fault, Guard, Notice, Toast } from "../app/elements.js";
import { useAsked, useOnline, useOutbox, usePlace } from "../app/hooks.js";
import { html } from "../app/html.js";
import { Icon } from "../app/icons.js";
import { keepSending } from "../app/outbox.js";
import { config, isOutdated, keepShell, renew } from "../app/shell.js";
import { language, words } from "../app/words.js";
import { keepListening } from "./live.js";
import { useSession } from "./session.js";
import { SignIn, SignInAgain } from "./sign_in.js";
import { APP } from "./steps.js";
import { sync, useWorklist } from "./sync.js";
import { Worklist } from "./worklist.js";

// Screens that the first look can do without.
const LATE = {
  laporan: () => import("./report.js"),
  antrean: () => import("./queue.js"),
  saya: () => import("./me.js"),
  aktivasi: () => import("./enrol.js"),
  pengaman: () => import("./second_factor.js"),
};
const TABS = [
  ["", "list", "petugas_tab_work"],
  ["antrean", "cloud", "petugas_tab_queue"],
  ["saya", "person", "petugas_tab_me"],
];

function App() {
  const place = usePlace();
  const [terms] = useAsked(config, []);
  const [update, setUpdate] = useState(null);
  const queue = useOutbox(APP);
  const session = useSession();
  useEffect(() => {
    keepSending();
    keepShell((take) => setUpdate(() => take));
  }, []);
  useEffect(() => {
    if (terms && isOutdated(terms)) renew();
  }, [terms]);
  if (!session) return null;
  const isIn = session.account?.kind === "staff";
  return html`
    <a class="skip" href="#content" onClick=${toContent}>${words("skip_to_content")}</a>
    <${Top} />
    <${Messages} update=${update} session=${session} queue=${queue} />
    ${isIn && place[0] !== "laporan" && html`<${Tabs} here=${place[0] ?? ""} queue=${queue} />`}
    <${Guard}>${isIn ? html`<${SignedIn} place=${place} terms=${terms} queue=${queue} session=${session} />` : html`<${Outside} place=${place} session=${session} />`}<//>
    <${Toast} />
  `;
}

const Outside = ({ place: [name], session }) =>
  name === "aktivasi" ? html`<${Late} load=${LATE.aktivasi} />` : html`<${SignIn} session=${session} />`;

function SignedIn({ place, ...shared }) {
  const work = useWorklist();
  const sent = shared.queue.filter(({ state }) => state === "sent").length;
  useEffect(() => keepListening(), [shared.session.account.id]);
  useEffect(() => {
    if (sent) sync(); // what was done comes back as it now stands
  }, [sent]);
  const [name = "", id] = place;
  if (shared.session.me?.second_factor === "required") return html`<${Late} key="factor" load=${LATE.pengaman} ...${shared} />`;
  if (LATE[name]) return html`<${Late} key=${place.join("/")} load=${LATE[name]} id=${id} work=${work} ...${shared} />`;
  return html`<${Worklist} work=${work} ...${shared} />`;
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

const otherLanguage = language === "id" ? "en" : "id";

const Top = () => html`
  <header class="top">
    <a class="brand" href="#/"><img src="/static/kentongan.svg" alt="" width="32" height="32" /><strong>${words("petugas_title")}</strong></a>
    <a class="button quiet" href="/petugas?lang=${otherLanguage}" lang=${otherLanguage} hreflang=${otherLanguage}>${words("other_language")}</a>
  </header>
`;

function Messages({ update, session, queue }) {
  const isOnline = useOnline();
  return html`
    <div class="messages" role="status">
      ${!isOnline && html`<p class="strip"><${Icon} name="cloud" size="20" /> ${words("petugas_offline")}</p>`}
      ${update && html`<${Notice} title=${words("petugas_update_ready")}><div><${Button} kind="primary" onClick=${update}>${words("petugas_update")}<//></div><//>`}
      ${session.isOut && session.account && html`<${SignInAgain} session=${session} queue=${queue} />`}
    </div>
  `;
}

function Tabs({ here, queue }) {
  const open = queue.filter(({ state }) => state !== "sent");
  return html`
    <nav class="bottom" aria-label=${words("petugas_tabs")}>
      ${TABS.map(
        ([name, icon, key]) => html`
          <a href="#/${name}" aria-current=${here === name ? "page" : undefined}>
            <${Icon} name=${icon} />${words(key)}
            ${name === "antrean" && open.length > 0 && html`<span class="count"><span class="unseen">${words("petugas_queue_count")} </span>${open.length}</span>`}
          </a>
        `,
      )}
    </nav>
  `;
}

const root = document.getElementById("app");
root.replaceChildren();
render(html`<${App} />`, root);
