// The one module that speaks to the API. It throws nothing but ServerError (and the AbortError that we asked for).

import { language } from "./words.js";

export class ServerError extends Error {
  /** `status` is 0 when no answer came. */
  constructor(status) {
    super(status ? `the server answered ${status}` : "the server cannot be reached");
    this.status = status;
  }

  get isMissing() {
    return this.status === 404 || this.status === 410;
  }
}

async function ask(address, signal) {
  let answer;
  try {
    answer = await fetch(address, { signal, headers: { "Accept-Language": language } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServerError(0);
  }
  if (!answer.ok) throw new ServerError(answer.status);
  return answer;
}

/** The bytes of one vector tile; `layer` is "areas" or "reports". */
export async function tileBytes(layer, { z, x, y }, filter, signal) {
  const query = new URLSearchParams(filter).toString();
  const answer = await ask(`/tiles/${layer}/${z}/${x}/${y}${query && `?${query}`}`, signal);
  return answer.arrayBuffer();
}

/** What anyone may see of one report. */
export async function trackedReport(trackingId, signal) {
  const answer = await ask(`/v1/track/${encodeURIComponent(trackingId)}`, signal);
  return answer.json();
}

/** A page of public reports, newest first, and the cursor of the next one. */
export async function listedReports(query, signal) {
  const answer = await ask(`/public/reports?${new URLSearchParams(query)}`, signal);
  return answer.json();
}
