"""Forms of native controls, labelled and reached by keyboard; and files to take away.

Solara's own controls are Vuetify's, a widget and its traffic for every single field, and some cannot be used without a
mouse. Here a whole form is one widget of the browser's own controls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import anywidget
import solara
import traitlets

from analysis.dashboard import trouble
from analysis.look import bundle

JS: Final = Path(__file__).parent / "js"
Field = dict[str, Any]


def select(key: str, label: str, value: str, options: Sequence[tuple[str, str]], **more: Any) -> Field:
    """One of several; options are (value, what it is called)."""
    return {
        "kind": "select",
        "key": key,
        "label": label,
        "value": value,
        "options": [list(o) for o in options],
        **more,
    }


def radio(key: str, label: str, value: str, options: Sequence[tuple[str, str]], **more: Any) -> Field:
    """One of a few, all of them in sight."""
    return {
        "kind": "radio",
        "key": key,
        "label": label,
        "value": value,
        "options": [list(o) for o in options],
        **more,
    }


def slider(key: str, label: str, value: float, low: float, high: float, step: float, **more: Any) -> Field:
    """A number between two others, by dragging or with the arrow keys.

    `unit` stands behind it; `percent` shows a share in per cent. It is told of while it is dragged or, where `settled`,
    when it is let go: for what takes long.
    """
    return {
        "kind": "range",
        "key": key,
        "label": label,
        "value": value,
        "low": low,
        "high": high,
        "step": step,
        **more,
    }


def number(
    key: str,
    label: str,
    value: float | None,
    low: float | None = None,
    high: float | None = None,
    **more: Any,
) -> Field:
    """A number that is typed; None if nothing is."""
    return {"kind": "number", "key": key, "label": label, "value": value, "low": low, "high": high, **more}


def text(key: str, label: str, value: str, most: int = 200, **more: Any) -> Field:
    """A line of text of at most so many characters."""
    return {"kind": "text", "key": key, "label": label, "value": value, "most": most, **more}


def check(key: str, label: str, value: bool, **more: Any) -> Field:
    """Yes or no."""
    return {"kind": "check", "key": key, "label": label, "value": value, **more}


def button(key: str, label: str, look: str = "", **more: Any) -> Field:
    """Something to do; `look` is "", "primary" or "danger"."""
    return {"kind": "button", "key": key, "label": label, "look": look, **more}


def link(label: str, address: str, **more: Any) -> Field:
    """A way to another page."""
    return {"kind": "link", "key": f"link {label}", "label": label, "value": address, **more}


def copy(label: str, address: str, **more: Any) -> Field:
    """A link to pass on, which goes to the clipboard."""
    return {"kind": "copy", "key": f"copy {label}", "label": label, "value": address, **more}


def upload(key: str, label: str, most: int, accept: str = ".toml", **more: Any) -> Field:
    """A text file of at most so many bytes; heard as {name, size, text}, text None where it is larger."""
    return {"kind": "file", "key": key, "label": label, "most": most, "accept": accept, **more}


class Form(anywidget.AnyWidget):
    """A form in the browser.

    What is done in it comes as messages: a state that is set twice before the server answers would arrive once, and a
    visitor who ticks two boxes quickly would find one of them unheard.
    """

    _esm = (
        bundle(JS / "controls.js")
        + """
export default { render({ model, el }) {
  const show = controls(el, (key, value) => model.send({ key, value }));
  const update = () => show(model.get("spec"));
  model.on("change:spec", update);
  update();
} };"""
    )
    spec = traitlets.Dict().tag(sync=True)
    hear = traitlets.Any()

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(lambda _, said, buffers: self.hear(said))


@solara.component
def Controls(
    fields: Sequence[Field],
    on_change: Callable[[str, Any], None],
    legend: str = "",
    *,
    row: bool = False,
    quiet: bool = False,
) -> None:
    """A form. `on_change(key, value)` hears of what is done; what goes wrong in it is told on the page.

    It may hear of the next thing before the page has been drawn with the one before. So it asks anew how things stand, and
    does not go by what they were when the form was drawn: the change before would be undone.

    Parameters
    ----------
    legend : what the form is about; `quiet` hides it from sight, not from screen readers.
    row : the fields stand side by side.
    """
    refused, set_refused = solara.use_state(0)  # what was refused does not stay in its field

    def act(said: dict[str, Any]) -> None:
        try:
            on_change(said["key"], said.get("value"))
        except Exception:
            set_refused(lambda before: before + 1)
            raise
        trouble.put_away()  # what went wrong before is mended, or done with

    heard = trouble.safely(act)
    spec = {
        "fields": [field for field in fields if field],
        "legend": legend,
        "row": row,
        "quiet": quiet,
        "refused": refused,
    }
    Form.element(spec=spec, hear=heard)
