// What the reader wants to see: the form, the address and the tiles say the same.

const form = document.getElementById("filter");

/** As tiles are asked: only what narrows. A whole group stands among the categories as "group=key". */
export function readFilter() {
  const { state, days, category } = Object.fromEntries(new FormData(form));
  const [, group] = /^group=(.+)$/.exec(category) ?? [];
  const said = { state: state === "all" ? "" : state, days, category: group ? "" : category, group };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value));
}

/** From the address of a shared link; a value that the form does not know stays unsaid. */
export function showFilter() {
  const asked = new URLSearchParams(location.search);
  const group = asked.get("group");
  form.elements.days.value = asked.get("days") ?? "";
  form.elements.category.value = group ? `group=${group}` : (asked.get("category") ?? "");
  form.elements.state.value = ["open", "closed"].includes(asked.get("state")) ? asked.get("state") : "all";
  for (const choice of [form.elements.days, form.elements.category]) if (!choice.value) choice.value = "";
}

export function onFilter(changed) {
  form.addEventListener("change", changed);
}

/** The address' query with this filter, its other parts as they are. */
export function queryOf(filter) {
  const query = new URLSearchParams(location.search);
  for (const name of ["state", "days", "category", "group"]) query.delete(name);
  for (const [name, value] of Object.entries(filter)) query.set(name, value);
  const written = query.toString();
  return written && `?${written}`;
}
