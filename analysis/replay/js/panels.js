/* The panels beside the scene: the grid, the three wheels, the account, and one person looked at closely. */

import { capital, counted, h, put, s, signed, stance, written } from "./dom.js";
import { onThePlatform } from "./feed.js";

const TIMES = ["same", "blended", "different"];
const SPACES = ["same", "blended", "distributed"];
const TAKEN_DOWN = 4; // of a contribution
export const WHEELS = ["engagement", "alignment", "agreement"];

/** The 3x3 grid with the sessions in their cells; `show(n)` lights the cell of session n, `go(n)` is called on a choice. */
export function grid(doc, go) {
  const cells = new Map();
  const rows = TIMES.map((time) => h("tr", {}, h("th", { scope: "row" }, { same: "same time", blended: "blended", different: "different" }[time]), SPACES.map((space) => {
    const inside = doc.sessions.map((session, n) => ({ session, n })).filter(({ session }) => session.cell === `${time}/${space}`);
    const td = h("td", {}, inside.map(({ session, n }) => h("button", { type: "button", title: session.title, "aria-label": `Session ${n + 1}: ${session.title}`, onclick: () => go(n) }, String(n + 1))));
    cells.set(`${time}/${space}`, td);
    return td;
  })));
  const table = h("table", { class: "grid" },
    h("caption", { class: "hidden" }, "Sessions on the grid of time and space"),
    h("thead", {}, h("tr", {}, h("td", {}), ["same space", "blended", "distributed"].map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, rows));
  const show = (n) => {
    for (const [cell, td] of cells) {
      td.classList.toggle("here", cell === doc.sessions[n].cell);
      for (const button of td.children) {
        const now = Number(button.textContent) === n + 1;
        if (now) button.setAttribute("aria-current", "step"); else button.removeAttribute("aria-current");
      }
    }
  };
  return { el: table, show };
}

/* The outline of a wheel with teeth. */
function gear(teeth, inner, outer) {
  const points = [];
  for (let n = 0; n < teeth; n++) {
    for (const [part, radius] of [[0, inner], [0.22, inner], [0.3, outer], [0.62, outer], [0.7, inner]]) {
      const turn = (2 * Math.PI * (n + part)) / teeth;
      points.push(`${(radius * Math.cos(turn)).toFixed(2)} ${(radius * Math.sin(turn)).toFixed(2)}`);
    }
  }
  return `M${points.join("L")}Z`;
}

/** The three wheels. Each turns as fast as its two mechanisms had effective minutes in the session, per person invited. */
export function wheels(doc) {
  const parts = WHEELS.map((name) => {
    const turning = s("path", { class: "gear", d: gear(14, 39, 45) });
    const value = s("text", { class: "value", "text-anchor": "middle", dy: ".35em" });
    const says = h("p", { class: "drive" });
    const el = h("div", { class: `wheel ${name}` },
      s("svg", { viewBox: "-50 -50 100 100", "aria-hidden": "true" }, s("g", { class: "turn" }, turning, s("circle", { class: "rim", r: 33 })), value),
      h("p", { class: "name" }, name), says);
    return { name, el, value, says, turn: el.querySelector(".turn") };
  });
  const spoken = h("p", { class: "hidden" });
  const el = h("div", { class: "wheels" }, parts.map((part) => part.el), spoken);
  const mechanisms = doc.drives;
  const show = (session, over) => {
    const at = over ? session + 1 : session;
    const said = [];
    for (const part of parts) {
      const now = doc.series[part.name][at];
      const minutes = doc.sessions[session].drive[part.name];
      const total = minutes[0] + minutes[1];
      part.value.textContent = written(now);
      part.says.replaceChildren(...mechanisms[part.name].map((mechanism, n) => h("span", {}, `${mechanism} ${minutes[n] > 0 && minutes[n] < 1 ? "<1" : Math.round(minutes[n])} min`)));
      part.turn.style.animationDuration = total > 0.05 ? `${Math.max(1.5, 240 / total).toFixed(1)}s` : "0s";
      part.el.classList.toggle("still", total <= 0.05);
      said.push(`${part.name} ${written(now)}`);
    }
    spoken.textContent = `${over ? "At the end" : session ? `After session ${session}` : "At the start"}: ${said.join(", ")}.`;
  };
  return { el, show };
}

/** What happened in a session, in sentences; `of` names the run in labels where there are two. */
export function account(of) {
  const heading = h("h3", {});
  const now = h("p", { class: "now" });
  const lines = h("div", { class: "lines", tabindex: 0, role: "region", "aria-label": of("this session in words") });
  const live = h("p", { class: "hidden", role: "status" });
  const el = h("div", { class: "account" }, heading, now, lines, live);
  let shown = null;
  const show = (doc, n, m) => {
    const session = doc.sessions[n];
    now.textContent = moment(doc, session, m);
    if (shown === session) return;
    shown = session;
    heading.textContent = `Session ${n + 1}: ${session.title}`;
    lines.replaceChildren(...session.lines.map((line) => h("p", {}, line)));
    lines.scrollTop = 0;
    live.textContent = `Session ${n + 1} of ${doc.sessions.length}, ${session.title}, ${session.where}. ${session.lines[0] || ""}`;
  };
  return { el, show };
}

/** What goes on in a moment, in a few words. */
export function moment(doc, session, m) {
  const now = session.moments[m];
  const of = session.moments.filter((one) => one.is === now.is);
  const place = of.length > 1 ? ` (${of.indexOf(now) + 1} of ${of.length})` : "";
  switch (now.is) {
    case "arrive": return `${session.came} of ${counted(session.invited, "person", "people")} invited take part.`;
    case "intentions": return `Why are we here? ${counted(now.minutes, "minute")} on intentions.`;
    case "assets": return `What does each of us bring? ${counted(now.minutes, "minute")} on strengths.`;
    case "talk": return `They talk${place}; what is noted goes on record.`;
    case "post": return `They write, each in their own time${place}.${posted(session, now)}`;
    case "read": return `They read ${counted(now.entries, "entry", "entries")} of the record.`;
    case "take": return `They read on the platform, each in their own time${place}; ${counted(now.entries, "reading", "readings")} in all.`;
    case "ask": return `Is this what you think? ${counted(now.answered, "question")} answered${now.lost ? `, ${now.lost} with nobody there to answer` : ""}${place}.`;
    case "draft": return `The draft is put to them${now.reached === null ? "" : now.reached ? ": consensus by the rule" : ": no consensus by the rule"}.`;
    default: return now.left.length ? `${counted(now.left.length, "person leaves", "people leave")} for good.` : "They go home; until the next session people remember and forget.";
  }
}

/* What a moment of writing brings to a platform. */
function posted(session, now) {
  if (!session.feed) return "";
  const answers = now.said.filter(([, , , , , , parent]) => parent >= 0).length;
  const gone = now.said.filter(([, , , flags]) => flags & TAKEN_DOWN).length;
  const parts = [now.said.length - answers && counted(now.said.length - answers, "new thread"), answers && counted(answers, "answer"), gone && `${gone} taken down`].filter(Boolean);
  return parts.length ? ` ${parts.join(", ")}.` : "";
}

/** One person looked at closely: barriers, views, picture of the others, history. */
export function person(doc, of, close) {
  const el = h("div", { class: "closer", role: "region", "aria-label": of("one person looked at closely") });
  const hide = () => { el.replaceChildren(); el.hidden = true; };
  hide();
  const show = (i, n, over) => {
    const at = doc.people.findIndex((one) => one.i === i);
    if (at < 0) return hide();
    const who = doc.people[at];
    const state = over ? doc.sessions[n].after : n ? doc.sessions[n - 1].after : doc.start;
    const title = h("h3", { tabindex: -1 }, h("span", { class: `chip g${doc.groups[who.g].colour}` }, who.short), capital(who.name.replace(/ \([^)]*\)$/, "")));
    el.hidden = false;
    el.replaceChildren(...[
      h("div", { class: "closer-head" }, title, h("button", { type: "button", class: "plain", onclick: () => { hide(); close(); } }, "Close")),
      h("p", { class: "meaning" }, `${over ? "At the end" : n ? `After session ${n}` : "At the start"}: engagement ${written(state.engagement[at])}, power ${written(who.power)}, `
        + `willing to learn ${written(who.openness)} at the start; came ${times(state.attended[at])}, spoke or wrote ${times(state.spoke[at])}, ${state.kept[at]} of it on record.`),
      barriers(who), onThePlatform(doc, who, over ? n + 1 : n), views(doc, state, at, who), history(doc, i, over ? n + 1 : n),
    ].filter(Boolean));
    return title;
  };
  return { el, show, hide };
}

