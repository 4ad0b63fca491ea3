// The second factor: into an authenticator app (by its address on this phone, by its picture elsewhere), confirmed by a
// code, then the recovery codes, which are shown once.

import { useState } from "preact/hooks";

import { Button, Fault, Field, Heading, Notice, say } from "../app/elements.js";
import { html } from "../app/html.js";
import { send } from "../app/server.js";
import { words } from "../app/words.js";
import { refreshMe } from "./session.js";
import { sync } from "./sync.js";

export default function SecondFactor() {
  const [secret, setSecret] = useState(null);
  const [codes, setCodes] = useState(null);
  if (codes) return html`<${RecoveryCodes} codes=${codes} />`;
  if (secret) return html`<${Confirm} secret=${secret} confirmed=${setCodes} />`;
  return html`<${Begin} begun=${setSecret} />`;
}

/** A form whose fields are sent to `path`; `done(answer)`. */
function Asking({ path, done, button, children }) {
  const [error, setError] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.currentTarget));
    setBusy(true);
    setError(null);
    try {
      done(await send("POST", path, given));
    } catch (refusal) {
      setError(refusal);
    }
    setBusy(false);
  };
  return html`
    <form class="stack" onSubmit=${submit}>
      ${children}
      <${Fault} error=${error} />
      <button class="button primary wide" aria-busy=${isBusy} disabled=${isBusy}>${button}</button>
    </form>
  `;
}

const Begin = ({ begun }) => html`
  <main id="content" class="screen narrow" key="begin">
    <${Heading}>${words("petugas_factor")}<//>
    <p>${words("petugas_factor_line")}</p>
    <${Asking} path="/v1/me/totp" done=${begun} button=${words("petugas_factor_begin")}>
      <${Field} label=${words("petugas_password")} name="password" type="password" autocomplete="current-password" required maxlength="1000" />
    <//>
  </main>
`;

const Confirm = ({ secret, confirmed }) => html`
  <main id="content" class="screen narrow" key="confirm">
    <${Heading}>${words("petugas_factor_add")}<//>
    <a class="button wide" href=${secret.otpauth_uri}>${words("petugas_factor_open")}</a>
    <details class="group">
      <summary>${words("petugas_factor_other")}</summary>
      <div class="stack factor"><img src="data:image/svg+xml,${encodeURIComponent(withName(secret.qr_svg))}" alt=${words("petugas_factor_qr")} width="220" height="220" /><p class="number">${secret.secret.replace(/(.{4})/g, "$1 ")}</p></div>
    </details>
    <${Asking} path="/v1/me/totp/confirm" done=${({ recovery_codes: codes }) => confirmed(codes)} button=${words("petugas_factor_confirm")}>
      <${Field} label=${words("petugas_factor_code")} name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="200" />
    <//>
  </main>
`;

/** As a file of its own a picture needs to say what language it is written in. */
const withName = (svg) => (svg.includes("xmlns") ? svg : svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"'));

const copy = (codes) => navigator.clipboard.writeText(codes.join("\n")).then(() => say(words("petugas_copied")), () => {});

const RecoveryCodes = ({ codes }) => html`
  <main id="content" class="screen narrow" key="codes">
    <${Heading}>${words("petugas_recovery")}<//>
    <${Notice} kind="warn" icon="warning"><p>${words("petugas_recovery_line")}</p><//>
    <ul class="card codes">${codes.map((code) => html`<li class="number" key=${code}>${code}</li>`)}</ul>
    <${Button} onClick=${() => copy(codes)}>${words("petugas_copy")}<//>
    <button type="button" class="button primary wide" onClick=${() => refreshMe().then(sync)}>${words("petugas_recovery_kept")}</button>
  </main>
`;
