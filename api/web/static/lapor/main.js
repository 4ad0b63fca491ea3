// The resident's app. Read `screens.js` next: which address shows what.

import { render } from "preact";

import { html } from "../app/html.js";
import { Toast } from "../app/elements.js";

render(html`<main id="content" class="screen"></main><${Toast} />`, document.getElementById("app"));
