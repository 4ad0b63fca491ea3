// How I wish to be told: at once, once a day, or only here; and hours without a sound.

import { useState } from "preact/hooks";

import { Button, Check, Choice, Fault, Field, say } from "../app/elements.js";
import { useAsked } from "../app/hooks.js";
import { html } from "../app/html.js";
import { account, read, send } from "../app/server.js";
import { language, words } from "../app/words.js";

const PATH = "/v1/me/notifications";
const NIGHT = { begins: "21:00", ends: "06:00" };
const HOURS = ["begins", "ends"];

/** Nothing before this phone has an account. */
export function Wishes() {
  const [wishes, error, again] = useAsked(async () => ((await account()) ? read(PATH) : null), []);
  if (error) return error.status === 0 ? null : html`<${Fault} error=${error} again=${again} />`;
  return wishes ? html`<${Form} wishes=${wishes} />` : null;
}

function Form({ wishes }) {
  const [how, setHow] = useState(commonest(Object.values(wishes.kinds)));
  const [quiet, setQuiet] = useState(wishes.quiet);
  const [error, setError] = useState(null);
  const keep = async (event) => {
    event.preventDefault();
    const kinds = Object.fromEntries(Object.keys(wishes.kinds).map((kind) => [kind, how]));
    try {
      await send("PUT", PATH, { kinds, quiet, zone: wishes.zone, language });
      setError(null);
      say(words("lapor_wishes_kept"));
    } catch (refusal) {
      setError(refusal);
    }
  };
  const hour = (name) => (event) => setQuiet({ ...quiet, [name]: event.currentTarget.value });
  return html`
    <form class="card" onSubmit=${keep}>
      <h2>${words("lapor_wishes")}</h2>
      <${Choice} legend=${words("lapor_wishes_how")} value=${how} choose=${setHow} choices=${ways()} />
      <${Check} label=${words("lapor_wishes_quiet")} hint=${words("lapor_wishes_quiet_hint")} checked=${Boolean(quiet)} change=${(isOn) => setQuiet(isOn ? { ...NIGHT, zone: wishes.zone } : null)} />
      ${quiet && html`<div class="row nowrap">${HOURS.map((name) => html`<${Field} key=${name} label=${words(name === "begins" ? "lapor_wishes_begins" : "lapor_wishes_ends")} type="time" required value=${quiet[name].slice(0, 5)} onInput=${hour(name)} />`)}</div>`}
      <${Fault} error=${error} />
      <div><${Button} type="submit">${words("lapor_wishes_keep")}<//></div>
    </form>
  `;
}

const ways = () => [
  { value: "push", label: words("lapor_wishes_push") },
  { value: "digest", label: words("lapor_wishes_digest") },
  { value: "inbox", label: words("lapor_wishes_inbox") },
];

const commonest = (choices) => ["push", "digest", "inbox"].sort((one, other) => amount(choices, other) - amount(choices, one))[0];
const amount = (choices, wanted) => choices.filter((choice) => choice === wanted).length;
