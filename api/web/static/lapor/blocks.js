// A city that does not listen to this account for a while: why, until when, and the one objection.

import { useState } from "preact/hooks";

import { Button, Fault, Field, Notice } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { account, read, send } from "../app/server.js";
import { atTime, words } from "../app/words.js";

export function Blocks({ terms }) {
  const [blocks, , again] = useAsked(async () => ((await account()) ? read("/v1/me/blocks") : []), []);
  return html`${blocks?.map((block) => html`<${Block} key=${block.id} block=${block} city=${terms?.cities.find(({ code }) => code === block.city)?.name} again=${again} />`)}`;
}

function Block({ block: { id, reason, until, appealed_at: appealedAt }, city, again }) {
  const [text, setText] = useState("");
  const [state, setState] = useState({ error: null, isBusy: false });
  const object = async () => {
    setState({ error: null, isBusy: true });
    try {
      await send("POST", `/v1/me/blocks/${id}/appeal`, { text });
      again();
    } catch (error) {
      setState({ error, isBusy: false });
    }
  };
  return html`
    <${Notice} kind="danger" icon="warning" title=${words("lapor_block", { city: city ?? words("lapor_block_everywhere"), date: atTime(until) })}>
      <p>${words("lapor_block_reason", { reason })}</p>
      <p>${words("lapor_block_line")}</p>
      ${appealedAt && html`<p><strong>${words("lapor_block_appealed")}</strong></p>`}
      ${!appealedAt && html`
        <${Field} label=${words("lapor_block_appeal")} fault=${state.error?.fields?.text}>
          ${(ids) => html`<textarea ...${ids} rows="3" maxlength="1000" value=${text} onInput=${(event) => setText(event.currentTarget.value)}></textarea>`}
        <//>
        <${Fault} error=${state.error?.fields?.text ? null : state.error} />
        <div><${Button} kind="primary" isBusy=${state.isBusy} onClick=${object}>${words("lapor_block_send")}<//></div>
      `}
    <//>
  `;
}
