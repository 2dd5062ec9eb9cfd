"""Files to take away, made when they are asked for; nothing of them stays on the server."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import anywidget
import solara
import traitlets

from analysis.dashboard import trouble
from analysis.dashboard.controls import JS
from analysis.look import bundle


@dataclass(frozen=True)
class File:
    """A file: its name, its type (MIME), and what is in it."""

    name: str
    type: str
    content: bytes


class Button(anywidget.AnyWidget):
    """A button in the browser, and the way of a file to it."""

    _esm = (
        bundle(JS / "download.js")
        + """
export default { render({ model, el }) {
  let count = 0;
  const button = download(el, model.get("label"), model.get("look"), () => { model.set("asked", ++count); model.save_changes(); });
  model.on("change:label", () => button.named(model.get("label")));
  model.on("msg:custom", (said, buffers) => button.take(said, buffers[0]));
} };"""
    )
    label = traitlets.Unicode().tag(sync=True)
    look = traitlets.Unicode().tag(sync=True)
    asked = traitlets.Int(0).tag(sync=True)
    make = traitlets.Any()

    @traitlets.observe("asked")
    def _asked(self, _: Any) -> None:
        threading.Thread(target=self._hand_over, daemon=True).start()

    def _hand_over(self) -> None:  # a widget has a `_send` of its own
        try:
            file = self.make()
        except Exception as error:  # noqa: BLE001 - told on the page, whatever it is
            trouble.tell(error)
            self.send({"wrong": True})
            return
        self.send({"name": file.name, "type": file.type}, buffers=[file.content])


@solara.component
def Download(label: str, make: Callable[[], File], look: str = "") -> None:
    """A button that makes a file and hands it to the browser. Making it may take seconds: the button says so."""
    Button.element(label=label, look=look, make=make)
