/* Where in a run one is: a place on a line that has one unit for each session, and moments within each. */

/* Seconds that a moment of each kind takes at ordinary speed, so that a session takes about a quarter of a minute. */
const SECONDS = { arrive: 1.6, intentions: 1.2, assets: 1.2, talk: 0.22, post: 0.3, read: 1.4, take: 0.6, ask: 0.45, draft: 2.8, leave: 1.4 };

const PHASES = Object.keys(SECONDS);

/** For each session of one run, or of two on one line of time: where each moment begins within the unit, and how many seconds
 *  the session takes. What two runs have in common happens side by side; where one has more of something, the other waits.
 *  Returns {each: these lengths of every run, all: those of the line that they share}. */
export function measured(docs) {
  const count = Math.max(...docs.map((doc) => doc.sessions.length));
  const lines = Array.from({ length: count }, (_, n) => lineOf(docs.map((doc) => doc.sessions[n]).filter(Boolean)));
  const each = docs.map((doc) => doc.sessions.map((session, n) => ({ starts: onLine(session, lines[n]), seconds: lines[n].seconds })));
  return { each, all: lines };
}

/* A line that has room for the moments of all, kind by kind in the order in which a session goes. */
function lineOf(sessions) {
  const places = {};
  const starts = [];
  let seconds = 0;
  for (const kind of PHASES) {
    const most = Math.max(...sessions.map((session) => session.moments.filter((moment) => moment.is === kind).length));
    places[kind] = starts.length;
    for (let n = 0; n < most; n++) { starts.push(seconds); seconds += SECONDS[kind]; }
  }
  return { places, starts: starts.map((start) => start / seconds), seconds };
}

function onLine(session, { places, starts }) {
  const next = { ...places };
  return session.moments.map((moment) => starts[next[moment.is]++]);
}

/** The session and the moment at a place; the very end is the last moment of the last session. */
export function placed(lengths, at) {
  const session = Math.min(lengths.length - 1, Math.max(0, Math.floor(at)));
  const within = at >= lengths.length ? 1 : at - session;
  const { starts } = lengths[session];
  let moment = starts.length - 1;
  while (moment > 0 && starts[moment] > within + 1e-9) moment--;
  return { session, moment, over: at >= lengths.length };
}

/** The place at which a moment begins. */
export const placeOf = (lengths, session, moment) => session + lengths[session].starts[moment];

/** The place one moment on (1) or back (-1). */
export function stepped(lengths, at, way) {
  const { session, moment, over } = placed(lengths, at);
  if (over && way > 0) return at;
  if (over) return placeOf(lengths, session, moment);
  const next = moment + way;
  if (next >= 0 && next < lengths[session].starts.length) return placeOf(lengths, session, next);
  if (way > 0) return session + 1;
  return session > 0 ? placeOf(lengths, session - 1, lengths[session - 1].starts.length - 1) : 0;
}
