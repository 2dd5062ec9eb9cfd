/* Native controls with labels: what is typed or chosen is told as {key, value}. */

import { h } from "../../replay/js/dom.js";

/** Shows fields in `el`. Each is {key, label, kind, value, ...}; `tell(key, value)` hears of every change.
 *  A new list of fields changes what is there in place, so that nobody loses the place they were at. */
export function controls(el, tell) {
  const shown = new Map();
  let order = "";
  let refused = 0;
  return (spec) => {
    const force = spec.refused !== refused; // what was chosen is not to be: the field says again what is
    refused = spec.refused;
    let refocus = null; // where other fields take the place of those there were, whoever was at one is at what stands there now
    const keys = spec.fields.map((field) => `${field.key}:${field.kind}`).join("|");
    if (keys !== order) {
      order = keys;
      const held = [...shown.values()].findIndex((one) => one.el.contains(document.activeElement));
      shown.clear();
      const parts = spec.fields.map((field) => {
        const made = KINDS[field.kind](field, tell);
        shown.set(field.key, made);
        return made.el;
      });
      const frame = spec.legend
        ? h("fieldset", { class: `fields ${spec.row ? "row" : ""}` }, h("legend", { class: spec.quiet ? "hidden" : "" }, spec.legend), parts)
        : h("div", { class: `fields ${spec.row ? "row" : ""}` }, parts);
      el.replaceChildren(frame);
      refocus = parts[held];
    }
    for (const field of spec.fields) shown.get(field.key).update(force ? { ...field, force } : field);
    if (refocus) (refocus.matches("button, a") ? refocus : refocus.querySelector("input, select, textarea"))?.focus({ preventScroll: true });
  };
}

/* Every form is a module with a counter of its own; the part left to chance keeps the ids of several forms apart. */
const ours = Math.random().toString(36).slice(2, 9);
let named = 0;
const fresh = () => `field-${ours}-${++named}`;

/* The way to the sentence that says what a control changes; it shows when the control is pointed at or has the focus. */
function ruled(field) {
  return field.rule ? h("a", { class: "rule", href: field.rule, "aria-label": `The rule: ${field.label}` }, "rule") : null;
}

function framed(field, input, ...more) {
  const help = h("span", { class: "help", id: fresh() });
  const wrong = h("span", { class: "wrong", id: fresh(), role: "alert" });
  const label = h("label", { for: input.id });
  input.setAttribute("aria-describedby", `${help.id} ${wrong.id}`);
  const rule = ruled(field);
  const el = h("div", { class: "field" }, label, ...(more.length ? more : [input]), rule, help, wrong);
  const say = (now) => {
    label.textContent = now.label;
    help.textContent = now.help || "";
    help.hidden = !now.help;
    wrong.textContent = now.wrong || "";
    wrong.hidden = !now.wrong;
    input.disabled = Boolean(now.disabled);
    input.setAttribute("aria-invalid", String(Boolean(now.wrong)));
  };
  return { el, say };
}

/* Sends at most every so often while a slider is dragged, and always what it ended at. */
function calmly(send, wait = 90) {
  let timer = 0;
  let last = 0;
  return (value) => {
    clearTimeout(timer);
    const now = performance.now();
    if (now - last > wait) { last = now; send(value); } else timer = setTimeout(() => { last = performance.now(); send(value); }, wait);
  };
}

/* What a field was filled with, or has told, is its default: so it can be seen whether somebody is typing in it just now.
   Then it is left alone; else it follows, even where it has the focus. */
function fill(input, value, force) {
  if (!force && document.activeElement === input && input.value !== input.defaultValue) return;
  input.value = value;
  input.defaultValue = input.value;
}
const settled = (input) => { input.defaultValue = input.value; };

function asText(type) {
  return (field, tell) => {
    const input = h("input", { type, id: fresh(), min: field.low, max: field.high, step: field.step || (type === "number" ? "any" : null), maxlength: field.most, autocomplete: "off", spellcheck: "false" });
    const { el, say } = framed(field, input);
    input.addEventListener("change", () => { settled(input); tell(field.key, type === "number" ? (input.value === "" ? null : Number(input.value)) : input.value); });
    return { el, update(now) { say(now); fill(input, now.value ?? "", now.force); } };
  };
}

