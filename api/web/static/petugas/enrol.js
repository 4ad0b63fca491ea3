// The first time: the code that an administrator gave, and a password of one's own. The second factor follows.

import { useState } from "preact/hooks";

import { Fault, Field, Heading } from "../app/elements.js";
import { go } from "../app/hooks.js";
import { html } from "../app/html.js";
import { words } from "../app/words.js";
import { enrol } from "./session.js";

export default function Enrol() {
  const [error, setError] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await enrol(Object.fromEntries(new FormData(event.currentTarget)));
      go("/");
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
    }
  };
  return html`
    <main id="content" class="screen narrow">
      <${Heading} back="#/">${words("petugas_enrol")}<//>
      <p class="hint">${words("petugas_enrol_line")}</p>
      <form class="stack" onSubmit=${submit}>
        <${Field} label=${words("petugas_login")} name="login" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="200" />
        <${Field} label=${words("petugas_enrol_code")} name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" required maxlength="200" />
        <${Field} label=${words("petugas_new_password")} hint=${words("petugas_new_password_hint")} name="password" type="password" autocomplete="new-password" required maxlength="1000" />
        <${Fault} error=${error} />
        <button class="button primary wide" aria-busy=${isBusy} disabled=${isBusy}>${words("petugas_enrol_do")}</button>
      </form>
    </main>
  `;
}
