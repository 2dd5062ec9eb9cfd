"""Whatever a file holds, reading it ends in a scenario or in plain sentences."""

import re
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scenarios
from sim.errors import ScenarioError
from sim.scenario import Scenario

OF_THE_MACHINERY = re.compile(
    r"pydantic|Traceback|validation error|Input should|Value error|value_error|<class"
)
TEXTS = [
    scenarios.path(name).read_text(encoding="utf-8")
    for name in ("citizens-blended", "tick-box", "shared-decision")
]
TABLES = [scenarios.read(name) for name in ("citizens-blended", "tick-box", "shared-decision")]
PIECES = [
    "[",
    "]",
    "{",
    "}",
    '"',
    "'",
    "=",
    ".",
    ",",
    "\n",
    "#",
    '"""',
    "nan",
    "-inf",
    "1e999",
    "9" * 400,
    "true",
    "\\",
    "\0",
    "é",
]

VALUES = st.one_of(
    st.floats(),
    st.integers(),
    st.integers(min_value=10**300, max_value=10**310),
    st.booleans(),
    st.text(max_size=8),
    st.sampled_from(["citizens", "same/same", "workshop", "what"]),
    st.just(date(2025, 1, 1)),
    st.lists(st.one_of(st.text(max_size=3), st.integers()), max_size=3),
    st.dictionaries(st.text(max_size=5), st.one_of(st.floats(), st.text(max_size=3)), max_size=3),
)
KEYS = st.one_of(
    st.text(max_size=8), st.sampled_from(["mean", "week", "template", "*", "a.b", "a\nb", "invited"])
)
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def judged(source, changes=()):
    """Load it and hold what is said to the house rules; whether it could be simulated."""
    try:
        found = scenarios.load(source, changes)
    except ScenarioError as mistake:
        found = str(mistake)
    if isinstance(found, Scenario):
        return True
    told = found.split("\n")
    assert all(told)
    assert len(told) <= 11
    assert not OF_THE_MACHINERY.search(found)
    return False


@st.composite
def mangled(draw):
    """A text of the library with a few pieces cut out, put in or moved."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.text(max_size=4), st.just(text[start:end] * 2)))
        text = text[:start] + piece + text[end:]
    return text


@st.composite
def disturbed(draw):
    """A table of the library in which one value, at any depth, is another."""
    table = draw(st.sampled_from(TABLES))

    def other(value):
        if isinstance(value, dict) and value and draw(st.integers(0, 5)):
            key = draw(st.sampled_from(sorted(value)))
            turned = {k: v for k, v in value.items() if k != key or draw(st.booleans())}
            return {**turned, draw(st.one_of(st.just(key), KEYS)): other(value[key])}
        return draw(VALUES)

    found = other(table)
    found = found if isinstance(found, dict) else {"groups": found}
    return {**found, "base": "nine-cells"} if draw(st.booleans()) else found


@quick
@given(text=mangled())
def test_a_mangled_file_is_a_scenario_or_a_mistake(text, tmp_path):
    file = tmp_path / "mangled.toml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    judged(file)


@quick
@given(content=st.binary(max_size=200))
def test_any_bytes_are_a_scenario_or_a_mistake(content, tmp_path):
    file = tmp_path / "bytes.toml"
    file.write_bytes(content)
    assert not judged(file)


@quick
@given(table=disturbed())
def test_a_disturbed_table_is_a_scenario_or_a_mistake(table):
    judged(table)


@quick
@given(keys=st.lists(KEYS, min_size=1, max_size=4), value=st.text(max_size=12))
def test_any_change_is_made_or_refused(keys, value):
    judged("nine-cells", [f"{'.'.join(keys)}={value}"])


@quick
@given(
    start=st.sampled_from(
        ["groups.citizens", "groups.*", "sessions.first", "sessions.*", "dials", "prices", "decision"]
    ),
    key=st.sampled_from(
        ["size", "power", "views", "barriers.travel", "week", "agenda", "invited", "*", "rule", "dialogue"]
    ),
    value=st.one_of(st.text(max_size=6), VALUES.map(str)),
)
def test_any_value_of_a_field_is_taken_or_refused(start, key, value):
    judged("nine-cells", [f"{start}.{key}={value}"])


@pytest.mark.parametrize(
    "text",
    [
        "a." * 290 + "b = 1",
        "a." * 300_000 + "b = 1",
        "x = " + "[" * 3000,
        "x = " + "{a=" * 3000,
        "[a" + ".b" * 290 + "]",
    ],
)
def test_a_file_that_is_deeper_than_calls_can_go_is_refused(text, tmp_path):
    file = tmp_path / "deep.toml"
    file.write_text(text, encoding="utf-8")
    assert not judged(file)
