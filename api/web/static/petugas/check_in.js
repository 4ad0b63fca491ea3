// On site: how far this phone is from the report's place, as a note to colleagues. The position itself is not kept.

import { useEffect, useState } from "preact/hooks";

import { Notice, say, Sheet } from "../app/elements.js";
import { html } from "../app/html.js";
import { words } from "../app/words.js";
import { distanceWords, locate, metresTo } from "./nearness.js";
import { queueStep } from "./steps.js";

export function CheckIn({ report, step, close }) {
  const [found, setFound] = useState(null);
  const [fault, setFault] = useState(null);
  useEffect(() => {
    locate().then(setFound, ({ code }) => setFault(code === 1 ? "petugas_check_in_denied" : "petugas_check_in_unknown"));
  }, []);
  const said = found && { distance: distanceWords(metresTo(found, report.position)), accuracy: distanceWords(found.accuracy_m) };
  const note = async () => {
    await queueStep(report, step, { internal_note: words("petugas_check_in_note", said) });
    say(words(navigator.onLine ? "petugas_step_sent" : "petugas_step_queued"));
    close();
  };
  return html`
    <${Sheet} title=${step.label} close=${close}>
      <p class="hint">${words("petugas_check_in_line")}</p>
      <p role="status">${!fault && words(said ? "petugas_check_in_far" : "petugas_check_in_looking", said ?? {})}</p>
      ${fault && html`<${Notice} kind="warn" icon="pin" role="alert"><p>${words(fault)}</p><//>`}
      <button type="button" class="button primary wide" disabled=${!said} onClick=${note}>${words("petugas_check_in_do")}</button>
    <//>
  `;
}
