"""Who takes part in a run, and how they stand, as a page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

import sim
from analysis.replay.feed import ties
from analysis.report import words

if TYPE_CHECKING:
    from sim import CoProduction, Scenario


def groups(scenario: Scenario) -> list[dict[str, Any]]:
    """The groups, with the letters and colours by which they are told apart."""
    letters = words.letters(scenario.groups)
    return [
        {
            "key": key,
            "title": words.called(group.title, key),
            "letter": letters[key],
            "size": group.size,
            "colour": n % len(words.GROUP_COLOURS),
        }
        for n, (key, group) in enumerate(scenario.groups.items())
    ]


def described(model: CoProduction, people: Sequence[int]) -> list[dict[str, Any]]:
    """What stays the same of everybody drawn: names, traits, barriers, and who follows whom."""
    names, p, following = words.Names(model.scenario), model.people, ties(model, people)
    barriers = {name: n for n, name in enumerate(sim.BARRIERS)}
    return [
        {
            "i": i,
            "g": int(p.group[i]),
            "short": names.short(i),
            "name": names.person(i),
            "power": round(float(p.power[i]), 2),
            "openness": round(float(p.openness[i]), 2),
            "barriers": {
                name: round(float(p.barriers[i, n]), 2)
                for name, n in barriers.items()
                if p.barriers[i, n] > 0
            },
            **following.get(i, {}),
        }
        for i in people
    ]


def state(model: CoProduction, people: Sequence[int]) -> dict[str, Any]:
    """How everybody drawn stands: investment, views, and what each believes every group to think."""
    p, who = model.people, list(people)
    group = np.asarray(p.group)
    truth = np.array([p.views[group == g].mean(axis=0) for g in range(len(model.group_names))])
    return {
        "engagement": _rounded(p.engagement[who]),
        "active": np.asarray(p.active[who]).astype(int).tolist(),
        "views": _rounded(p.views[who]),
        "believes": _rounded(model.beliefs()[who]),
        "sure": _rounded(p.certainty[who]),
        "truth": _rounded(truth),
        "spoke": np.asarray(p.contributions[who]).tolist(),
        "kept": np.asarray(p.captured[who]).tolist(),
        "attended": np.asarray(p.attended[who]).tolist(),
    }


def _rounded(values: np.ndarray) -> list[Any]:
    found: list[Any] = np.round(np.asarray(values, float), 2).tolist()
    return found
