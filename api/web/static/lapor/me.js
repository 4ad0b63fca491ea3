// This phone and who it speaks for.

import { useState } from "preact/hooks";

import { clear, get, put } from "../app/db.js";
import { Button, Facts, Fault, Heading, Notice, say, Sheet } from "../app/elements.js";
import { go, useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { account, signOut } from "../app/server.js";
import { size, terms as app, words } from "../app/words.js";
import { Blocks } from "./blocks.js";
import { MyData } from "./my_data.js";
import { offersPhone, PhoneLink } from "./phone_link.js";
import { PushSwitch } from "./push.js";
import { Wishes } from "./wishes.js";

const KEPT_HERE = ["outbox", "photos", "reports", "messages", "drafts"];

export default function Me({ terms, queue }) {
  const [isLinking, setLinking] = useState(false);
  const [known] = useAsked(aboutThisPhone, [isLinking]);
  const isLinked = known?.isLinked;
  const [isLeaving, setLeaving] = useState(false);
  const waiting = queue.filter(({ state }) => state !== "sent").length;
  return html`
    <main id="content" class="screen">
      <${Heading}>${words("lapor_tab_me")}<//>
      <${Notice} icon="person" title=${words(isLinked ? "lapor_phone_linked" : "lapor_me_anonymous")}>
        <p>${words(isLinked ? "lapor_phone_linked_line" : "lapor_me_anonymous_line")}</p>
        ${!isLinked && offersPhone(terms) && html`<div><${Button} icon="phone" onClick=${() => setLinking(true)}>${words("lapor_phone_title")}<//></div>`}
      <//>
      <${Blocks} terms=${terms} />
      <${PushSwitch} />
      <${Wishes} />
      <section class="card">
        <h2>${words("lapor_me_phone")}</h2>
        <${Facts} facts=${[
          [words("lapor_me_waiting"), String(waiting)],
          [words("lapor_me_storage"), known?.storage && size(known.storage.usage)],
          [words("lapor_me_version"), app.version],
          [words("lapor_me_cities"), terms?.cities.map(({ name }) => name).join(", ")],
        ]} />
        ${known?.account && html`<div><${Button} kind="danger" onClick=${() => setLeaving(true)}>${words("lapor_me_leave")}<//></div>`}
      </section>
      ${known?.account && html`<${MyData} erased=${cleared} />`}
      <section class="card">
        <h2>${words("lapor_me_more")}</h2>
        <a href="#/pengumuman">${words("lapor_announcements")}</a>
        <a href="/peta">${words("lapor_open_map")}</a>
        <a href="/schema">${words("lapor_me_api")}</a>
      </section>
      ${isLinking && html`<${PhoneLink} terms=${terms} close=${() => setLinking(false)} />`}
      ${isLeaving && html`<${Leave} waiting=${waiting} close=${() => setLeaving(false)} />`}
    </main>
  `;
}

const aboutThisPhone = async () => ({
  account: await account(),
  isLinked: await get("settings", "phone_linked"),
  storage: await navigator.storage?.estimate?.(),
});

async function cleared() {
  for (const store of KEPT_HERE) await clear(store);
  await put("settings", false, "phone_linked");
  say(words("lapor_me_left"));
  go("/");
}

/** Takes everything off this phone; what was received stays with the city. */
function Leave({ waiting, close }) {
  const [error, setError] = useState(null);
  const leave = async () => {
    try {
      await signOut();
      await cleared();
    } catch (refusal) {
      setError(refusal);
    }
  };
  return html`
    <${Sheet} title=${words("lapor_me_leave")} close=${close}>
      <p>${words("lapor_me_leave_line")}</p>
      ${waiting > 0 && html`<${Notice} kind="danger" icon="warning"><p>${words("lapor_me_leave_waiting")}</p><//>`}
      <${Fault} error=${error} />
      <button type="button" class="button danger wide" onClick=${leave}>${words("lapor_me_leave")}</button>
    <//>
  `;
}
