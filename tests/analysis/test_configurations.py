"""Crisp-set QCA, against the published analysis of the Lipset data, and against brute force."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scenarios
import sim
from analysis import configurations
from analysis.configurations import formula

HERE = Path(configurations.__file__).parents[1]

# Lipset's indicators for the survival of democracy between the wars, as calibrated by Rihoux & De Meur (2009); the cases of
# each row, the fits and the simplifying assumptions below are those that the R package QCA 3.x gives for the same data.
CONDITIONS = ("DEV", "URB", "LIT", "IND", "STB")
LIPSET = """AU 10110 0; BE 11111 1; CZ 11111 1; EE 00101 0; FI 10101 1; FR 10111 1; DE 11110 0; GR 00000 0; HU 00100 0;
IE 10101 1; IT 00001 0; NL 11111 1; PL 00100 0; PT 00000 0; RO 00001 0; ES 00000 0; SE 10111 1; UK 11111 1"""
PUBLISHED = {
    (1, 1, 1, 1, 1): (1, "BE CZ NL UK"), (1, 0, 1, 0, 1): (1, "FI IE"), (1, 0, 1, 1, 1): (1, "FR SE"),
    (0, 0, 0, 0, 0): (0, "GR PT ES"), (0, 0, 0, 0, 1): (0, "IT RO"), (0, 0, 1, 0, 0): (0, "HU PL"),
    (0, 0, 1, 0, 1): (0, "EE"), (1, 0, 1, 1, 0): (0, "AU"), (1, 1, 1, 1, 0): (0, "DE"),
}  # fmt: skip


def lipset(negated=False):
    rows = [row.split() for row in LIPSET.split(";")]
    table = pd.DataFrame(
        [[int(x) for x in sets + out] for _, sets, out in rows], columns=[*CONDITIONS, "SURV"]
    )
    return table.assign(SURV=1 - table["SURV"]) if negated else table


def formulas(solution):
    return [formula(model, CONDITIONS) for model in solution.models]


def test_the_truth_table_is_the_published_one():
    found = configurations.analyse(lipset(), "SURV")
    observed = {row.combination: (row.output, row.cases) for row in found.rows if row.cases}
    assert observed == {sets: (out, len(cases.split())) for sets, (out, cases) in PUBLISHED.items()}
    assert sum(row.output == "?" for row in found.rows) == 32 - 9


def test_the_solutions_are_the_published_ones():
    found = configurations.analyse(lipset(), "SURV")
    assert formulas(found.complex) == ["DEV*~URB*LIT*STB + DEV*LIT*IND*STB"]
    assert formulas(found.parsimonious) == ["DEV*STB"]
    assert [(fit.coverage, fit.unique) for fit in found.complex.fits[0]] == [(0.5, 0.25), (0.75, 0.5)]
    assert found.complex.whole[0].coverage == found.complex.whole[0].consistency["mean"] == 1
    assert found.parsimonious.fits[0][0].coverage == 1


def test_the_solutions_for_the_breakdown_of_democracy_are_the_published_ones():
    found = configurations.analyse(lipset(negated=True), "SURV")
    assert formulas(found.complex) == ["~DEV*~URB*~IND + DEV*LIT*IND*~STB"]
    assert formulas(found.parsimonious) == ["~DEV + ~STB"]
    assert [(fit.coverage, fit.unique) for fit in found.parsimonious.fits[0]] == [(0.8, 0.3), (0.7, 0.2)]


def test_the_remainders_that_make_it_shorter_are_the_published_simplifying_assumptions():
    found = configurations.analyse(lipset(), "SURV")
    (term,) = found.parsimonious.models[0]
    assumed = [
        1 + int("".join(map(str, row.combination)), 2)
        for row in found.rows
        if row.output == "?" and configurations.covers(term, row.combination)
    ]
    assert assumed == [18, 20, 26, 28, 30]


def test_one_country_entered_wrongly_gives_another_truth_table():
    wrong = lipset()
    wrong.loc[14, "STB"] = 0  # Romania
    found = configurations.analyse(wrong, "SURV")
    assert {row.combination: row.cases for row in found.rows}[0, 0, 0, 0, 1] != 2


def test_necessity_of_the_lipset_data_by_hand():
    found = configurations.analyse(lipset(), "SURV").necessity
    assert found["DEV"].consistency["mean"] == 1  # all eight survivors are developed
    assert found["DEV"].coverage == 8 / 10  # and of ten developed ones eight survived
    assert found["DEV"].relevance == 8 / 10
    assert found["LIT"].coverage == pytest.approx(8 / 13)
    assert found["LIT"].relevance == 5 / 10
    assert found["URB"].consistency["mean"] == 4 / 8
    assert found["~URB"].consistency["mean"] == 4 / 8


def test_equally_short_formulas_are_all_given():
    """The prime implicant chart of the CVF data in the R package QCA, with its four published models."""
    rows = (5, 15, 16, 24, 27, 29, 30, 31, 32)
    chart = {
        "~NATPRIDE": (5, 15, 27, 29, 31), "~DEMOC*ETHFRACT*POLDIS": (15, 16), "DEMOC*ETHFRACT*GEOCON": (29, 30, 31, 32),
        "DEMOC*ETHFRACT*~POLDIS": (29, 30), "DEMOC*GEOCON*POLDIS": (24, 31, 32), "ETHFRACT*GEOCON*POLDIS": (15, 16, 31, 32),
    }  # fmt: skip
    names = ("DEMOC", "ETHFRACT", "GEOCON", "POLDIS", "NATPRIDE")

    def term(text):
        parts = {part.removeprefix("~"): 0 if part.startswith("~") else 1 for part in text.split("*")}
        return tuple(parts.get(name) for name in names)

    models = configurations.smallest_covers(
        {term(text): frozenset(at) for text, at in chart.items()}, frozenset(rows)
    )
    always = {"~NATPRIDE", "DEMOC*GEOCON*POLDIS"}
    assert {frozenset(formula(model, names).split(" + ")) for model in models} == {
        frozenset(always | {one, other})
        for one, other in (
            ("~DEMOC*ETHFRACT*POLDIS", "DEMOC*ETHFRACT*GEOCON"), ("~DEMOC*ETHFRACT*POLDIS", "DEMOC*ETHFRACT*~POLDIS"),
            ("DEMOC*ETHFRACT*GEOCON", "ETHFRACT*GEOCON*POLDIS"), ("DEMOC*ETHFRACT*~POLDIS", "ETHFRACT*GEOCON*POLDIS"),
        )
    }  # fmt: skip


def test_a_tie_is_said():
    ring = [(0, 0, 1), (0, 1, 1), (0, 1, 0), (1, 1, 0), (1, 0, 0), (1, 0, 1)]  # the textbook's cyclic chart
    table = pd.DataFrame(
        [[*c, int(c in ring)] for c in itertools.product((0, 1), repeat=3)], columns=[*"ABC", "Y"]
    )
    found = configurations.analyse(table, "Y")
    assert len(found.complex.models) == 2
    assert any("ambiguous: 2 formulas are equally short" in text for text in configurations.sentences(found))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([0, 1, "?"]), min_size=8, max_size=8))
def test_a_minimised_formula_says_what_it_must_and_no_shorter_one_does(outputs):
    combinations = list(itertools.product((0, 1), repeat=3))
    true = [c for c, out in zip(combinations, outputs, strict=True) if out == 1]
    free = [c for c, out in zip(combinations, outputs, strict=True) if out == "?"]
    models = configurations.minimised(true, free)
    terms = list(itertools.product((0, 1, None), repeat=3))

    def right(model):
        says = [any(configurations.covers(term, c) for term in model) for c in combinations]
        return all(out in ("?", int(said)) for out, said in zip(outputs, says, strict=True))

    assert all(right(model) for model in models)
    shortest = len(models[0])
    assert {len(model) for model in models} == {shortest}
    shorter = itertools.combinations(terms, shortest - 1) if shortest else ()
    assert not any(right(model) for model in shorter)


def test_rows_with_few_cases_are_remainders_and_mixed_rows_are_said():
    table = pd.DataFrame(
        {"A": [1] * 10 + [0] * 10 + [1], "B": [1] * 20 + [0], "Y": [1] * 9 + [0] + [0] * 10 + [1]}
    )
    found = configurations.analyse(table, "Y", frequency=2)
    outputs = {row.combination: row.output for row in found.rows}
    assert outputs == {(1, 1): 1, (0, 1): 0, (1, 0): "?", (0, 0): "?"}
    assert [formula(m, "AB") for m in found.complex.models] == ["A*B"]
    assert [formula(m, "AB") for m in found.parsimonious.models] == ["A"]
    said = " ".join(configurations.sentences(found))
    assert "1 of 2 observed combinations are contradictory" in said
    strict = configurations.analyse(table, "Y", frequency=2, consistency=0.95)
    assert strict.complex.models == ((),)
    assert any("No combination is sufficient" in text for text in configurations.sentences(strict))


def test_cases_drawn_anew_say_how_much_a_solution_rests_on_them():
    rng = np.random.default_rng(1)
    clear = pd.DataFrame(rng.integers(0, 2, (200, 2)), columns=["A", "B"])
    clear["Y"] = clear["A"] & clear["B"]
    luck = clear.assign(Y=rng.random(200) < 0.8)
    assert configurations.analyse(clear, "Y", resamples=50).complex.returns == 1
    assert configurations.analyse(luck, "Y", resamples=50).complex.returns < 0.7


@pytest.mark.kernel
def test_simulated_cases_show_what_the_model_is_made_to_do():
    """Nobody can come by travelling where the barrier is high, and the digital barrier is not met around a table."""
    around = scenarios.load("shared-decision", set=["setting=same/same"])
    found, cases = configurations.simulated(
        around, "accessibility=0.5", ["travel=0.5", "digital=0.5"], cases=150, consistency=0.75
    )
    assert len(cases) == 150
    names = found.conditions
    assert [formula(model, names) for model in found.parsimonious.models] == ["~travel"]
    assert found.labels == {
        "travel": "travel is 0.50 or more", "digital": "digital is 0.50 or more",
        "accessibility": "accessibility is 0.50 or more",
    }  # fmt: skip


@pytest.mark.kernel
def test_an_outcome_on_the_way_may_be_a_condition():
    found, cases = configurations.simulated(
        scenarios.load("shared-decision"), "agreement", ["openness", "alignment", "time=different"], cases=60
    )
    assert found.conditions == ("openness", "alignment", "time")
    assert found.labels["time"] == "time is different"
    assert "alignment" in cases


@pytest.mark.parametrize(
    ("outcome", "conditions", "said"),
    [
        ("agreemnt", (), "outcome: nothing called 'agreemnt' is observed; did you mean 'agreement'?"),
        ("agreement", ("opennes",), "conditions: there is no 'opennes' .*did you mean 'openness'?"),
        ("agreement", ("openness", "openness=0.3"), "conditions: openness is named twice"),
        ("agreement", ("agreement",), "conditions: agreement is the outcome"),
        ("agreement", ("alignment",), "conditions: name at least one dimension of the context"),
        ("agreement", ("travel", "digital", "schedule", "communication", "size", "time", "space", "trust", "openness"),
         "conditions: name at most 8, found 9"),
    ],
)  # fmt: skip
def test_a_condition_that_is_not_there_is_told(outcome, conditions, said):
    with pytest.raises(sim.ScenarioError, match=said.replace("?", r"\?")):
        configurations.simulated(scenarios.load("shared-decision"), outcome, conditions)


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        (["openness=2"], "openness: openness is 2.00 or more in no case, which divides nothing"),
        (["openness=much"], "openness: the value from which it is there must be a number, found 'much'"),
        (["time=never"], "time: it comes as same, blended, different, found 'never'"),
    ],
)
def test_a_threshold_that_divides_nothing_is_told(conditions, said):
    with pytest.raises(sim.ScenarioError, match=said):
        configurations.simulated(scenarios.load("shared-decision"), "agreement", conditions, cases=10)


def coprod(*arguments):
    command = [sys.executable, "-m", "analysis", *map(str, arguments)]
    return subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.kernel
def test_the_command_prints_json_or_tables_and_keeps_both(tmp_path):
    asked = [
        "configurations",
        "shared-decision",
        "--cases",
        60,
        "--conditions",
        "openness",
        "--conditions",
        "time",
    ]
    done = coprod(*asked, "--json", "--out", tmp_path / "kept")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found["truth_table"]) == 4
    assert sum(row["cases"] for row in found["truth_table"]) == found["cases"] == 60
    kept = {path.name for path in (tmp_path / "kept").iterdir()}
    assert kept == {
        "configurations.json",
        "cases.csv",
        "cases.parquet",
        "truth-table.csv",
        "truth-table.parquet",
    }
    told = coprod(*asked)
    assert told.returncode == 0
    assert "complex solution" in " ".join(told.stdout.split())
    wrong = coprod("configurations", "shared-decision", "--conditions", "weather")
    assert wrong.returncode == 2
    assert len(wrong.stderr.splitlines()) == 1


@pytest.mark.parametrize("odd", [float("nan"), 0.5, 2])
def test_cases_that_are_not_crisp_are_refused_with_the_case(odd):
    cases = pd.DataFrame({"A": [0, 1, 1], "Y": [1, 0, odd]})
    with pytest.raises(sim.ScenarioError, match=r"Y: each case must be 0 or 1, found .* in case 2"):
        configurations.analyse(cases, "Y")
    with pytest.raises(sim.ScenarioError, match="outcome: the table has no column 'Z'"):
        configurations.analyse(cases, "Z")
