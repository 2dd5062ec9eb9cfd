"""Platforms, by hand on tiny worlds: who writes, who sees, what stands on top, what being answered does; and their laws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import scenarios
import sim
from sim import chance
from sim.scenario import Platform
from tests.sim.worlds import (
    FEW,
    QUICKLY,
    STEADY,
    exactly,
    held,
    same_bits,
    scenario,
    small_scenarios,
    states,
)
from tests.verify import drawn

pytestmark = pytest.mark.kernel

# Everybody comes, writes one contribution a week, and what they read moves nothing but what a test asks for.
PLAIN = STEADY | {
    "noise": 0, "distortion": 0, "self_silencing": 0, "biased_assimilation": 0, "talkativeness_spread": 0,
    "willing_engagement": 0, "willing_openness": 0, "fidelity_low": 0.5, "fidelity_high": 1, "influence": 0,
    "trust_gain": 0, "intention_gain": 0, "recognition_gain": 0, "forgetting": 0, "post_seconds": 60, "reading_rate": 20,
}  # fmt: skip
TRUST, TOLERANCE, ATTENTION = 0.4, 0.5, 0.5  # attention: fully engaged, through the poorest channel
APART, NEAR = {"carers": (1, 0.8), "nurses": (1, -0.2)}, {"carers": (1, 0.3), "nurses": (1, 0.1)}


def page(people, *platforms, issues=("topic",), group=None, session=None, parameters=None, **more):
    """Groups of so many people at one view each, who meet week by week on a platform; None: on none."""
    groups = {
        name: {
            "size": size, "views": dict.fromkeys(issues, exactly(view)), "power": exactly(0.5), "trust": exactly(TRUST),
            "tolerance": exactly(TOLERANCE), "openness": exactly(1), "engagement": exactly(1),
            "conviction": exactly(0), **(group or {}),
        }
        for name, (size, view) in people.items()
    }  # fmt: skip
    week = {
        "minutes": 10, "agenda": {"dialogue": 0.1, "interpretation": 0.5}, "facilitation": 0,
        "setting": "different/distributed", **(session or {}),
    }  # fmt: skip
    sessions = {}
    for n, platform in enumerate(platforms):
        sessions[f"week-{n}"] = week | {"week": n} | ({} if platform is None else {"platform": platform})
    return scenario(groups, sessions, issues, parameters=PLAIN | (parameters or {}), **more)


def taken_in(model, session=None):
    """Who read which entries, in order, in one session or in all."""
    read = {i: [] for i in range(model.scenario.people)}
    for event in model.events:
        if event.kind == "took_in" and session in (None, event.session):
            read[event.actor].append(event.about)
    return read


# ---- writing -------------------------------------------------------------------------------------------------------


def test_whoever_has_nothing_in_mind_opens_a_thread_and_answers_what_it_has_read_since():
    model = held(page(APART, {"answering": 1}, {"answering": 1}, issues=("topic", "place", "money")))
    entries, commons = model.record(), model.state.commons
    assert [entry["answers"] for entry in entries[:2]] == [None, None]
    for entry in entries[2:]:
        answered = entries[entry["answers"]]
        assert answered["author"] != entry["author"]
        assert answered["issue"] == entry["issue"]
    assert [list(commons.opened), list(commons.answered), list(commons.answers_got)] == [[1, 1]] * 3
    assert list(commons.answers[:4]) == [1, 1, 0, 0]


def test_without_a_share_of_answers_everybody_opens_threads():
    model = held(page(APART, {}, {}))
    assert [entry["answers"] for entry in model.record()] == [None] * 4


def test_only_the_owner_opens_threads_and_whoever_has_read_none_writes_nothing():
    people = {"blogger": (1, 0.5), "carers": (4, 0.2)}
    blog = {"owner": "blogger"}
    model = held(page(people, blog, blog), 1)
    assert list(model.people.contributions) == [1, 0, 0, 0, 0]
    model.step()
    assert list(model.people.contributions) == [2, 1, 1, 1, 1]
    assert {entry["group"] for entry in model.record() if entry["answers"] is None} == {"blogger"}
    commented = [entry for entry in model.record() if entry["group"] == "carers"]
    assert [entry["answers"] for entry in commented] == [0] * 4
    assert held(page(people, {}), 1).people.contributions.sum() == 5, "without an owner all write"


def test_what_has_been_answered_is_no_longer_in_mind():
    model = held(page(APART, {"answering": 1, "readers": "members"}, *[{"answering": 1}] * 5))
    parents = [
        (entry["author"], entry["answers"]) for entry in model.record() if entry["answers"] is not None
    ]
    assert len(parents) == len(set(parents)) == 10


# ---- being answered ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("anonymity", [0, 0.5, 1])
@pytest.mark.parametrize("cost", [0, 0.4])
def test_an_answer_from_far_away_is_a_conflict_and_costs_trust(cost, anonymity):
    platform = {"answering": 1, "anonymity": anonymity}
    model = held(page(APART, platform, platform, parameters={"conflict_cost": cost}), log=True)
    seen = 1 - anonymity
    expected = TRUST - cost * ATTENTION * seen * TRUST
    np.testing.assert_allclose(model.people.trust, [[TRUST, expected], [expected, TRUST]])
    assert list(model.state.commons.conflicts) == list(model.state.commons.answers_read) == [1, 1]
    assert model.outcome("conflict") == 1
    clashes = [(event.channel, event.value) for event in model.events if event.kind == "clashed"]
    assert clashes == [("later-remote", pytest.approx(1))] * 2


def test_a_conflict_begins_where_its_reach_ends():
    for reach, conflicts in ((1.99, 2), (2.01, 0)):  # views lie 1 apart, latitudes are .5
        scene = page(APART, {"answering": 1}, {"answering": 1}, parameters={"conflict_reach": reach})
        assert held(scene).state.commons.conflicts.sum() == conflicts


@pytest.mark.parametrize("gain", [0, 0.3])
def test_an_answer_from_somebody_whom_one_has_answered_builds_trust_and_the_first_does_not(gain):
    model = held(page(NEAR, *[{"answering": 1}] * 3, parameters={"mutual_gain": gain}), 2)
    assert (model.people.trust == TRUST).all()
    assert (model.state.commons.answers_read == 1).all()
    model.step()
    expected = TRUST + gain * ATTENTION * (1 - TRUST)
    np.testing.assert_allclose(model.people.trust, [[TRUST, expected], [expected, TRUST]])


# ---- moderation ----------------------------------------------------------------------------------------------------


def test_a_moderator_takes_down_what_would_be_a_conflict_and_it_costs_legitimacy():
    heavy = {"answering": 1, "moderation": 1}
    model = held(page(APART, heavy, heavy, parameters={"legitimacy_cost": 0.3}), log=True)
    assert len(model.record()) == 2
    assert list(model.people.contributions) == [2, 2]
    assert list(model.state.commons.taken_down) == [1, 1]
    np.testing.assert_allclose(model.state.commons.legitimacy, 0.7)
    assert model.outcome("legitimacy") == pytest.approx(0.7)
    assert model.outcome("taken_down") == pytest.approx(0.5)
    assert [event.about for event in model.events if event.kind == "taken_down"] in ([0, 1], [1, 0])
    assert model.outcome("hours_facilitation") == pytest.approx(4 * 60 / 3600), (
        "four contributions are looked at"
    )


def test_a_light_hand_takes_nothing_down_and_costs_neither_legitimacy_nor_work():
    model = held(page(APART, {"answering": 1}, {"answering": 1}))
    assert len(model.record()) == 4
    assert model.state.commons.taken_down.sum() == 0
    assert model.outcome("legitimacy") == 1
    assert model.outcome("hours_facilitation") == 0


def test_what_lies_within_the_latitude_stays_however_heavy_the_hand():
    heavy = {"answering": 1, "moderation": 1}
    assert len(held(page(NEAR, heavy, heavy)).record()) == 4


@pytest.mark.parametrize(("reach", "chance_to_go"), [(1.2, 0.5), (5, 0.25)])
def test_what_is_no_conflict_goes_with_the_square_of_the_hand(reach, chance_to_go):
    people = {"carers": (150, 0.8), "nurses": (150, -0.2)}
    half = {"answering": 1, "moderation": 0.5}
    scene = page(people, half, half, parameters={"conflict_reach": reach, "reading_rate": 0.6})
    model = held(scene, log=True)
    authors = model.people.group[model.state.record.author[:300]]
    groups = model.people.group
    across = [
        event
        for event in model.events
        if event.kind == "wrote" and event.about is not None and authors[event.about] != groups[event.actor]
    ]
    down = [event for event in model.events if event.kind == "taken_down"]
    assert all(authors[event.about] != groups[event.actor] for event in down)
    assert all(event.divergent == (reach == 1.2) for event in down)
    assert len(across) > 100
    assert stats.binomtest(len(down), len(across), chance_to_go).pvalue > 1e-4


@pytest.mark.parametrize(("legitimacy", "votes"), [(1, 1), (0, 0)])
def test_whose_words_were_taken_down_accepts_less(legitimacy, votes):
    group = {"tolerance": exactly(0.9)}
    parameters = {"acceptance": 0.5, "fairness": 5, "heard_half": 0.01, "rejection": 10}
    model = held(page(APART, {}, {}, group=group, parameters=parameters), 1)
    model.state.commons.legitimacy[:] = legitimacy
    model.step()
    assert list(model.state.draft.private[:, 0]) == [
        votes,
        votes,
    ]  # the draft is .5 away, and .45 within latitude


# ---- the feed ------------------------------------------------------------------------------------------------------


def expected_feed(model, i, read_before, order, window):
    """What stands before somebody who comes in at the top in the last session: answers to itself, then the feed."""
    entries = model.record()
    answers = [0] * len(entries)
    for entry in entries:
        if entry["answers"] is not None:
            answers[entry["answers"]] += 1
    mine = [
        e
        for e, entry in enumerate(entries)
        if entry["answers"] is not None and entries[entry["answers"]]["author"] == i
    ]
    first = [e for e in reversed(mine) if e not in read_before]
    feed = list(range(len(entries)))[-window:]
    feed.sort(key=lambda e: (-answers[e] if order == "answered" else 0, -e))
    rest = [e for e in feed if e not in read_before and e not in first and entries[e]["author"] != i]
    return first + rest


@pytest.mark.parametrize("order", ["newest", "answered"])
@pytest.mark.parametrize("window", [1, 4, 200])
def test_answers_come_first_and_then_what_stands_on_top(order, window):
    people = {"carers": (4, 0.3), "nurses": (3, 0.1)}
    platform = {"answering": 0.7, "order": order, "feed_window": window}
    scene = page(people, *[platform] * 4, parameters={"feed_depth": 0, "reading_rate": 0.8})
    model = held(scene, log=True)
    before = taken_in(model)
    last = taken_in(model, "week-3")
    assert sum(map(len, last.values())) > 6
    assert max(map(len, last.values())) <= 4
    for i, read in last.items():
        earlier = set(before[i]) - set(read)
        assert read == expected_feed(model, i, earlier, order, window)[: len(read)]
        assert len(read) == min(4, len(expected_feed(model, i, earlier, order, window)))


def test_one_comes_in_where_chance_has_it_and_goes_on_from_the_top():
    scene = page({"carers": (12, 0.3)}, {"order": "newest"}, parameters={"feed_depth": 0.9})
    model = held(scene, log=True)
    starts = set()
    for i, read in taken_in(model).items():
        n = 12
        place = min(n, math.floor(n ** (0.9 * chance.draw(model.state.room.key[i], chance.FEED, 0)))) - 1
        feed = list(range(n - 1, -1, -1))
        turned = feed[place:] + feed[:place]
        assert read == [e for e in turned if model.record()[e]["author"] != i]
        starts.add(place)
    assert len(starts) > 2


def test_unread_first_reads_on_and_nothing_sinks():
    model = held(page({"carers": (6, 0.3)}, {}, {}, {}, parameters={"reading_rate": 0.8}), log=True)
    for i, read in taken_in(model).items():
        others = [e for e, entry in enumerate(model.record()) if entry["author"] != i]
        assert read == others[:12]


def test_a_window_of_one_shows_one_entry():
    model = held(page({"carers": (6, 0.3)}, {"order": "newest", "feed_window": 1}), log=True)
    author = model.record()[-1]["author"]
    assert taken_in(model) == {i: [] if i == author else [5] for i in range(6)}
    assert model.outcome("unread") == pytest.approx(5 / 6)
    assert model.outcome("competition") == 1


def test_what_has_sunk_is_gone_for_whoever_looked_in():
    newest = {"order": "newest", "feed_window": 2}
    model = held(page({"carers": (6, 0.3)}, newest, None), log=True)
    assert (model.people.cursor == 12).all()
    assert all(set(read) <= {4, 5, *range(6, 12)} for read in taken_in(model).values())


def further_reads(order, replicate):
    """How the readers of a last session go with the answers that entries have: rank correlation."""
    platform = {"answering": 0.7, "order": order, "feed_window": 60}
    people = {"carers": (30, 0.3), "nurses": (10, 0.1)}
    scene = page(people, *[platform] * 4, parameters={"reading_rate": 0.6})
    model = held(scene, 3, replicate=replicate)
    before = model.state.commons.reads.copy()
    model.step()
    n = int(model.state.record.length[0])
    commons = model.state.commons
    window = slice(n - 60, n)
    return stats.spearmanr(commons.answers[window], (commons.reads - before)[window]).statistic


def test_where_answers_lift_an_entry_the_answered_are_read_more_than_where_the_newest_stand_on_top():
    for replicate in range(2):
        assert further_reads("answered", replicate) > 0.3 > 0 > further_reads("newest", replicate)


# ---- who sees what -------------------------------------------------------------------------------------------------

TOWN = {"carers": (3, 0.3), "nurses": (2, 0.1), "citizens": (3, 0.2)}


def with_weeks(scene, **changes):
    table = scene.model_dump(mode="json")
    for name, change in changes.items():
        table["sessions"][name.replace("_", "-")].update(change)
    return sim.Scenario.model_validate(table)


INSIDE = {"invited": ["carers", "nurses"]}


@pytest.mark.parametrize(
    "later", [None, {}, {"order": "newest"}, {"order": "answered", "readers": "members"}]
)
def test_what_is_written_in_a_private_group_is_never_read_by_others(later):
    scene = page(TOWN, {"readers": "members", "order": "newest"}, later, later)
    model = held(with_weeks(scene, week_0=INSIDE), log=True)
    assert {entry["group"] for entry in model.record()[:5]} == {"carers", "nurses"}
    assert all(min(taken_in(model)[i]) >= 5 for i in (5, 6, 7))
    assert any(min(read) < 5 for i, read in taken_in(model).items() if i < 5)
    open_one = held(with_weeks(page(TOWN, {"order": "newest"}, later, later), week_0=INSIDE), log=True)
    assert any(min(taken_in(open_one)[i]) < 5 for i in (5, 6, 7))


def test_what_a_scribe_noted_is_for_everybody_and_bears_names_whatever_the_platform():
    platform = {"readers": "members", "order": "newest", "anonymity": 1}
    scene = page(TOWN, platform, None, parameters={"turn_seconds": 20})
    meeting = INSIDE | {
        "setting": "blended/distributed", "scribe": 1, "circle_size": 8, "minutes": 30, "live_share": 0.7,
        "agenda": {"dialogue": 0.1, "documentation": 0.3, "interpretation": 0.3},
    }  # fmt: skip
    model = held(with_weeks(scene, week_0=meeting, week_1={"invited": ["citizens"]}), log=True)
    first = [e for e, entry in enumerate(model.record()) if entry["session"] == "week-0"]
    noted = {e for e in first if model.record()[e]["noted"]}
    assert noted
    assert noted < set(first)
    for i in (5, 6, 7):
        assert set(taken_in(model)[i]) & set(first) == noted
        assert set(model.people.certainty[i, :2, 0] > 0) == {True}


def test_an_answer_reaches_whom_it_answers_even_from_a_private_group():
    closed = {"readers": "members", "answering": 1}
    scene = with_weeks(page(TOWN, {}, closed, {}), week_1=INSIDE)
    model = held(scene, log=True)
    entries = model.record()
    private = {e for e, entry in enumerate(entries) if entry["session"] == "week-1"}
    for i in (5, 6, 7):
        to_me = [e for e in private if entries[entries[e]["answers"]]["author"] == i]
        assert set(taken_in(model, "week-2")[i]) & private == set(to_me)
        assert taken_in(model, "week-2")[i][: len(to_me)] == sorted(to_me, reverse=True)
    assert any(entries[e]["author"] < 5 and entries[entries[e]["answers"]]["author"] > 4 for e in private)


@pytest.mark.parametrize("order", ["unread", "newest", "answered"])
def test_followers_read_those_whom_they_follow_and_answers_to_themselves(order):
    platform = {"readers": "followers", "order": order, "answering": 0.6}
    scene = page(TOWN, *[platform] * 3, follows={"degree": 2, "homophily": 0.3}, parameters={"feed_depth": 0})
    model = held(scene, log=True)
    entries = model.record()
    for i, read in taken_in(model).items():
        follows = set(model.followed(i))
        for e in read:
            parent = entries[e]["answers"]
            assert entries[e]["author"] in follows or (parent is not None and entries[parent]["author"] == i)
        first = taken_in(model, "week-0")[i]
        assert first == sorted(first, reverse=order != "unread")
        written = {e for e in range(8) if entries[e]["author"] in follows}
        assert set(first) == written


# ---- hidden authors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("anonymity", [0, 1])
def test_whose_name_is_hidden_tells_nothing_of_a_group_and_earns_no_trust_but_moves_views(anonymity):
    moving = {"trust_gain": 0.5, "intention_gain": 0.5, "recognition_gain": 0.5, "influence": 0.2}
    platform = {"anonymity": anonymity, "answering": 0.5}
    group = {"assets": {"lived": exactly(0.8)}, "recognised": 0.1, "openness": {"mean": 0.5, "spread": 0.5}}
    model = held(page(NEAR, platform, platform, group=group, parameters=moving), 0)
    start = states(model)
    model.step()
    model.step()
    for name in ("certainty", "picture", "trust", "openness", "recognised"):
        assert same_bits(getattr(model.people, name), start[name]) == (anonymity == 1), name
    assert (model.people.views != start["views"]).all()
    assert (model.people.heard > 0).all()


def test_hidden_authors_are_trusted_as_groups_are_at_large():
    trust = {"trust": exactly(0.2), "trust_in": {"carers": exactly(1), "nurses": exactly(0.5)}}
    people = NEAR | {"citizens": (1, 0.2)}
    model = held(page(people, {"anonymity": 1}, group=trust, parameters={"influence": 0.2, "learning": 0}))
    near = np.array([(1 - (d / TOLERANCE) ** 2) ** 2 for d in (0.2, 0.1)])  # of the nurse and the citizen
    anybody = (1 + 0.5 + 0.2) / 3
    middle = (1 * 0.3 + anybody * (near * [0.1, 0.2]).sum()) / (1 + anybody * near.sum())
    expected = 0.3 + ATTENTION * (1 - (1 - 0.2) ** 2) * (middle - 0.3)
    assert model.people.views[0, 0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("anonymity", "bent"), [(0, 0.4), (0.5, 0.2), (1, 0)])
def test_who_is_hidden_is_bent_less_by_what_prevails(anonymity, bent):
    model = held(page(NEAR, {"anonymity": anonymity}, parameters={"self_silencing": 0.4}), 0)
    model.people.picture[:], model.people.certainty[:] = 0.9, 1
    model.step()
    for entry in model.record():
        view = NEAR[entry["group"]][1]
        assert entry["position"] == pytest.approx(view + bent * (1 - TRUST) * (0.9 - view))


# ---- following -----------------------------------------------------------------------------------------------------


def network(carers=40, nurses=12, turned=False, **follows):
    people = {"carers": (carers, 0.3), "nurses": (nurses, 0.1)}
    people = dict(reversed(people.items())) if turned else people
    follows = {"degree": 5, "homophily": 0.5} | follows
    return page(people, {"readers": "followers"}, follows=follows, group={"power": exactly(1)})


def named(model):
    """Whom everybody follows, by group and number."""
    members = dict.fromkeys(model.group_names, 0)
    names = []
    for g in model.people.group:
        group = model.group_names[int(g)]
        names.append((group, members[group]))
        members[group] += 1
    return {who: [names[j] for j in model.followed(i)] for i, who in enumerate(names)}


@pytest.mark.parametrize("homophily", [0, 0.6, 1])
def test_everybody_follows_so_many_others_and_nobody_twice(homophily):
    followed = named(sim.CoProduction(network(homophily=homophily)))
    own = 0
    for who, others in followed.items():
        assert len(others) == len(set(others)) == 5
        assert who not in others
        own += sum(group == who[0] for group, _ in others)
    share = homophily + (1 - homophily) * (40**2 + 12**2) / 52**2
    assert own / 260 == pytest.approx(share, abs=0.12)
    assert (own == 260) == (homophily == 1)


def test_where_the_own_group_is_too_small_places_stay_empty():
    followed = named(sim.CoProduction(network(nurses=3, homophily=1)))
    assert {len(others) for who, others in followed.items() if who[0] == "nurses"} <= {1, 2}
    assert {len(others) for who, others in followed.items() if who[0] == "carers"} == {5}


def test_a_newcomer_is_followed_by_a_few_and_changes_nothing_for_the_others():
    few, more = (named(sim.CoProduction(network(carers, homophily=1))) for carers in (40, 41))
    followers = [who for who in few if ("carers", 40) in more[who]]
    assert all(more[who] == few[who] for who in few if who not in followers)
    assert 0 < len(followers) < 12


def test_the_powerful_are_followed_more():
    people = {"carers": (60, 0.3)}
    scene = page(
        people, {"readers": "followers"}, follows={"degree": 4}, group={"power": {"mean": 0.5, "spread": 0.5}}
    )
    model = sim.CoProduction(scene)
    followers = np.bincount([j for i in range(60) for j in model.followed(i)], minlength=60)
    assert stats.spearmanr(model.people.power, followers).statistic > 0.3


def test_every_design_of_a_study_has_the_same_followers_in_whatever_order_its_groups_stand():
    scene = network()
    followed = named(sim.CoProduction(scene, replicate=4))
    other = with_weeks(scene, week_0={"platform": {"readers": "followers", "order": "newest"}, "minutes": 5})
    assert named(sim.CoProduction(other, replicate=4)) == followed
    assert named(sim.CoProduction(network(turned=True), replicate=4)) == followed
    assert named(sim.CoProduction(scene, replicate=5)) != followed


# ---- what is observed ----------------------------------------------------------------------------------------------


def test_content_is_shared_out_by_classes_along_the_curve():
    model = held(page({"carers": (100, 0.3)}, {}))
    model.people.contributions[:] = [1] * 90 + [10] * 9 + [100]
    model._observe()
    shares = [model.outcome(f"content_{who}") for who in ("lurkers", "contributors", "superusers")]
    assert shares == pytest.approx([90 / 280, 90 / 280, 100 / 280])


def test_uses_are_as_diverse_as_people_differ_in_them():
    model = held(page({"carers": (8, 0.3)}, {}))
    commons = model.state.commons
    commons.opened[:], commons.answered[:] = [0, 0, 1, 1, 0, 0, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1]
    model._observe()
    assert model.outcome("diversity_of_uses") == pytest.approx(1)
    commons.opened[:] = commons.answered[:] = 1
    model._observe()
    assert model.outcome("diversity_of_uses") == 0


def test_help_is_mutual_as_far_as_those_who_answer_are_answered():
    model = held(page({"carers": (3, 0.3)}, {}))
    commons = model.state.commons
    commons.answered[:], commons.answers_got[:] = [4, 1, 0], [1, 1, 3]
    model._observe()
    assert model.outcome("mutuality") == pytest.approx(2 * 2 / 10)


def test_without_a_platform_nothing_of_platforms_is_observed():
    model = held(page(NEAR, None))
    for name in ("read_equality", "legitimacy", "unread", "content_lurkers", "taken_down"):
        assert math.isnan(model.outcome(name))
    assert model.record()[0]["reads"] is None


# ---- laws ----------------------------------------------------------------------------------------------------------


NEUTRAL = Platform().model_dump(mode="json")  # every field, so that nothing of a template's platform is left


def everywhere(scene, platform):
    """The same process with one platform, or none, wherever people contribute later."""
    table = scene.model_dump(mode="json")
    for name, session in table["sessions"].items():
        session["platform"] = None if scene.cell(name).startswith("same/") else platform
    return sim.Scenario.model_validate(table)


def assert_same_run(one, other):
    for part in ("people", "record", "board", "draft", "ledger"):
        for field, array in getattr(one.state, part)._asdict().items():
            assert same_bits(array, getattr(other.state, part)._asdict()[field]), (part, field)


@pytest.mark.parametrize("name", ["citizens-blended", "elderly-care-mixed"])
def test_a_platform_with_nothing_to_it_is_the_plain_document(name):
    scene = scenarios.load(name)
    plain, other = held(everywhere(scene, None)), held(everywhere(scene, NEUTRAL))
    assert plain.state.commons.inbox.size == 0 < other.state.commons.inbox.size
    assert_same_run(plain, other)


@FEW
@given(small_scenarios())
def test_a_platform_with_nothing_to_it_changes_no_small_process(scene):
    assert_same_run(held(scene), held(everywhere(scene, NEUTRAL)))


@QUICKLY
@given(drawn.scenarios(platform=3), st.integers(0, 50))
def test_on_any_platform_nothing_is_read_twice_and_every_account_of_it_is_the_same(scene, replicate):
    model = held(scene, replicate=replicate, log=True)
    commons, n = model.state.commons, int(model.state.record.length[0])
    if commons.inbox.size == 0:
        return
    entries, read = model.record(), taken_in(model)
    for i, mine in read.items():
        assert len(mine) == len(set(mine))
        assert all(entries[e]["author"] != i for e in mine)
    number = sum(map(len, read.values()))
    assert number == commons.reads[:n].sum() == commons.read.sum()
    assert number == sum(event.about for event in model.events if event.kind == "read")
    assert np.bincount([e for mine in read.values() for e in mine], minlength=n).tolist() == list(
        commons.reads[:n]
    )
    given_ = sum(entry["answers"] is not None for entry in entries)
    assert given_ == commons.answered.sum() == commons.answers_got.sum() == commons.answers[:n].sum()
    assert (commons.answers_read <= commons.answers_got).all()
    assert (commons.conflicts <= commons.answers_read).all()
    assert commons.taken_down.sum() == sum(event.kind == "taken_down" for event in model.events)


@FEW
@given(drawn.scenarios(platform=3), st.integers(0, 50))
def test_on_any_platform_everything_stays_in_its_range(scene, replicate):
    model = held(scene, replicate=replicate)
    people, commons = model.people, model.state.commons
    for name in ("trust", "openness", "engagement", "certainty"):
        array = getattr(people, name)
        assert ((array >= 0) & (array <= 1)).all(), name
    assert (np.abs(people.views) <= 1 + 1e-12).all()
    assert (np.abs(people.picture) <= 1 + 1e-12).all()
    assert ((commons.legitimacy >= 0) & (commons.legitimacy <= 1)).all()
    assert (people.cursor <= model.state.record.length[0]).all()
    assert model.state.record.length[0] <= model.state.record.issue.size
    for outcome in sim.OUTCOMES:
        for scope in ("all", *scene.groups):
            value = model.outcome(outcome.name, scope)
            assert math.isnan(value) or outcome.low is None or value >= outcome.low - 1e-12, outcome.name
            assert math.isnan(value) or outcome.high is None or value <= outcome.high + 1e-12, outcome.name


def turned(scene):
    table = scene.model_dump(mode="json")
    return sim.Scenario.model_validate(table | {"groups": dict(reversed(table["groups"].items()))})


@FEW
@given(drawn.scenarios(platform=3), st.integers(0, 50))
def test_on_any_platform_the_order_of_groups_in_the_file_changes_nobodys_luck(scene, replicate):
    one, other = held(scene, replicate=replicate), held(turned(scene), replicate=replicate)
    scopes = ("all", *scene.groups)
    for name in (outcome.name for outcome in sim.OUTCOMES):
        values = [[model.outcome(name, scope) for scope in scopes] for model in (one, other)]
        np.testing.assert_allclose(*values, rtol=0, atol=1e-9, equal_nan=True, err_msg=name)


@FEW
@given(drawn.scenarios(platform=3), st.integers(0, 50))
def test_a_full_hand_leaves_no_answer_beyond_the_latitude_of_whom_it_answers(scene, replicate):
    table = scene.model_dump(mode="json")
    for session in table["sessions"].values():
        if session["platform"] is not None:
            session["platform"]["moderation"] = 1
    model = held(sim.Scenario.model_validate(table), replicate=replicate)
    entries = model.record()
    for entry in entries:
        if entry["answers"] is not None:
            parent = entries[entry["answers"]]
            assert abs(entry["position"] - parent["position"]) <= model.people.tolerance[parent["author"]]
