"""Links that carry a whole run: the scenario as it stands, the seed, and which model it was made with.

Whoever opens such a link elsewhere gets the same numbers, without asking the place where it was made: nothing is kept
on a server. A model that has changed since is told.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, quote, urlencode

import scenarios
import sim
from sim import Scenario, ScenarioError

LONGEST: Final = 12_000  # characters in a link; browsers and servers take more, mail programs often do not
LARGEST: Final = 1_000_000  # bytes that a link may unfold to
NOT_A_LINK: Final = "This link is damaged: part of it is missing or was changed on the way. Ask for it again, or start from a scenario of the library."


@dataclass(frozen=True)
class Run:
    """One run that is looked at: what is simulated, and which world."""

    scenario: Scenario
    seed: int = 1
    replicate: int = 0
    note: str = ""
    """What a reader should know of where it comes from."""


def plain(scenario: Scenario) -> dict[str, Any]:
    """A scenario as a table that stands on its own: without the base and the templates that it was made from."""
    table = scenario.model_dump(
        mode="json", exclude={"base", "templates"}, exclude_none=True, round_trip=True
    )
    for session in table["sessions"].values():
        session.pop("template", None)  # its fields stand in the session already
    return table


def query(run: Run) -> str:
    """The part of an address behind the `?`: the name of a scenario of the library, or a whole scenario.

    Raises
    ------
    sim.ScenarioError : the scenario is too long for a link.
    """
    where = f"&seed={run.seed}" + (f"&replicate={run.replicate}" if run.replicate else "")
    if in_library(run.scenario):
        return f"scenario={quote(run.scenario.name)}&version={version('coprod')}{where}"
    text = packed(run)
    if len(text) > LONGEST:
        msg = "This scenario is too long for a link; save it as a file and pass that on."
        raise ScenarioError(msg)
    return f"run={text}"


def query_of_several(runs: Sequence[Run], **more: int) -> str:
    """The part of an address that carries several runs in the same worlds, in their order, and numbers beside them.

    Raises
    ------
    sim.ScenarioError : together the scenarios are too long for a link.
    """
    parts = [
        f"scenario={quote(run.scenario.name)}" if in_library(run.scenario) else f"run={packed(run)}"
        for run in runs
    ]
    said = {"version": version("coprod"), "seed": runs[0].seed, **more}
    text = "&".join([*parts, *(f"{key}={value}" for key, value in said.items())])
    if len(text) > LONGEST:
        msg = "Together these scenarios are too long for a link; save them as files and pass those on."
        raise ScenarioError(msg)
    return text


def opened_several(search: str | None) -> tuple[Run, ...]:
    """The runs that an address asks for, in their order, all in the worlds of one seed; none if it asks for none.

    Raises
    ------
    sim.ScenarioError : it asks for something that is not there.
    """
    said = parse_qsl((search or "").lstrip("?"))
    shared = [(key, value) for key, value in said if key in ("seed", "replicate", "version")]
    runs = [opened(urlencode([part, *shared])) for part in said if part[0] in ("run", "scenario")]
    found = [run for run in runs if run is not None]
    seed = dict(shared).get("seed")
    if seed is None:
        return tuple(found)
    return tuple(replace(run, seed=_checked(_number(seed), 0)[0]) for run in found)


def number(search: str | None, key: str) -> int | None:
    """A number that stands in an address; None if it is not there.

    Raises
    ------
    sim.ScenarioError : something else stands there.
    """
    text = dict(parse_qsl((search or "").lstrip("?"))).get(key)
    return None if text is None else _number(text)


def in_library(scenario: Scenario) -> bool:
    """Does the library hold this very scenario?"""
    return scenario.name in scenarios.names() and scenarios.load(scenario.name) == scenario


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ScenarioError(NOT_A_LINK) from None


def packed(run: Run) -> str:
    """A whole run as a text of letters, digits, - and _."""
    said = {
        "v": version("coprod"),
        "m": sim.sources_digest()[:12],
        "seed": run.seed,
        "r": run.replicate,
        "s": plain(run.scenario),
    }
    raw = zlib.compress(json.dumps(said, separators=(",", ":")).encode(), 9)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unpacked(text: str) -> Run:
    """The run that a text from a link holds.

    Raises
    ------
    sim.ScenarioError : it holds none, or one with mistakes.
    """
    try:
        unzip = zlib.decompressobj()
        raw = unzip.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), LARGEST)
        if unzip.unconsumed_tail or not unzip.eof:
            raise ValueError
        said = json.loads(raw)
        table, seed, replicate = dict(said["s"]), int(said["seed"]), int(said["r"])
        made, model = str(said["v"]), str(said["m"])
    except (ValueError, KeyError, TypeError, zlib.error, RecursionError):
        raise ScenarioError(NOT_A_LINK) from None
    table.pop("base", None)  # a link stands on its own, and reads no files
    return Run(scenarios.load(table), *_checked(seed, replicate), _from_another_model(made, model))


def opened(search: str | None) -> Run | None:
    """The run that an address asks for; None if it asks for none.

    Parameters
    ----------
    search : the part of the address behind the `?`.

    Raises
    ------
    sim.ScenarioError : it asks for something that is not there.
    """
    asked = {key: values[0] for key, values in parse_qs((search or "").lstrip("?")).items()}
    if "run" in asked:
        return unpacked(asked["run"])
    if "scenario" not in asked:
        return None
    name = asked["scenario"]
    if name not in scenarios.names():
        msg = f"There is no scenario {name[:60]!r} in the library; known are {', '.join(scenarios.names())}."
        raise ScenarioError(msg)
    seed, replicate = _number(asked.get("seed", "1")), _number(asked.get("replicate", "0"))
    made = asked.get("version", version("coprod"))
    note = "" if made == version("coprod") else _from_another_model(made, "")
    return Run(scenarios.load(name), *_checked(seed, replicate), note)


def seed_of(value: Any) -> int:
    """The seed that somebody typed.

    Raises
    ------
    sim.ScenarioError : it is no whole number from 0 on.
    """
    if not isinstance(value, int | float) or value != int(value) or not 0 <= value < 2**53:
        msg = "A seed is a whole number from 0 on: any will do, and the same seed gives the same people and the same luck."
        raise ScenarioError(msg)
    return int(value)


def _checked(seed: int, replicate: int) -> tuple[int, int]:
    if not (0 <= seed < 2**63 and 0 <= replicate < 2**31):
        raise ScenarioError(NOT_A_LINK)
    return seed, replicate


def _from_another_model(made: str, model: str) -> str:
    if made == version("coprod") and model == sim.sources_digest()[:12]:
        return ""
    return f"This link was made with another model (coprod {made[:20]}; this is {version('coprod')}): numbers may differ from what was seen there."
