// Signing in with password and second factor; the first time with the code that an administrator gave.

import { useState } from "preact/hooks";

import { Button, Fault, Field, Heading, Notice } from "../app/elements.js";
import { html } from "../app/html.js";
import { keepAccount, send, signIn, signOut } from "../app/server.js";
import { words } from "../app/words.js";

export function SignIn({ me, done }) {
  const [password, setPassword] = useState("");
  const [isFirst, setFirst] = useState(false);
  if (me?.login && me.second_factor === "required") return html`<${SecondFactor} password=${password} done=${done} />`;
  const props = { kept: setPassword, done };
  return html`
    <main id="content" class="screen door">
      <${Heading}>${words(isFirst ? "meja_first_time" : "meja_sign_in")}<//>
      ${me?.login && html`<${Notice} kind="warn"><p>${words("meja_no_grants", { login: me.login })}</p><//>`}
      ${isFirst ? html`<${Enrol} ...${props} />` : html`<${Credentials} ...${props} />`}
      <${Button} kind="quiet" onClick=${() => setFirst(!isFirst)}>${words(isFirst ? "meja_have_password" : "meja_have_code")}<//>
    </main>
  `;
}

/** [values, bind(name) → properties of a control, submit(event), error, isBusy]. */
export function useForm(first, send) {
  const [values, setValues] = useState(first);
  const [state, setState] = useState({ error: null, isBusy: false });
  const submit = async (event) => {
    event.preventDefault();
    setState({ error: null, isBusy: true });
    try {
      await send(values);
      setState({ error: null, isBusy: false });
    } catch (error) {
      setState({ error, isBusy: false });
    }
  };
  const bind = (name) => ({ value: values[name], fault: state.error?.fields?.[name], onInput: (event) => setValues({ ...values, [name]: event.currentTarget.value }) });
  return [values, bind, submit, state.error, state.isBusy];
}

const Submit = ({ isBusy, children }) => html`<button type="submit" class="button primary wide" aria-busy=${isBusy} disabled=${isBusy}>${children}</button>`;

function Credentials({ kept, done }) {
  const [, bind, submit, error, isBusy] = useForm({ login: "", password: "", totp: "" }, async ({ totp, ...given }) => {
    await signIn({ ...given, ...(totp && { totp: totp.replace(/\s/g, "") }) });
    kept(given.password);
    done();
  });
  return html`
    <form class="card" onSubmit=${submit}>
      <${Field} label=${words("meja_login")} autocomplete="username" autocapitalize="none" required ...${bind("login")} />
      <${Field} label=${words("meja_password")} type="password" autocomplete="current-password" required ...${bind("password")} />
      <${Field} label=${words("meja_totp")} hint=${words("meja_totp_hint")} inputmode="numeric" autocomplete="one-time-code" ...${bind("totp")} />
      <${Fault} error=${error} />
      <${Submit} isBusy=${isBusy}>${words("meja_sign_in")}<//>
    </form>
  `;
}

function Enrol({ kept, done }) {
  const [, bind, submit, error, isBusy] = useForm({ login: "", code: "", password: "" }, async (given) => {
    const opened = await send("POST", "/v1/enrolments", { ...given, cookie: true }, { signsIn: false });
    await keepAccount(opened.account_id, "staff");
    kept(given.password);
    done();
  });
  return html`
    <form class="card" onSubmit=${submit}>
      <p class="hint">${words("meja_enrol_line")}</p>
      <${Field} label=${words("meja_login")} autocomplete="username" autocapitalize="none" required ...${bind("login")} />
      <${Field} label=${words("meja_enrol_code")} autocomplete="off" required ...${bind("code")} />
      <${Field} label=${words("meja_new_password")} hint=${words("meja_new_password_hint")} type="password" autocomplete="new-password" required ...${bind("password")} />
      <${Fault} error=${error} />
      <${Submit} isBusy=${isBusy}>${words("meja_enrol")}<//>
    </form>
  `;
}

/** Until the second factor is confirmed the grants do not count. */
function SecondFactor({ password, done }) {
  const [secret, setSecret] = useState(null);
  const [codes, setCodes] = useState(null);
  const [, bind, begin, error, isBusy] = useForm({ password }, async (given) => setSecret(await send("POST", "/v1/me/totp", given)));
  if (codes) return html`<${Recovery} codes=${codes} done=${done} />`;
  return html`
    <main id="content" class="screen door">
      <${Heading}>${words("meja_factor")}<//>
      <p>${words("meja_factor_line")}</p>
      ${secret
        ? html`<${Confirm} secret=${secret} confirmed=${setCodes} />`
        : html`<form class="card" onSubmit=${begin}>
            <${Field} label=${words("meja_password")} type="password" autocomplete="current-password" required ...${bind("password")} />
            <${Fault} error=${error} />
            <${Submit} isBusy=${isBusy}>${words("meja_factor_begin")}<//>
          </form>`}
      <${Button} kind="quiet" onClick=${() => signOut().then(done)}>${words("meja_sign_out")}<//>
    </main>
  `;
}

function Confirm({ secret, confirmed }) {
  const [, bind, submit, error, isBusy] = useForm({ code: "" }, async ({ code }) => {
    const { recovery_codes: codes } = await send("POST", "/v1/me/totp/confirm", { code: code.replace(/\s/g, "") });
    confirmed(codes);
  });
  return html`
    <form class="card" onSubmit=${submit}>
      <img class="qr" src=${`data:image/svg+xml;charset=utf-8,${encodeURIComponent(secret.qr_svg)}`} alt=${words("meja_factor_qr")} width="220" height="220" />
      <p class="hint">${words("meja_factor_by_hand")} <span class="number">${secret.secret}</span></p>
      <${Field} label=${words("meja_totp")} inputmode="numeric" autocomplete="one-time-code" required ...${bind("code")} />
      <${Fault} error=${error} />
      <${Submit} isBusy=${isBusy}>${words("meja_factor_confirm")}<//>
    </form>
  `;
}

const Recovery = ({ codes, done }) => html`
  <main id="content" class="screen door">
    <${Heading}>${words("meja_recovery")}<//>
    <p>${words("meja_recovery_line")}</p>
    <ul class="card number recovery">${codes.map((code) => html`<li key=${code}>${code}</li>`)}</ul>
    <div class="row"><${Button} onClick=${() => print()}>${words("meja_print")}<//><${Button} kind="primary" onClick=${done}>${words("meja_recovery_done")}<//></div>
  </main>
`;
