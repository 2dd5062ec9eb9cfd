"""Any small scenario: a Hypothesis strategy that draws every field which shapes the result.

Numbers are drawn over their whole range, ends included, and now and then beyond what is plausible, because mistakes sit
there. Between the ends they are random reals rather than round numbers: where round numbers meet (a view exactly at the
latitude, a gap exactly as wide as `divergence`), whether `<` or `<=` holds would hang on the order of a sum.
"""

from hypothesis import assume
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.parameters import PARAMETERS
from sim.scenario import KERNELS, MECHANISMS, ORDERS, READERS, RULES, THEMES, Scenario
from sim.setting import BARRIERS, cells

GROUPS = ("carers", "patients", "staff", "the-city")
ISSUES = ("a", "beds", "car_parks", "night-shifts")
ASSETS = ("clinical", "digital", "lived")

PRICES = (
    "facilitator_hour", "facilitator_preparation", "scribe_hour", "scribe_writing_up", "venue_hour", "remote_licence",
    *(f"support_{name}" for name in BARRIERS),
)  # fmt: skip

# What would make a run long (turns, posts, exchanges, entries) is kept short.
SHORT = {
    "turn_seconds": (60, 600), "post_seconds": (60, 3600), "exchange_seconds": (60, 3600), "gap_onsite": (0, 60),
    "gap_remote": (0, 60), "notes_per_minute": (0, 20), "reading_rate": (0, 20), "heard_half": (0.01, 50),
    "dropout_weeks": (0.01, 50), "conflict_reach": (1, 3),
}  # fmt: skip

# Where a platform is busy, much is written and read, so that windows overflow, answers wait and authors meet again.
BUSY = {
    "post_seconds": (100, 1500), "reading_rate": (0.1, 2), "talkativeness_spread": (0, 1), "dropout_hazard": (0, 0.2),
}  # fmt: skip
LATER = tuple(cell for cell in cells() if not cell.startswith("same/"))


def between(low, high):
    """A real in a range: anything in it, all alike, or one of its ends.

    Hypothesis likes small integers, and all amounts would be next to nothing: so they are scattered (Knuth's
    multiplicative hash).
    """
    inside = st.integers(1, 2**20).map(lambda n: low + (high - low) * (n * 2654435761 % 2**32) / 2**32)
    ends = st.sampled_from((float(low), float(high)))
    return st.integers(0, 6).flatmap(lambda n: ends if n == 6 else inside)


share = between(0, 1)
flag = st.booleans()


def some(names, values, *, least=0):
    """A table that names some of the names."""
    return st.dictionaries(st.sampled_from(names), values, min_size=least, max_size=len(names))


def trait(low, high):
    mean = between(low, high)
    return st.one_of(mean, st.fixed_dictionaries({"mean": mean, "spread": between(0, 1.5)}))


barrier = st.one_of(share, st.fixed_dictionaries({"level": share, "share": share}))

setup = st.fixed_dictionaries(
    {},
    optional={
        "fidelity": st.sampled_from(("media", "diagonal", "vertical")),
        "kernel": st.sampled_from(KERNELS),
        "preset": st.sampled_from((None, None, None, "eaa_only")),
        "setting": st.sampled_from((None, None, None, *cells())),
        "dials": some(MECHANISMS, share),
        "prices": some(PRICES, between(0, 200)),
    },
)


@st.composite
def platforms(draw, invited):
    """What carries a session's later channels; an owner is somebody who is invited."""
    fields = {
        "readers": st.sampled_from(READERS),
        "answering": st.one_of(share, between(0.5, 1)),
        "order": st.sampled_from(ORDERS),
        "feed_window": st.one_of(st.integers(1, 12), st.sampled_from((63, 64, 65, 200))),
        "moderation": share,
        "anonymity": share,
    }
    platform = draw(
        st.one_of(*2 * [st.fixed_dictionaries(fields)], st.fixed_dictionaries({}, optional=fields))
    )
    return {**platform, "owner": draw(st.sampled_from(invited))} if draw(st.integers(0, 4)) == 4 else platform


