// The lists of a city as the API has them: where they are, which fields an entry has, how it is called in the list.

import { read } from "../app/server.js";
import { words } from "../app/words.js";

// `type`: text, number, check, questions, choice (`of`: values in words), precision (0 is none), one (`from(city)`: options), area. `isNew`: only when made.
const key = { name: "key", type: "text", isNew: true, isNeeded: true };
const named = [{ name: "name_id", type: "text", isNeeded: true }, { name: "name_en", type: "text", isNeeded: true }];
const rank = { name: "rank", type: "number", first: 100 };
const active = { name: "active", type: "check", isOld: true };

const list = (path, label) => async (city) => (await read(`${path}?city=${city}`)).map((one) => ({ value: one.key, label: label(one) }));
const agencies = list("/v1/agencies", ({ name }) => name);
const groups = list("/v1/category-groups", ({ name_id: name }) => name);
const categories = list("/v1/categories/all", ({ name_id: name }) => name);

export const AGENCY = {
  name: "agency",
  path: "/v1/agencies",
  fields: [key, { name: "name", type: "text", isNeeded: true }, { name: "kind", type: "choice", of: ["agency", "unit", "area_office", "outside"], first: "agency" }, { name: "parent", type: "one", from: agencies }, active],
  title: ({ name }) => name,
  line: ({ key, parent }) => [key, parent].filter(Boolean).join(" ← "),
};

export const GROUP = {
  name: "group",
  path: "/v1/category-groups",
  fields: [key, ...named, rank],
  title: ({ name_id: name }) => name,
  line: ({ key }) => key,
};

export const CATEGORY = {
  name: "category",
  path: "/v1/categories",
  list: "/v1/categories/all",
  fields: [
    key,
    { name: "group", type: "one", from: groups, isNeeded: true },
    ...named,
    { name: "resolve_class", type: "choice", of: ["minor", "normative", "non_oversight", "oversight"], first: "normative" },
    { name: "default_visibility", type: "choice", of: ["public", "restricted", "secret"], first: "public" },
    { name: "needs_evidence", type: "check", first: true },
    { name: "is_emergency", type: "check" },
    { name: "private_place", type: "check" },
    { name: "precision_m", type: "precision", of: [0, 1, 110, 330, 1000, 3000] },
    rank,
    active,
    { name: "questions", type: "questions", first: [] },
  ],
  title: ({ name_id: name }) => name,
  line: ({ key, group, resolve_class: each }) => `${key} · ${group} · ${words(`meja_choice_${each}`)}`,
};

export const RULE = {
  name: "rule",
  path: "/v1/routing-rules",
  fields: [
    { name: "agency", type: "one", from: agencies, isNeeded: true },
    { name: "category", type: "one", from: categories },
    { name: "group", type: "one", from: groups },
    { name: "area", type: "area" },
  ],
  names: async (city) => Object.fromEntries((await agencies(city)).map(({ value, label }) => [value, label])),
  title: ({ agency }, names) => names[agency] ?? agency,
  line: ({ category, group, area }) => [category ?? group ?? words("meja_rule_any"), area ?? words("meja_rule_everywhere")].join(" · "),
};
