// The session of this phone has ended while something may wait: nothing is thrown away, the person decides.

import { useEffect, useState } from "preact/hooks";

import { all, change, get, put } from "../app/db.js";
import { Button, Notice } from "../app/elements.js";
import { html } from "../app/html.js";
import { flush, watch } from "../app/outbox.js";
import { forgetAccount } from "../app/server.js";
import { words } from "../app/words.js";

export function SignedOut({ terms }) {
  const [link, setLink] = useState(null);
  const [isOut, setOut] = useState(false);
  const look = async () => setOut(Boolean(await get("settings", "signed_out")));
  useEffect(() => watch(look), []);
  useEffect(() => {
    addEventListener("signedout", look);
    return () => removeEventListener("signedout", look);
  }, []);
  if (!isOut) return null;
  const goOn = async () => {
    await startAnew();
    await look();
    await flush();
  };
  return html`
    <${Notice} kind="warn" icon="lock" title=${words("lapor_signed_out")}>
      <p>${words("lapor_signed_out_line")}</p>
      <div class="row"><${Button} kind="primary" onClick=${goOn}>${words("lapor_signed_out_go_on")}<//>
        ${terms?.offers?.includes("otp") && html`<${Button} icon="phone" onClick=${async () => setLink(await import("./phone_link.js"))}>${words("lapor_phone_back")}<//>`}
      </div>
    <//>
    ${link && html`<${link.PhoneLink} isAnew terms=${terms} close=${() => setLink(null)} />`}
  `;
}

/** A new account without a name. What was never received goes out under it; photos of what was received cannot. */
export async function startAnew() {
  for (const { id, done } of await all("outbox")) {
    await change("outbox", id, (entry) => {
      if (entry.state === "sent") return entry;
      return done ? { ...entry, state: "refused", refusal: { status: 401, message: words("lapor_queue_other_account") } } : { ...entry, account: null };
    });
  }
  await forgetAccount();
  await put("settings", false, "signed_out");
}
