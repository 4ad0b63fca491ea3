// Signing in: login, password, and the code of the second factor or one of the recovery codes.

import { useState } from "preact/hooks";

import { Button, Fault, Field, Heading, Notice, Sheet } from "../app/elements.js";
import { html } from "../app/html.js";
import { count, words } from "../app/words.js";
import { enter } from "./session.js";

export const SignIn = ({ session }) => html`
  <main id="content" class="screen narrow">
    <div class="stack small"><${Heading}>${words("petugas_sign_in")}<//><p class="hint">${words("petugas_sign_in_line")}</p></div>
    ${session.account?.kind === "resident" && html`<${Notice} kind="warn" icon="warning"><p>${words("petugas_was_resident")}</p><//>`}
    <${SignInForm} />
    <p class="row"><a class="button quiet" href="#/aktivasi">${words("petugas_enrol_link")}</a></p>
  </main>
`;

/** The work stays in sight; what waits goes out after signing in. */
export function SignInAgain({ session, queue }) {
  const [isOpen, setOpen] = useState(false);
  const waiting = queue.filter(({ state }) => state !== "sent").length;
  return html`
    <${Notice} kind="warn" icon="lock" title=${words("petugas_signed_out")}>
      <p>${words(waiting ? "petugas_signed_out_waiting" : "petugas_signed_out_line", { count: count(waiting) })}</p>
      <div><${Button} kind="primary" onClick=${() => setOpen(true)}>${words("petugas_sign_in_again")}<//></div>
    <//>
    ${isOpen && html`<${Sheet} title=${words("petugas_sign_in_again")} close=${() => setOpen(false)}><${SignInForm} login=${session.me?.login} /><//>`}
  `;
}

function SignInForm({ login = "" }) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState(null);
  const submit = async (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.currentTarget));
    setBusy(true);
    setError(null);
    try {
      await enter({ login: given.login, password: given.password, totp: given.totp.trim() || null });
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
    }
  };
  return html`
    <form class="stack" onSubmit=${submit}>
      <${Field} label=${words("petugas_login")} name="login" defaultValue=${login} autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="200" />
      <${Field} label=${words("petugas_password")} name="password" type="password" autocomplete="current-password" required maxlength="1000" />
      <${Field} label=${words("petugas_totp")} hint=${words("petugas_totp_hint")} name="totp" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="200" />
      <${Fault} error=${error} />
      <button class="button primary wide" aria-busy=${isBusy} disabled=${isBusy}>${words("petugas_enter")}</button>
    </form>
  `;
}
