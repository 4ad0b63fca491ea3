// Who I am here, and which views my grants give me.

import { read } from "../app/server.js";

/** Me as the API says it; null for who must sign in. */
export async function readMe() {
  try {
    return await read("/v1/me");
  } catch (refusal) {
    if (refusal.isSignedOut) return null;
    throw refusal;
  }
}

const oldest = (state, more) => ({ state, order: "oldest", ...more });

// `sort: "due"`: what was disputed twice, then what is latest. `roles` of a tab narrow those of its view.
const VIEWS = [
  {
    name: "antrean",
    icon: "list",
    roles: ["operator", "area_head"],
    tabs: [
      { name: "masuk", query: oldest("submitted") },
      { name: "tertahan", query: oldest("submitted", { held: true }), roles: ["operator"] },
      { name: "terverifikasi", query: oldest("verified") },
      { name: "keputusan", query: { attention: true }, roles: ["operator"] },
      { name: "pelapor", query: oldest("needs_info") },
    ],
  },
  {
    name: "kerja",
    icon: "check",
    roles: ["coordinator", "area_head", "operator"],
    tabs: [
      { name: "periksa", query: oldest("work_done"), sort: "due" },
      { name: "terlambat", query: { overdue: true }, sort: "due" },
      { name: "baru", query: oldest("dispatched"), sort: "due" },
      { name: "jalan", query: oldest("in_progress,scheduled,forwarded"), sort: "due" },
    ],
  },
  { name: "telepon", icon: "phone", roles: ["operator"] },
  { name: "cari", icon: "search", roles: ["operator", "coordinator", "area_head", "officer", "auditor", "admin"] },
  { name: "atur", icon: "person", roles: ["admin", "operator", "auditor", "coordinator"] },
];

const meets = (me, roles) => !roles || me.grants.some(({ role }) => roles.includes(role));

export const viewsOf = (me) =>
  VIEWS.filter(({ roles }) => meets(me, roles)).map((view) => ({ ...view, tabs: view.tabs?.filter(({ roles }) => meets(me, roles)) }));

export const has = (me, ...roles) => meets(me, roles);

/** The city that I work in; the first of all for who has every city. */
export const cityOf = (me, terms) => me.grants.find(({ city_code }) => city_code)?.city_code ?? terms?.cities[0]?.code;
