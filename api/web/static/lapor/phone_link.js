// A phone number behind the account: the way back to one's reports from another phone, or after a session that ended.

import { useState } from "preact/hooks";

import { all, change, clear, put } from "../app/db.js";
import { Button, Fault, Field, Notice, say, Sheet } from "../app/elements.js";
import { html } from "../app/html.js";
import { flush } from "../app/outbox.js";
import { account, ensureAccount, forgetAccount, keepAccount, send } from "../app/server.js";
import { words } from "../app/words.js";
import { InverseLink } from "./inverse_link.js";

const offers = (terms, name) => Boolean(terms?.offers?.includes(name));
export const offersPhone = (terms) => offers(terms, "otp") || offers(terms, "otp-inverse");

/** `isAnew`: the session ended, so the code is asked for by a new account, which then leads back to the old one. */
export function PhoneLink({ close, terms, isAnew = false }) {
  const linked = async () => {
    await noteLinked();
    close();
  };
  return html`
    <${Sheet} title=${words("lapor_phone_title")} close=${close}>
      <p>${words("lapor_phone_line")}</p>
      ${offers(terms, "otp") && html`<${ByCode} close=${close} isAnew=${isAnew} />`}
      ${offers(terms, "otp-inverse") && !isAnew && html`<${InverseLink} linked=${linked} />`}
    <//>
  `;
}

function ByCode({ close, isAnew }) {
  const [phone, setPhone] = useState("");
  const [code, setCode] = useState(null);
  const [error, setError] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const during = async (work) => {
    setBusy(true);
    setError(null);
    await work().catch(setError);
    setBusy(false);
  };
  const ask = (event) => {
    event.preventDefault();
    during(async () => {
      if (isAnew) await forgetAccount();
      await ensureAccount();
      await send("POST", "/v1/otp", { phone });
      setCode("");
    });
  };
  const prove = (event) => {
    event.preventDefault();
    during(async () => {
      await become(await send("POST", "/v1/otp/verify", { phone, code }));
      close();
    });
  };
  return html`
    <form class="stack" onSubmit=${code === null ? ask : prove}>
      <${Field} label=${words("lapor_phone_number")} type="tel" autocomplete="tel" required readonly=${code !== null} value=${phone} onInput=${(event) => setPhone(event.currentTarget.value)} fault=${error?.fields?.phone} />
      ${code !== null && html`
        <${Notice} kind="good" icon="check"><p>${words("lapor_phone_sent")}</p><//>
        <${Field} label=${words("lapor_phone_code")} inputmode="numeric" autocomplete="one-time-code" required autofocus value=${code} onInput=${(event) => setCode(event.currentTarget.value)} fault=${error?.fields?.code} />
      `}
      ${error && !Object.keys(error.fields ?? {}).length && html`<${Fault} error=${error} />`}
      <${Button} kind="primary" type="submit" isBusy=${isBusy}>${words(code === null ? "lapor_phone_ask" : "lapor_phone_prove")}<//>
    </form>
  `;
}

/** The number may have led back to an earlier account: what waits here goes out under that one. */
async function become({ account_id: id, is_merged: isMerged }) {
  const before = (await account()).id;
  await keepAccount(id, "resident");
  if (isMerged) for (const row of await all("outbox")) await change("outbox", row.id, (entry) => (entry.account === before ? { ...entry, account: id } : entry));
  if (isMerged) await clear("reports");
  await put("settings", false, "signed_out");
  dispatchEvent(new Event("signedout"));
  await noteLinked();
  flush().catch(() => {});
}

async function noteLinked() {
  await put("settings", true, "phone_linked");
  say(words("lapor_phone_linked"));
}
