// The map comes when somebody wants to look.

import { useState } from "preact/hooks";

import { Fault } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { words } from "../app/words.js";

export function LateMap({ position, moved, isOpen = false }) {
  const [isShown, show] = useState(isOpen);
  return html`
    <details class="late-map" open=${isOpen} onToggle=${(event) => event.currentTarget.open && show(true)}>
      <summary>${words("meja_map")}</summary>
      ${isShown && html`<${Arriving} position=${position} moved=${moved} />`}
    </details>
  `;
}

function Arriving(shared) {
  const [module, error, again] = useAsked(() => import("./map.js"), []);
  if (error) return html`<${Fault} error=${error} again=${again} />`;
  return module ? html`<${module.PinMap} ...${shared} />` : html`<p class="hint" aria-busy="true">${words("meja_map_coming")}</p>`;
}
