"""Small worlds for the tests, built from the product's own settings, and small tools to look at them."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

import sim
from sim.setting import cells

# Compiled calls take what they take, and what fails here should fail everywhere.
QUICKLY = settings(deadline=None, max_examples=25, database=None, derandomize=True)
FEW = settings(QUICKLY, max_examples=12)

# Everybody attends fully, says what they think and takes it in as it was said; nobody tires, nobody leaves.
CLEAR = {
    "fidelity_low": 1, "fidelity_high": 1, "noise": 0, "distortion": 0, "self_silencing": 0, "biased_assimilation": 0,
    "trust_gain": 0, "accountability": 0, "dropout_hazard": 0, "disengage_unheard": 0, "disengage_absent": 0,
    "talkativeness_spread": 0,
}  # fmt: skip
# Engagement stays what it is.
STEADY = dict.fromkeys(
    (
        "engage_heard", "engage_recognised", "engage_interaction", "disengage_unheard", "disengage_absent",
        "accountability", "dropout_hazard",
    ),
    0,
)  # fmt: skip
SILENT = dict.fromkeys(
    ("intentions", "assets", "dialogue", "documentation", "interpretation", "understanding"), 0
)


def exactly(mean):
    """A trait without spread."""
    return {"mean": mean, "spread": 0}


def scenario(groups, sessions, issues=("topic",), **more):
    """A scenario from tables, with issues by name alone if there is no more to say of them."""
    issues = issues if isinstance(issues, dict) else {name: {} for name in issues}
    return sim.Scenario.model_validate(
        {"name": "test", "groups": groups, "issues": issues, "sessions": sessions, **more}
    )


def weekly(number, **session):
    """So many sessions alike, a week apart."""
    return {f"week-{week}": {"week": week, **session} for week in range(number)}


def willing(**group):
    """A group of people who always come, are open and fully engaged."""
    return {"openness": exactly(1), "engagement": exactly(1), "conviction": exactly(0), **group}


def changed(old, **more):
    """The same scenario with other top-level parts."""
    return sim.Scenario.model_validate(old.model_dump(mode="json") | more)


def held(scene, sessions=None, **how):
    """A run of the first sessions of a scenario, or of all."""
    model = sim.CoProduction(scene, **how)
    for _ in range(len(scene.sessions) if sessions is None else sessions):
        model.step()
    return model


def states(model):
    """Copies of the participants' arrays, by name."""
    return {name: array.copy() for name, array in model.people._asdict().items()}


def same_bits(one, other):
    """Are two arrays equal to the bit, NaN standing for NaN?"""
    return one.shape == other.shape and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


shares = st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.8, 1.0])


@st.composite
def traits(draw, low=0.0, high=1.0):
    """A mean and a spread."""
    return {"mean": draw(st.floats(low, high)), "spread": draw(st.sampled_from([0.0, 0.2, 1.0]))}


@st.composite
def small_scenarios(draw, groups=(1, 3), issues=(1, 3), sessions=(1, 3), **more):
    """Scenarios of a few people, issues and sessions, anywhere on the grid, with the whole range of settings."""
    themes = ["topic", "place", "money"][: draw(st.integers(*issues))]
    names = ["carers", "nurses", "authors"][: draw(st.integers(*groups))]
    least = 2 if len(names) == 1 else 1
    people = {
        name: {
            "size": draw(st.integers(least, 4)),
            "power": draw(traits(0.05)),
            "openness": draw(traits()),
            "engagement": draw(traits(0.3)),
            "trust": draw(traits()),
            "tolerance": draw(traits(0.1, 2)),
            "conviction": draw(traits()),
            "views": {k: draw(traits(-1)) for k in themes},
            "assets": {"lived": draw(traits())},
            "barriers": {b: draw(shares) * 0.6 for b in ("travel", "digital", "schedule", "communication")},
        }
        for name in names
    }
    weeks = sorted(draw(st.lists(st.integers(0, 12), min_size=sessions[0], max_size=sessions[1])))
    meetings = {
        f"meeting-{n}": {
            "week": week,
            "theme": draw(st.sampled_from(["why", "who", "how", "what", "refine", "result", "reflect"])),
            "setting": draw(st.sampled_from(cells())),
            "minutes": draw(st.sampled_from([5, 30, 90])),
            "circle_size": draw(st.integers(2, 6)),
            "facilitation": draw(shares),
            "turns": draw(st.sampled_from(["race", "round"])),
            "scribe": draw(shares),
            "captures_divergence": draw(shares),
            "supports": {"travel": draw(shares), "digital": draw(shares)},
            "decide": draw(st.booleans()),
        }
        for n, week in enumerate(weeks)
    }
    table = {
        "fidelity": draw(st.sampled_from(["media", "diagonal", "vertical"])),
        "kernel": draw(st.sampled_from(["smooth", "step", "flat"])),
        "decision": {"rule": draw(st.sampled_from(["majority", "70/15", "75", "80", "unanimity"]))},
    }
    return scenario(people, meetings, themes, **(table | more))
