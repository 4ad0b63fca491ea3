// Changes as they happen, over a connection that is made again whenever it breaks, from the place where it broke.
// EventSource gives up for ever at the first answer that is not 200, as a proxy's while the server restarts.

const SILENCE_MS = 60_000; // the server says something every 25 seconds
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** `hear({name, body})` for each event, `link(isUp)` when that changes or is confirmed. The answer ends it. */
export function listen(path, { hear, link }) {
  const ended = new AbortController();
  stay(path, hear, link, ended.signal);
  return () => ended.abort();
}

async function stay(path, hear, link, ended) {
  let [cursor, pause] = ["", FIRST_PAUSE_MS];
  const take = (event) => {
    [cursor, pause] = [event.id || cursor, FIRST_PAUSE_MS];
    link(true);
    if (event.data) hear({ name: event.event, body: JSON.parse(event.data) });
  };
  while (!ended.aborted) {
    await once(path, cursor, take, ended).catch(() => null); // whatever it was: it is tried again
    if (ended.aborted) return;
    link(false);
    await rest(pause * (0.75 + Math.random() / 2), ended);
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  }
}

/** Until the connection ends or has been silent for too long. */
async function once(path, cursor, take, ended) {
  const control = new AbortController();
  const leave = () => control.abort();
  ended.addEventListener("abort", leave, { once: true });
  let silence = setTimeout(leave, SILENCE_MS);
  try {
    const answer = await fetch(path, { headers: cursor ? { "Last-Event-ID": cursor } : {}, cache: "no-store", signal: control.signal });
    if (!answer.ok) return;
    for await (const said of parts(answer.body)) {
      clearTimeout(silence);
      silence = setTimeout(leave, SILENCE_MS);
      take(fieldsOf(said));
    }
  } finally {
    clearTimeout(silence);
    ended.removeEventListener("abort", leave);
  }
}

async function* parts(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    const said = (rest + value).split("\n\n");
    rest = said.pop();
    yield* said;
  }
}

/** "event: change\nid: 7" is {event: "change", id: "7"}; a heartbeat is {}. */
const fieldsOf = (said) => Object.fromEntries(said.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)).filter(([name]) => name && name !== ":"));

/** A network that comes back ends it. */
function rest(pause_ms, ended) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      ended.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, pause_ms);
    addEventListener("online", done);
    ended.addEventListener("abort", done);
  });
}