const KINDS = {
  text: asText("text"),
  number: asText("number"),
  area(field, tell) {
    const input = h("textarea", { id: fresh(), rows: field.rows || 3, maxlength: field.most });
    const { el, say } = framed(field, input);
    input.addEventListener("change", () => { settled(input); tell(field.key, input.value); });
    return { el, update(now) { say(now); fill(input, now.value ?? "", now.force); } };
  },
  range(field, tell) {
    const input = h("input", { type: "range", id: fresh(), min: field.low, max: field.high, step: field.step });
    const value = h("output", { for: input.id });
    const { el, say } = framed(field, input, h("div", { class: "with-value" }, input, value));
    const write = () => { value.textContent = Number(input.value).toLocaleString("en", field.percent ? { style: "percent" } : { maximumFractionDigits: 2 }) + (field.unit || ""); };
    const send = calmly((now) => tell(field.key, now));
    input.addEventListener("input", () => { write(); if (!field.settled) send(Number(input.value)); });
    input.addEventListener("change", () => { settled(input); if (field.settled) tell(field.key, Number(input.value)); });
    return { el, update(now) { say(now); fill(input, now.value, now.force); write(); } };
  },
  select(field, tell) {
    const input = h("select", { id: fresh() });
    const { el, say } = framed(field, input);
    let options = "";
    input.addEventListener("change", () => tell(field.key, input.value));
    return { el, update(now) {
      say(now);
      const wanted = JSON.stringify(now.options);
      if (wanted !== options) { options = wanted; input.replaceChildren(...now.options.map(([value, text]) => h("option", { value }, text))); }
      input.value = now.value;
    } };
  },
  check(field, tell) {
    const input = h("input", { type: "checkbox", id: fresh() });
    const help = h("span", { class: "help", id: fresh() });
    const wrong = h("span", { class: "wrong", id: fresh(), role: "alert" });
    const label = h("label", { for: input.id });
    input.setAttribute("aria-describedby", `${help.id} ${wrong.id}`);
    input.addEventListener("change", () => tell(field.key, input.checked));
    return { el: h("div", { class: "field check" }, input, label, ruled(field), help, wrong), update(now) {
      label.textContent = now.label;
      help.textContent = now.help || "";
      help.hidden = !now.help;
      wrong.textContent = now.wrong || "";
      wrong.hidden = !now.wrong;
      input.checked = now.value;
      input.disabled = Boolean(now.disabled);
    } };
  },
  radio(field, tell) {
    const name = fresh();
    const el = h("fieldset", { class: "fields" });
    let drawn = "";
    return { el, update(now) {
      const wanted = JSON.stringify([now.label, now.options]);
      if (wanted !== drawn) {
        drawn = wanted;
        el.replaceChildren(h("legend", {}, now.label), h("div", { class: "choices" }, now.options.map(([value, text]) => h("label", {}, h("input", { type: "radio", name, value, onchange: () => tell(field.key, value) }), h("span", {}, text)))));
      }
      for (const input of el.querySelectorAll("input")) { input.checked = input.value === now.value; input.disabled = Boolean(now.disabled); }
    } };
  },
  button(field, tell) {
    const el = h("button", { type: "button" });
    let count = 0;
    el.addEventListener("click", () => tell(field.key, ++count));
    return { el, update(now) {
      el.className = `button ${now.look || ""}`;
      el.textContent = now.label;
      el.disabled = Boolean(now.disabled);
      if (now.title) el.title = now.title;
      if (now.pressed !== undefined) el.setAttribute("aria-pressed", String(now.pressed));
    } };
  },
  link(field) {
    const el = h("a", { class: "button" });
    return { el, update(now) { el.textContent = now.label; el.href = now.value; if (now.look) el.className = `button ${now.look}`; } };
  },
  copy(field) {
    const el = h("button", { type: "button", class: "button" });
    let text = "";
    let label = "";
    el.addEventListener("click", async () => {
      const full = new URL(text, location.href).href;
      try { await navigator.clipboard.writeText(full); el.textContent = "Copied"; } catch { prompt(label, full); }
      setTimeout(() => { el.textContent = label; }, 1800);
    });
    return { el, update(now) { text = now.value; if (label !== now.label) { label = now.label; el.textContent = label; } el.dataset.link = text; } };
  },
  file(field, tell) {
    const input = h("input", { type: "file", id: fresh(), accept: field.accept });
    const { el, say } = framed(field, input);
    input.addEventListener("change", async () => {
      const file = input.files[0];
      if (!file) return;
      if (file.size > field.most) { tell(field.key, { name: file.name, size: file.size, text: null }); return; }
      tell(field.key, { name: file.name, size: file.size, text: await file.text() });
      input.value = "";
    });
    return { el, update: say };
  },
};
