// A new report in four small steps: photo, place, problem, check.

import { useState } from "preact/hooks";

import { StorageFull } from "../app/db.js";
import { Button, Heading, Notice, say } from "../app/elements.js";
import { go } from "../app/hooks.js";
import { html } from "../app/html.js";
import { flush } from "../app/outbox.js";
import { words } from "../app/words.js";
import { useCategories } from "./categories.js";
import { forgetDraft, queueReport, useDraft } from "./draft.js";
import { PhotoStep } from "./photo_step.js";
import { PlaceStep } from "./place_step.js";
import { ProblemStep } from "./problem_step.js";
import { ReviewStep } from "./review_step.js";

const STEPS = [
  { name: "lapor_step_photo", show: PhotoStep, lacks: () => null },
  { name: "lapor_step_place", show: PlaceStep, lacks: ({ position }) => (position ? null : "lapor_lacks_place") },
  { name: "lapor_step_problem", show: ProblemStep, lacks: lackOfProblem },
  { name: "lapor_step_review", show: ReviewStep, lacks: () => null },
];

function lackOfProblem({ category, text }) {
  if (!category) return "lapor_lacks_category";
  return text.trim() ? null : "lapor_lacks_text";
}

export default function NewReport({ terms }) {
  const { draft, update, fault } = useDraft();
  const [lack, setLack] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const categories = useCategories(terms, draft?.city);
  if (!draft) return html`<main id="content" class="screen" aria-busy="true"></main>`;
  const step = STEPS[draft.step];
  const category = categories?.categories.find(({ key }) => key === draft.category);
  const isLast = draft.step === STEPS.length - 1;
  const move = (by) => {
    const missing = by > 0 && step.lacks(draft);
    setLack(missing || null);
    if (missing) return;
    if (draft.step + by < 0) return go("/");
    update({ step: draft.step + by });
    scrollTo(0, 0);
  };
  const send = async () => {
    setBusy(true);
    try {
      await queueReport(draft, category);
      navigator.storage?.persist?.();
      flush().catch(() => {});
      go(`/terkirim/${draft.id}`);
    } catch (error) {
      setBusy(false);
      say(words(error instanceof StorageFull ? "lapor_storage_full" : "app_failed"));
    }
  };
  const discard = async () => {
    await forgetDraft(draft);
    say(words("lapor_discarded"));
    go("/");
  };
  const isEmergency = category?.emergency;
  return html`
    <main id="content" class="screen">
      <div class="stack steps" key=${draft.step}>
        <p class="hint" id="step">${words("lapor_step", { step: draft.step + 1, steps: STEPS.length })}</p>
        <progress max=${STEPS.length} value=${draft.step + 1} aria-labelledby="step"></progress>
        <${Heading}>${words(step.name)}<//>
      </div>
      ${fault && html`<${Notice} kind="danger" icon="warning" role="alert"><p>${words("lapor_storage_full")}</p><//>`}
      <${step.show} draft=${draft} update=${update} terms=${terms} categories=${categories} category=${category} />
      <div class="stack small" aria-live="polite">${lack && html`<p class="fault">${words(lack)}</p>`}</div>
      <div class="actions">
        <${Button} icon="back" onClick=${() => move(-1)}>${words("app_back")}<//>
        ${!isEmergency && (isLast
          ? html`<${Button} kind="primary" icon="check" isBusy=${isBusy} onClick=${send}>${words("lapor_send")}<//>`
          : html`<${Button} kind="primary" onClick=${() => move(1)}>${words(draft.step === 0 && !draft.photos.length ? "lapor_without_photo" : "lapor_next")}<//>`)}
      </div>
      <div><${Button} kind="quiet" onClick=${discard}>${words("lapor_discard")}<//></div>
    </main>
  `;
}
