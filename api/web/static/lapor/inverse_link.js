// Proving a phone number without being sent a code: the phone sends ours by SMS, and the number it comes from is linked.

import { useEffect, useState } from "preact/hooks";

import { Button, Facts, Fault, Notice } from "../app/elements.js";
import { html } from "../app/html.js";
import { ensureAccount, read, send } from "../app/server.js";
import { atTime, words } from "../app/words.js";

const LOOK_EVERY_MS = 4000;

/** `linked()` is called when the message has arrived. */
export function InverseLink({ linked }) {
  const [asked, setAsked] = useState(null);
  const [error, setError] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const begin = async () => {
    setBusy(true);
    setError(null);
    try {
      await ensureAccount();
      setAsked(await send("POST", "/v1/otp/inverse"));
    } catch (refusal) {
      setError(refusal);
    }
    setBusy(false);
  };
  if (asked) return html`<${Waiting} asked=${asked} linked=${linked} />`;
  return html`
    <div class="stack">
      <p class="hint">${words("lapor_inverse_line")}</p>
      <${Fault} error=${error} />
      <div><${Button} icon="phone" isBusy=${isBusy} onClick=${begin}>${words("lapor_inverse")}<//></div>
    </div>
  `;
}

function Waiting({ asked, linked }) {
  useEffect(() => {
    const look = async () => (await read("/v1/me")).phone_linked && linked();
    const timer = setInterval(() => look().catch(() => {}), LOOK_EVERY_MS); // without a network: the next look
    return () => clearInterval(timer);
  }, []);
  return html`
    <section class="stack">
      <p>${words("lapor_inverse_send")}</p>
      <${Facts} facts=${[
        [words("lapor_inverse_code"), html`<span class="number">${asked.code}</span>`],
        [words("lapor_inverse_to"), html`<span class="number">${asked.send_to}</span>`],
        [words("lapor_inverse_until"), atTime(asked.valid_until)],
      ]} />
      <a class="button primary wide" href=${asked.sms_uri}>${words("lapor_inverse_open")}</a>
      <${Notice} icon="clock" role="status"><p>${words("lapor_inverse_waiting")}</p><//>
    </section>
  `;
}
