/* Making elements, and writing numbers. */

const SVG = "http://www.w3.org/2000/svg";

/** An element of HTML: `h("p", {class: "note"}, "text", child)`; a function under `onclick` and the like listens. */
export function h(tag, attributes = {}, ...children) {
  return fitted(document.createElement(tag), attributes, children);
}

/** The same of SVG. */
export function s(tag, attributes = {}, ...children) {
  return fitted(document.createElementNS(SVG, tag), attributes, children);
}

function fitted(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Sets attributes of an element that is there. */
export function put(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** A number with a true minus sign; a dash where there is none. */
export function written(value, decimals = 2) {
  if (value === null || value === undefined) return "–";
  const text = Math.abs(value) < 0.5 * 10 ** -decimals ? (0).toFixed(decimals) : value.toFixed(decimals);
  return text.replace("-", "−");
}

/** A position between -1 and 1, with its sign. */
export const signed = (value) => (value > 0.005 ? "+" : "") + written(value);

/** What a position says, in the words that the document brings along. */
export function stance(doc, value) {
  for (const [below, word] of doc.stances) if (value < below) return word;
  return doc.stances[doc.stances.length - 1][1];
}

/** `1 person`, `3 people`. */
export const counted = (n, one, more) => `${n.toLocaleString("en")} ${n === 1 ? one : more || one + "s"}`;

/** A text that begins with a capital letter. */
export const capital = (text) => text[0].toUpperCase() + text.slice(1);