const times = (n) => (n === 0 ? "never" : n === 1 ? "once" : n === 2 ? "twice" : `${n} times`);

function barriers(who) {
  const named = Object.entries(who.barriers);
  if (!named.length) return h("p", {}, "Meets no barrier.");
  return h("p", {}, "Barriers: ", named.map(([name, level], n) => `${n ? ", " : ""}${name} (${Math.round(100 * level)}%)`).join(""), ".");
}

/* Own views, and what this person believes each group to think beside what that group thinks. */
function views(doc, state, at, who) {
  const head = h("tr", {}, h("th", { scope: "col" }, "issue"), h("th", { scope: "col" }, "own view"),
    doc.groups.map((group) => h("th", { scope: "col" }, h("span", { class: `chip g${group.colour}` }, group.letter), h("span", { class: "hidden" }, group.title))));
  const rows = doc.issues.map((issue, k) => {
    const own = state.views[at][k];
    return h("tr", {}, h("th", { scope: "row" }, issue.title), h("td", {}, signed(own), h("small", {}, stance(doc, own))),
      doc.groups.map((group, g) => {
        const sure = state.sure[at][g][k];
        return h("td", { class: sure < 0.05 ? "unsure" : "" }, signed(state.believes[at][g][k]), h("small", {}, `is ${signed(state.truth[g][k])}`));
      }));
  });
  return h("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": "Views and picture of the others" },
    h("table", { class: "compact" }, h("caption", {}, `Views from −1 to +1, and what ${who.short} takes each group to think (small: what it thinks, on average). Pale: no idea, so takes them to think as oneself.`), h("thead", {}, head), h("tbody", {}, rows)));
}

function history(doc, i, upto) {
  const items = doc.sessions.slice(0, upto).map((session, n) => {
    const away = session.away.find(([who]) => who === i);
    const here = [session.onsite.includes(i) && "at the table", session.remote.includes(i) && "on screen", session.later.includes(i) && "later"].filter(Boolean);
    const spoke = session.moments.flatMap((one) => one.said || []).filter(([who]) => who === i).length;
    let text = here.length ? here.join(" and ") : away ? `not there (${away[1]})` : session.gone.includes(i) ? "had left for good" : "not invited";
    if (spoke && !session.thinned) text += `; spoke or wrote ${times(spoke)}`;
    if (session.left.includes(i)) text += "; left for good";
    return h("li", { value: n + 1 }, text);
  });
  return items.length ? h("ol", { class: "history" }, items) : null;
}
