// What is kept of me: all of it as a file, and its end.

import { useState } from "preact/hooks";

import { Button, Check, Fault, Notice, say, Sheet } from "../app/elements.js";
import { html } from "../app/html.js";
import { ask, forgetAccount, send } from "../app/server.js";
import { words } from "../app/words.js";

/** `erased()` is called when the account is gone. */
export function MyData({ erased }) {
  const [isErasing, setErasing] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState(null);
  const take = async () => {
    setBusy(true);
    setError(null);
    await takeCopy().catch(setError);
    setBusy(false);
  };
  return html`
    <section class="card">
      <h2>${words("lapor_data")}</h2>
      <p class="hint">${words("lapor_data_line")}</p>
      <${Fault} error=${error} />
      <div class="row"><${Button} isBusy=${isBusy} onClick=${take}>${words("lapor_data_take")}<//><${Button} kind="danger" onClick=${() => setErasing(true)}>${words("lapor_data_erase")}<//></div>
      ${isErasing && html`<${Erase} erased=${erased} close=${() => setErasing(false)} />`}
    </section>
  `;
}

/** By a request of ours, which renews the session; a plain link could not. Raises Refusal. */
async function takeCopy() {
  const copy = await (await ask("GET", "/v1/me/export")).blob();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(copy);
  link.download = `kentongan-${new Date().toISOString().slice(0, 10)}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the download reads it after the click
  say(words("lapor_data_taken"));
}

function Erase({ erased, close }) {
  const [isSure, setSure] = useState(false);
  const [withReports, setWithReports] = useState(false);
  const [error, setError] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const erase = async () => {
    setBusy(true);
    try {
      await send("DELETE", "/v1/me", { confirm: true, redact_reports: withReports });
      await forgetAccount();
      await erased();
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
    }
  };
  return html`
    <${Sheet} title=${words("lapor_data_erase")} close=${close}>
      <${Notice} kind="danger" icon="warning"><p>${words("lapor_data_erase_line")}</p><//>
      <${Check} label=${words("lapor_data_erase_reports")} hint=${words("lapor_data_erase_reports_hint")} checked=${withReports} change=${setWithReports} />
      <${Check} label=${words("lapor_data_erase_sure")} checked=${isSure} change=${setSure} />
      <${Fault} error=${error} />
      <button type="button" class="button danger wide" disabled=${!isSure || isBusy} aria-busy=${isBusy} onClick=${erase}>${words("lapor_data_erase_do")}</button>
    <//>
  `;
}
