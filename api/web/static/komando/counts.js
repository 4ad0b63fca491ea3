// How one change moves what the wall shows, until it is read anew. Pure: a board and a change make a board.

const MOST_LATEST = 30;
const MOST_KNOWN = 500;

/** `known`: whether the reports that were seen last were open, the newest at the end. */
export const opened = (now) => ({ now, known: new Map([...now.latest].reverse().map((line) => [line.tracking_id, line.is_open])) });

/** The same with newer numbers. What was heard since stays known. */
export const renewed = (board, now) => ({ now, known: remembered(board.known, [...opened(now).known]) });

/** `line`: the change as the list of latest shows it; null when it left the map. */
export function moved({ now, known }, change, line) {
  const others = now.latest.filter((one) => one.tracking_id !== change.tracking_id);
  return {
    now: { ...now, counts: counted(now, known, change), latest: line ? inOrder([line, ...others]).slice(0, MOST_LATEST) : others },
    known: remembered(known, [[change.tracking_id, change.is_open]]),
  };
}

/** The last event first: of a report that only the clock has touched it may be months old. */
const inOrder = (lines) => lines.toSorted((one, other) => new Date(other.since) - new Date(one.since));

function counted({ counts, day_began }, known, change) {
  const before = known.get(change.tracking_id);
  const isBorn = before === undefined && change.is_new && change.is_open;
  const isOfToday = new Date(change.at) >= new Date(day_began);
  const [opens, closes] = [isBorn || (before === false && change.is_open), before === true && !change.is_open];
  return {
    ...counts,
    new_today: counts.new_today + Number(isBorn && isOfToday),
    open: counts.open + Number(opens) - Number(closes),
    closed_today: counts.closed_today + Number(closes && change.state === "resolved" && isOfToday),
  };
}

function remembered(known, more) {
  const all = new Map(known);
  for (const [id, isOpen] of more) {
    all.delete(id); // so that it goes to the end
    all.set(id, isOpen);
  }
  return new Map([...all].slice(-MOST_KNOWN));
}
