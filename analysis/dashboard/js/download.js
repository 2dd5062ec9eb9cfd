/* A button that fetches a file from the server and hands it to the browser to keep. */

import { h } from "../../replay/js/dom.js";

/** `ask()` asks the server for the file; the returned function takes {name, type} and its bytes, or {wrong: sentence}. */
export function download(el, label, look, ask) {
  const button = h("button", { type: "button", class: `button ${look}`, onclick: () => { if (!button.disabled) { button.disabled = true; button.textContent = "Making it …"; ask(); } } }, label);
  el.replaceChildren(button);
  const ready = () => { button.disabled = false; button.textContent = label; };
  return {
    take(said, bytes) {
      ready();
      if (said.wrong) return;
      const address = URL.createObjectURL(new Blob([bytes], { type: said.type }));
      const link = h("a", { href: address, download: said.name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 10000);
    },
    named(now) { label = now; if (!button.disabled) ready(); },
  };
}
