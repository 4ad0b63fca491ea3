// The operator's desk: who sits here, which views that person has, which address shows which. Read `views.js` next.

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";

import { Button, Fault, Guard, Notice, Toast } from "../app/elements.js";
import { go, useAsked, usePlace } from "../app/hooks.js";
import { html } from "../app/html.js";
import { Icon } from "../app/icons.js";
import { signOut } from "../app/server.js";
import { config, isOutdated, keepShell, renew } from "../app/shell.js";
import { language, words } from "../app/words.js";
import { Desk } from "./desk.js";
import { Help, useKeys } from "./keys.js";
import { useLive } from "./live.js";
import { SignIn } from "./sign_in.js";
import { readMe, viewsOf } from "./views.js";

const LATE = { telepon: () => import("./call.js"), atur: () => import("./settings.js"), cari: () => import("./search.js") };

function App() {
  const [me, error, again] = useAsked(readMe, []);
  const [terms] = useAsked(config, []);
  const [update, setUpdate] = useState(null);
  useEffect(() => {
    keepShell((take) => setUpdate(() => take));
    addEventListener("signedout", again);
    return () => removeEventListener("signedout", again);
  }, []);
  useEffect(() => {
    if (terms && isOutdated(terms)) renew();
  }, [terms]);
  if (error) return html`<${Frame}><main id="content" class="screen"><h1>${words("meja_app_name")}</h1><${Fault} error=${error} again=${again} /></main><//>`;
  if (me === undefined) return html`<${Frame}><main id="content" class="screen" aria-busy="true"><h1>${words("meja_app_name")}</h1></main><//>`;
  if (!me?.grants.length) return html`<${Frame}><${SignIn} me=${me} done=${again} /><//>`;
  return html`<${SignedIn} me=${me} terms=${terms} left=${again} update=${update} />`;
}

function SignedIn({ me, terms, left, update }) {
  const [name, tab, id] = usePlace();
  const views = viewsOf(me);
  const view = views.find((each) => each.name === name) ?? views[0];
  const leave = async () => {
    await signOut();
    left();
  };
  useKeys(Object.fromEntries(views.map((each, place) => [String(place + 1), [words(`meja_view_${each.name}`), () => go(`/${each.name}`)]])), words("meja_keys_views"));
  return html`
    <${Frame} me=${me} leave=${leave}>
      <${Rail} views=${views} here=${view.name} />
      ${update && html`<div class="strip" role="status">${words("meja_update_ready")} <${Button} onClick=${update}>${words("meja_update")}<//></div>`}
      <${Guard}><${Screen} key=${view.name} view=${view} tab=${tab} id=${id} me=${me} terms=${terms} /><//>
      <${Help} />
      <${Toast} />
    <//>
  `;
}

function Screen({ view, ...shared }) {
  if (view.tabs) return html`<${Desk} view=${view} ...${shared} />`;
  return html`<${Late} load=${LATE[view.name]} view=${view} ...${shared} />`;
}

function Late({ load, ...shared }) {
  const [module, error, again] = useAsked(load, []);
  if (error) return html`<main id="content" class="screen"><h1>${words("meja_app_name")}</h1><${Fault} error=${error} again=${again} /></main>`;
  return module ? html`<${module.default} ...${shared} />` : html`<main id="content" class="screen" aria-busy="true"><h1>${words("meja_app_name")}</h1></main>`;
}

const otherLanguage = language === "id" ? "en" : "id";

/** A link to a place on the page would be taken for the address of a view. */
function toContent(event) {
  event.preventDefault();
  document.querySelector("#content h1")?.focus();
}

const Frame = ({ me, leave, children }) => html`
  <a class="skip" href="#content" onClick=${toContent}>${words("skip_to_content")}</a>
  <header class="top">
    <a class="brand" href="#/"><img src="/static/kentongan.svg" alt="" width="28" height="28" /><strong>${words("site_name")}</strong><span class="of">${words("meja_app_short")}</span></a>
    <div class="row">
      ${me && html`<${Listening} />`}
      ${me && html`<span class="who"><${Icon} name="person" size="18" /> ${me.login}</span>`}
      ${me && html`<button type="button" class="button quiet" onClick=${leave}>${words("meja_sign_out")}</button>`}
      <a class="button quiet" href="/meja?lang=${otherLanguage}" lang=${otherLanguage} hreflang=${otherLanguage}>${words("other_language")}</a>
    </div>
  </header>
  ${children}
`;

function Listening() {
  const isLive = useLive();
  return html`<span class="listening ${isLive ? "on" : ""}" role="status">${words(isLive ? "meja_live" : "meja_not_live")}</span>`;
}

const Rail = ({ views, here }) => html`
  <nav class="rail" aria-label=${words("meja_views")}>
    ${views.map(({ name, icon }) => html`
      <a href="#/${name}" aria-current=${here === name ? "page" : undefined} key=${name}><${Icon} name=${icon} size="22" /><span>${words(`meja_view_${name}`)}</span></a>
    `)}
  </nav>
`;

const root = document.getElementById("app");
root.replaceChildren();
render(html`<${App} />`, root);