@st.composite
def scenarios(draw, platform=0):
    """A valid scenario of at most 28 people and four sessions; `platform`: how many in four have a platform."""
    names = GROUPS[: draw(st.integers(1, 4))]
    issues = ISSUES[: draw(st.integers(1, 4))]
    keys = [f"session-{n}" for n in range(draw(st.integers(2 if platform else 1, 4)))]
    group = st.fixed_dictionaries(
        {"size": st.integers(1, 7), "views": some(issues, trait(-1, 1))},
        optional={
            "power": trait(0.01, 1),
            "talkativeness": between(0.01, 5),
            "openness": trait(0, 1),
            "conviction": trait(0, 1),
            "tolerance": trait(0.01, 2),
            "engagement": st.one_of(trait(0, 1), trait(0.6, 1)),
            "trust": trait(0, 1),
            "trust_in": some(names, trait(0, 1)),
            "assets": some(ASSETS, trait(0, 1)),
            "recognised": share,
            "barriers": some(BARRIERS, barrier),
            "fee_per_hour": between(0, 500),
        },
    )
    issue = st.fixed_dictionaries(
        {}, optional={"kind": st.sampled_from(("value", "practical")), "weight": between(0, 10)}
    )
    session = st.fixed_dictionaries(
        {"setting": st.sampled_from(cells()), "minutes": between(1, 200)},
        optional={
            "theme": st.sampled_from(THEMES),
            "live_share": share,
            "invited": st.lists(st.sampled_from(names), unique=True),
            "circle_size": st.integers(2, 8),
            "facilitation": share,
            "turns": st.sampled_from(("race", "round")),
            "agenda": st.lists(between(0.01, 1), min_size=6, max_size=6).map(agenda),
            "scribe": share,
            "captures_divergence": share,
            "supports": some(BARRIERS, share),
            "dials": some(MECHANISMS, share),
            "decide": flag,
        },
    )
    factor = st.fixed_dictionaries(
        {"effects": some(MECHANISMS, between(0, 3))},
        optional={
            "themes": st.lists(st.sampled_from(THEMES), unique=True, max_size=3),
            "sessions": st.lists(st.sampled_from(keys), unique=True),
        },
    )
    groups = {name: draw(group) for name in names}
    if busy := platform > 0 and draw(st.integers(0, 3)) > 0:
        for of in groups.values():
            of |= {"engagement": draw(between(0.6, 1)), "tolerance": draw(trait(0.01, 0.7)), "barriers": {}}
    sessions, week = {}, draw(between(0, 3))
    for key in keys:
        sessions[key] = {**draw(session), "week": week}
        week += draw(between(0, 8))
        if draw(st.integers(0, 3)) < platform:
            carried = sessions[key]
            carried["platform"] = draw(platforms(carried.get("invited") or names))
            carried["setting"] = draw(st.sampled_from(LATER))
            if busy:
                much = between(0.2, 0.5)
                carried |= {"agenda": {"dialogue": draw(much), "interpretation": draw(much)}, "dials": {}}
                carried["minutes"] = draw(between(30, 200))
    used = [carried["platform"] for carried in sessions.values() if "platform" in carried]
    constants = {p.name: between(*SHORT.get(p.name, p.bounds)) for p in PARAMETERS}
    table = {
        **draw(setup),
        "groups": groups,
        "issues": {name: draw(issue) for name in issues},
        "sessions": sessions,
        "context": draw(some(("hindrance", "help"), factor)),
        "decision": {"rule": draw(st.sampled_from(RULES))},
        "parameters": {
            name: draw(constants[name])
            for name in draw(st.lists(st.sampled_from(sorted(constants)), max_size=12, unique=True))
        },
    }
    if busy:
        table["parameters"] |= {name: draw(between(*ends)) for name, ends in BUSY.items()}
    if any(of.get("readers") == "followers" for of in used):
        others = sum(of["size"] for of in table["groups"].values()) - 1
        assume(others > 0)
        table["follows"] = {"degree": draw(st.integers(1, min(others, 8))), "homophily": draw(share)}
    if draw(flag):
        table["decision"]["kinds"] = [draw(st.sampled_from(("value", "practical")))]
    try:
        return Scenario.model_validate(table)
    except ValidationError:
        assume(False)


def agenda(weights):
    """An agenda out of six weights; small ones are left out."""
    kept = [weight if weight > 0.2 else 0.0 for weight in weights]
    total = max(1.0, sum(kept))
    return {mechanism: weight / total for mechanism, weight in zip(MECHANISMS, kept, strict=True)}
