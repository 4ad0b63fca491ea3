// Parts of a photo are covered in black for good: boxes drawn with the finger or the mouse, or set by keys.

import { useRef, useState } from "preact/hooks";

import { Button, Fault, Field, Sheet } from "./elements.js";
import { html } from "./html.js";
import { send } from "./server.js";
import { words } from "./words.js";

const SMALLEST = 0.02;
const STEP = 0.02;
const FIRST = { x: 0.4, y: 0.4, w: 0.2, h: 0.2 };
const SHIFTS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const within = (value, least, most) => Math.min(Math.max(value, least), most);
const percent = (part) => `${Math.round(part * 100)}%`;

/** `done()` once the server has taken the boxes. `photo.proposed_boxes`: what a detector would cover. */
export function Cover({ photo, alt, close, done }) {
  const [boxes, setBoxes] = useState(photo.proposed_boxes ?? []);
  const [reason, setReason] = useState("");
  const [state, setState] = useState({ error: null, isBusy: false });
  const change = (place, box) => setBoxes((now) => now.map((one, n) => (n === place ? box : one)));
  const remove = (place) => setBoxes((now) => now.filter((_, n) => n !== place));
  const give = async (event) => {
    event.preventDefault();
    setState({ error: null, isBusy: true });
    try {
      await send("POST", `/v1/photos/${photo.id}/redactions`, { boxes, reason });
      close();
      done();
    } catch (error) {
      setState({ error, isBusy: false });
    }
  };
  return html`
    <${Sheet} title=${words("app_cover_title")} close=${close}>
      <p>${words("app_cover_line")}</p>
      <form class="stack" onSubmit=${give}>
        <${Canvas} src=${photo.urls["1600"]} alt=${alt} boxes=${boxes} setBoxes=${setBoxes} change=${change} remove=${remove} />
        <div class="row"><${Button} icon="plus" onClick=${() => setBoxes([...boxes, FIRST])}>${words("app_cover_add")}<//></div>
        <${Field} label=${words("app_cover_reason")} fault=${state.error?.fields?.reason}>
          ${(ids) => html`<input ...${ids} type="text" required maxlength="300" value=${reason} onInput=${(event) => setReason(event.currentTarget.value)} />`}
        <//>
        <${Fault} error=${state.error?.fields?.reason ? null : state.error} />
        <button class="button danger wide" disabled=${!boxes.length || state.isBusy} aria-busy=${state.isBusy}>${words("app_cover_do", { n: boxes.length })}</button>
      </form>
    <//>
  `;
}

function Canvas({ src, alt, boxes, setBoxes, change, remove }) {
  const frame = useRef();
  const from = useRef(null);
  const at = ({ clientX, clientY }) => {
    const { left, top, width, height } = frame.current.getBoundingClientRect();
    return [within((clientX - left) / width, 0, 1), within((clientY - top) / height, 0, 1)];
  };
  const begin = (event) => {
    if (event.target.closest(".covering")) return;
    event.preventDefault();
    frame.current.setPointerCapture(event.pointerId);
    from.current = at(event);
    setBoxes([...boxes, { x: from.current[0], y: from.current[1], w: SMALLEST, h: SMALLEST }]);
  };
  const draw = (event) => {
    if (!from.current) return;
    const [[x, y], [toX, toY]] = [from.current, at(event)];
    change(boxes.length - 1, { x: Math.min(x, toX), y: Math.min(y, toY), w: Math.max(Math.abs(toX - x), SMALLEST), h: Math.max(Math.abs(toY - y), SMALLEST) });
  };
  const end = () => {
    from.current = null;
    setBoxes((now) => now.map(inside));
  };
  return html`
    <div class="cover" ref=${frame} onPointerDown=${begin} onPointerMove=${draw} onPointerUp=${end} onPointerCancel=${end}>
      <img src=${src} alt=${alt} draggable=${false} />
      ${boxes.map((box, place) => html`<${Covering} key=${place} n=${place + 1} box=${box} change=${(next) => change(place, next)} remove=${() => remove(place)} />`)}
    </div>
  `;
}

const inside = ({ x, y, w, h }) => ({ x: within(x, 0, 1 - SMALLEST), y: within(y, 0, 1 - SMALLEST), w: Math.min(w, 1 - within(x, 0, 1 - SMALLEST)), h: Math.min(h, 1 - within(y, 0, 1 - SMALLEST)) });

/** Arrows move it, with Shift they size it, Delete takes it away. */
function Covering({ n, box, change, remove }) {
  const keys = (event) => {
    if (["Delete", "Backspace"].includes(event.key)) remove();
    else if (SHIFTS[event.key]) {
      const [right, down] = SHIFTS[event.key].map((one) => one * STEP);
      if (event.shiftKey) change(inside({ ...box, w: Math.max(box.w + right, SMALLEST), h: Math.max(box.h + down, SMALLEST) }));
      else change({ ...box, x: within(box.x + right, 0, 1 - box.w), y: within(box.y + down, 0, 1 - box.h) });
    } else return;
    event.preventDefault();
  };
  const place = { left: percent(box.x), top: percent(box.y), width: percent(box.w), height: percent(box.h) };
  return html`<button type="button" class="covering" style=${place} aria-label=${words("app_cover_box", { n, x: percent(box.x), y: percent(box.y), w: percent(box.w), h: percent(box.h) })} title=${words("app_cover_keys")} onKeyDown=${keys}></button>`;
}
