"""What every mechanism, parameter and room of the house promises."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import sim
from sim import parameters, setting
from sim.accounts import keep_accounts
from sim.extensions.creativity import create
from sim.extensions.enactment import enact
from sim.extensions.mobilisation import mobilise
from sim.mechanisms.access import arrive
from sim.mechanisms.assets import name_assets
from sim.mechanisms.decision import decide
from sim.mechanisms.dialogue import converse
from sim.mechanisms.intentions import share_intentions
from sim.mechanisms.interpretation import interpret
from sim.mechanisms.leaving import leave, let_weeks_pass
from sim.mechanisms.persuasion import persuasion
from sim.mechanisms.platform import rank_feed
from sim.mechanisms.understanding import seek_understanding
from sim.plan import meeting_at, turn_to
from sim.scenario import AGENDAS, MECHANISMS, THEMES
from tests.sim.worlds import same_bits, scenario, weekly

HERE = Path(sim.__file__).parent
RULES = sorted(
    path
    for room in ("mechanisms", "extensions")
    for path in (HERE / room).glob("*.py")
    if path.name not in ("__init__.py", "session.py")
)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_mechanism_names_its_source_or_says_that_it_is_judgement(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = [
        node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
    ]
    texts = [ast.get_docstring(node) or "" for node in documented]
    assert all(texts), "everything has a docstring"
    assert any("source" in text.lower() or "judgement" in text.lower() for text in texts)


# ---- writes as declared ----------------------------------------------------------------------------------------------

PHASES = {
    let_weeks_pass: {"people": {"certainty", "views"}},
    arrive: {"people": {"invited", "attended", "by_channel", "minutes_invited", "minutes_used"}},
    share_intentions: {"people": {"openness", "trust"}},
    name_assets: {"people": {"recognised"}},
    converse: {
        "people": {
            "contributions", "said", "heard", "picture", "certainty", "views", "trust", "captured", "latest",
        },
        "record": {"*"},
        "ledger": {"flow"},
        "commons": {
            "parent", "answers", "reads", "reached", "waits", "earlier", "latest", "inbox", "in_mind", "opened", "answered",
            "answers_got", "taken_down", "legitimacy", "posted",
        },
    },
    create: {
        "people": {
            "contributions", "said", "heard", "picture", "certainty", "views", "trust", "captured", "latest",
        },
        "record": {"*"},
        "ledger": {"flow"},
        "commons": {"parent", "answers", "reads", "reached", "waits", "earlier", "latest", "opened", "posted"},
    },
    rank_feed: {"commons": {"ranked", "feed", "order"}},
    interpret: {
        "people": {"cursor", "entries_read", "picture", "certainty", "views", "trust", "openness", "recognised", "heard"},
        "ledger": {"flow"},
        "commons": {
            "reads", "read", "reached", "inbox", "in_mind", "minded", "seen", "swept", "feed", "answers_read", "conflicts",
        },
    },
    seek_understanding: {"people": {"picture", "certainty", "answers_read"}, "board": {"*"}},
    decide: {"people": {"trust", "engagement"}, "draft": {"*"}},
    leave: {"people": {"engagement", "active"}},
    enact: {"people": {"trust", "engagement"}},
    mobilise: {"people": {"engagement", "active"}},
    keep_accounts: {"ledger": {"hours", "money", "wheels"}},
}  # fmt: skip


# What a phase sets to what it is already, in a run that is the first in its world.
CLEARED = {converse: {"reads", "reached"}, create: {"answers", "reads", "reached"}}


def busy():
    groups = {
        name: {"size": 6, "views": {"topic": mean}, "assets": {"lived": 0.7}, "engagement": 0.5}
        for name, mean in (("carers", 0.5), ("nurses", -0.4))
    }
    meeting = {
        "theme": "refine",
        "setting": "blended/blended",
        "minutes": 150,
        "decide": True,
        "facilitation": 0.2,
        "platform": {"answering": 0.7, "order": "answered", "feed_window": 20, "moderation": 0.5},
    }
    values = {"dropout_shape": 1, "creativity": 0.5, "mobilisation": 1, "enactment": 0.5, "post_seconds": 100}
    groups["nurses"]["tolerance"] = 0.3
    return scenario(groups, weekly(6, **meeting), ("topic", "place"), parameters=values)


def written_by_phase():
    """Which arrays each phase of a session changes, over a whole process."""
    model = sim.CoProduction(busy())
    work, written = model._workspace, {phase: set() for phase in PHASES}
    for t in range(6):
        turn_to(work.meeting, work.plan, t)
        for phase in PHASES:
            before = [[array.copy() for array in part] for part in model.state]
            phase(work.world, work.meeting, work.setup)
            for name, part, old in zip(model.state._fields, model.state, before, strict=True):
                for field, array, was in zip(part._fields, part, old, strict=True):
                    if name != "room" and not same_bits(array, was):
                        written[phase].add((name, field))
    return written


@pytest.mark.kernel
def test_every_phase_writes_what_it_declares_and_nothing_else():
    for phase, changed in written_by_phase().items():
        declared = PHASES[phase]
        for part, field in changed:
            assert part in declared, (phase.__name__, part, field)
            assert "*" in declared[part] or field in declared[part], (phase.__name__, part, field)
        for part in ("people", "commons"):
            for field in declared.get(part, set()) - CLEARED.get(phase, set()):
                assert (part, field) in changed, (phase.__name__, field, "was declared and never written")


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.__name__)
def test_the_docstring_of_a_phase_names_what_it_writes(phase):
    through_documentation = {"captured", "latest"}
    for field in PHASES[phase].get("people", set()) - through_documentation:
        assert field in phase.__doc__, field


# ---- parameters ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parameter", parameters.PARAMETERS, ids=lambda parameter: parameter.name)
def test_every_parameter_says_its_unit_its_source_and_how_sure_it_is(parameter):
    low, high = parameter.bounds
    least, most = parameter.plausible
    assert low <= least <= parameter.default <= most <= high
    assert parameter.sampled == (least < most) == (parameter.name not in parameters.OPTIONAL)
    assert parameter.unit
    assert len(parameter.meaning) > 15
    assert parameter.source
    assert parameter.sure in ("high", "medium", "low")
    if parameter.sure == "high":
        assert not parameter.source.startswith("judgement")


def test_parameters_have_names_of_their_own_and_every_one_is_used():
    names = [parameter.name for parameter in parameters.PARAMETERS]
    assert len(set(names)) == len(names)
    code = "".join(
        path.read_text(encoding="utf-8") for path in HERE.rglob("*.py") if path.name != "parameters.py"
    )
    assert [name for name in names if f"values.{name}" not in code] == []


def test_a_parameter_outside_its_bounds_is_refused():
    table = {"groups": {"people": {"size": 2}}, "sessions": weekly(1)}
    for parameter in parameters.PARAMETERS:
        for end in parameter.bounds:
            scenario(**table, parameters={parameter.name: end})
        with pytest.raises(ValueError, match="must lie between"):
            scenario(**table, parameters={parameter.name: parameter.bounds[1] + 1})


# ---- the grid and the agendas ---------------------------------------------------------------------------------------


def test_nine_cells_are_the_nine_products_of_what_time_and_space_offer():
    offers = {cell: tuple(setting.channels(cell)) for cell in setting.cells()}
    assert len(offers) == len(set(offers.values())) == 9
    live = {"same": (1, 0), "blended": (1, 1), "different": (0, 1)}
    onsite = {"same": (1, 0), "blended": (1, 1), "distributed": (0, 1)}
    for cell, offered in offers.items():
        time, space = cell.split("/")
        assert offered == tuple(bool(t * s) for t in live[time] for s in onsite[space])


@pytest.mark.parametrize(
    ("reading", "interaction", "fidelity"),
    [
        ("media", (1, 0.5, 0.5, 0), (1, 0.5, 0.5, 0)),
        ("diagonal", (1, 0.5, 0.5, 0), (0.5, 1, 0, 0.5)),
        ("vertical", (1, 1, 0, 0), (1, 1, 0, 0)),
    ],
)
def test_the_three_readings_of_the_grid_are_those_of_the_reference(reading, interaction, fidelity):
    assert setting.HUMAN_INTERACTION[reading] == interaction
    assert setting.SOCIAL_FIDELITY[reading] == fidelity
    for channel, cell in enumerate(
        ("same/same", "same/distributed", "different/same", "different/distributed")
    ):
        expected = tuple(0.2 + 0.8 * scale[channel] for scale in (interaction, fidelity))
        assert setting.scores(cell, reading, 0.2, 1.0) == pytest.approx(expected)
    everything = setting.scores("blended/blended", reading, 0, 1)
    assert everything == pytest.approx((np.mean(interaction), np.mean(fidelity)))


def test_agendas_by_theme_are_those_of_the_reference_and_fill_the_session():
    assert tuple(AGENDAS) == THEMES
    for shares in AGENDAS.values():
        assert len(shares) == len(MECHANISMS)
        assert sum(shares) == pytest.approx(1)
    assert AGENDAS["why"] == (0.40, 0.10, 0.30, 0.05, 0.05, 0.10)
    assert AGENDAS["who"] == (0.20, 0.40, 0.25, 0.05, 0.05, 0.05)
    assert AGENDAS["how"] == (0.10, 0.10, 0.40, 0.15, 0.10, 0.15)
    assert AGENDAS["what"] == (0.05, 0.05, 0.45, 0.20, 0.10, 0.15)
    assert AGENDAS["refine"] == (0.05, 0.05, 0.25, 0.15, 0.25, 0.25)
    assert AGENDAS["result"] == (0.05, 0.05, 0.20, 0.15, 0.20, 0.35)
    assert AGENDAS["reflect"] == (0.25, 0.10, 0.25, 0.10, 0.15, 0.15)


@pytest.mark.parametrize(("time", "live"), [("same", 90), ("blended", 60), ("different", 0)])
def test_minutes_are_one_budget_that_blended_time_splits(time, live):
    from sim.plan import make_plan

    scene = scenario({"people": {"size": 4}}, weekly(1, setting=f"{time}/same", minutes=90))
    meeting = meeting_at(make_plan(scene), 0)
    assert meeting.live_minutes == pytest.approx(live)
    assert meeting.live_minutes + meeting.later_minutes == pytest.approx(90)


def test_dials_and_contexts_multiply_and_side_effects_never_exceed_1():
    from sim.plan import make_plan

    scene = scenario(
        {"people": {"size": 4}},
        weekly(1, theme="what", dials={"dialogue": 0.5}),
        dials={"dialogue": 0.5, "assets": 0.2},
        context={
            "noise": {"effects": {"dialogue": 0.5}, "themes": ["what"]},
            "elsewhere": {"effects": {"dialogue": 0}, "themes": ["why"]},
            "help": {"effects": {"interpretation": 3}},
        },
    )
    plan = make_plan(scene)
    assert plan.minutes[0] == pytest.approx(np.array(AGENDAS["what"]) * [1, 0.2, 0.125, 1, 3, 1])
    assert plan.dials[0] == pytest.approx([1, 0.2, 0.125, 1, 1, 1])


# ---- persuasion ----------------------------------------------------------------------------------------------------


def test_persuasion_is_1_at_no_distance_falls_and_vanishes_at_the_latitude_without_repulsion():
    smooth, step, flat = range(3)
    distances = np.linspace(0, 2, 201)
    curve = np.array([persuasion(d, 0.8, smooth) for d in distances])
    assert curve[0] == 1
    assert (np.diff(curve) <= 0).all()
    assert (curve >= 0).all()
    assert persuasion(0.8, 0.8, smooth) == 0
    assert (curve[distances > 0.8] == 0).all()
    shift = curve * distances
    assert 0.2 < distances[np.argmax(shift)] < 0.6, "the shift is largest at a middle distance"
    assert [persuasion(d, 0.8, step) for d in (0, 0.8, 0.8000001)] == [1, 1, 0]
    assert [persuasion(d, 0.8, flat) for d in (0, 2)] == [1, 1]


# ---- the house -----------------------------------------------------------------------------------------------------


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("path", sorted(HERE.rglob("*.py")), ids=lambda path: str(path.relative_to(HERE)))
def test_the_model_imports_nothing_of_scenarios_or_analysis(path):
    rooms = {name.split(".")[0] for name in imports_of(path)}
    assert rooms.isdisjoint({"scenarios", "analysis", "tests", "benchmarks"})


def test_the_model_draws_no_global_random_numbers_and_reads_no_clock_in_its_rules():
    for path in [*RULES, HERE / "session.py", HERE / "people.py", HERE / "outcomes.py", HERE / "run.py"]:
        code = path.read_text(encoding="utf-8")
        assert "np.random" not in code, path
        assert "import random" not in code, path
        assert "import time" not in code, path


def loaded_after(statement):
    code = f"import sys; {statement}; print(*sorted(name for name in sys.modules if '.' not in name))"
    return set(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
    )


def test_reading_a_scenario_waits_for_neither_compiler_nor_mesa():
    loaded = loaded_after("import sim, scenarios; scenarios.load('citizens-blended')")
    assert loaded.isdisjoint({"numba", "llvmlite", "mesa", "pandas", "scipy", "matplotlib", "solara"})
    assert {"sim", "scenarios"} <= loaded
    assert "numba" in loaded_after("import sim; sim.simulate")


def test_the_public_names_of_the_model_are_these():
    assert {
        "CoProduction",
        "Participant",
        "Scenario",
        "simulate",
        "OUTCOMES",
        "memory_needed",
        "compiled",
    } <= set(sim.__all__)
    assert {"CoprodError", "ScenarioError", "TooBigError", "Runs", "Event", "Outcome", "json_schema"} <= set(
        sim.__all__
    )
    for name in sim.__all__:
        assert getattr(sim, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        sim.simulat  # noqa: B018
