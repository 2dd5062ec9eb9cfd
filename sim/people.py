"""Participants as arrays, and drawing a population.

A participant's traits come from what the scenario says of the group, by draws that belong to the group's name and the
participant's number in it: the same seed and replicate meet the same people in every design.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from sim import chance
from sim.chance import child, draw, triangle
from sim.compiler import compiled
from sim.layout import Field, tuple_of

FIELDS: Final = (
    # who one is
    Field("group", np.uint16, ("N",), "index of the stakeholder group; people stand group by group"),
    Field("key", np.uint64, ("N",), "key of what chance does to this person in the process"),
    Field("power", np.float64, ("N",), "status in this setting, (0, 1]"),
    Field("talkativeness", np.float64, ("N",), "propensity to speak, > 0, mean 1"),
    Field("openness", np.float64, ("N",), "intention: willing to learn (1) or only to be confirmed (0)"),
    Field("conviction", np.float64, ("N",), "pull back to the anchor, [0, 1)"),
    Field("tolerance", np.float64, ("N",), "latitude of acceptance, (0, 2]"),
    Field("engagement", np.float64, ("N",), "present investment in the process, [0, 1]"),
    Field("views", np.float64, ("N", "K"), "position on each issue, [-1, 1]"),
    Field("anchor", np.float64, ("N", "K"), "the view one came with, [-1, 1]"),
    Field("trust", np.float64, ("N", "G"), "trust in each group, [0, 1]"),
    Field("picture", np.float64, ("N", "G", "K"), "what one was told that a group thinks, [-1, 1]"),
    Field("certainty", np.float64, ("N", "G", "K"), "how firmly one holds that picture, [0, 1]"),
    Field("assets", np.float64, ("N", "S"), "strengths of each kind, [0, 1]"),
    Field("recognised", np.float64, ("N", "S"), "how far the others know of them, at most `assets`"),
    Field(
        "barriers", np.float64, ("N", 4), "travel, digital, schedule, communication: chance that it stops me"
    ),
    Field("active", np.bool_, ("N",), "has not left for good"),
    # what became of one
    Field("cursor", np.int64, ("N",), "entries of the record gone through"),
    Field("entries_read", np.int64, ("N",), "entries of others on the record that one has read"),
    Field("answers_read", np.int32, ("N",), "answers on the board gone through"),
    Field("said", np.float64, ("N", "K"), "what one last said or wrote on each issue; NaN if nothing"),
    Field("latest", np.float64, ("N", "K"), "one's latest entry on the record on each issue; NaN if none"),
    Field("contributions", np.int32, ("N",), "times one spoke or wrote"),
    Field("captured", np.int32, ("N",), "contributions of one's own on the record"),
    Field("heard", np.float64, ("N",), "attention received from listeners and readers"),
    Field("invited", np.int32, ("N",), "sessions one was invited to"),
    Field("attended", np.int32, ("N",), "sessions one took part in"),
    Field("by_channel", np.int16, ("N", 4), "sessions attended through each channel"),
    Field("minutes_invited", np.float64, ("N",), "minutes on offer to one"),
    Field("minutes_used", np.float64, ("N",), "minutes taken part in"),
)
People = tuple_of("People", FIELDS)

# A blueprint: what the scenario says of each group, as arrays with the groups first.
BLUEPRINT: Final = (
    Field("size", np.int64, ("G",), "people in each group"),
    Field("name", np.uint64, ("G",), "hash of each group's name"),
    Field(
        "traits",
        np.float64,
        ("G", 5, 2),
        "mean and spread of power, openness, conviction, tolerance, engagement",
    ),
    Field("talkativeness", np.float64, ("G",), "mean propensity to speak"),
    Field("trust", np.float64, ("G", "G", 2), "mean and spread of trust in each group"),
    Field("views", np.float64, ("G", "K", 2), "mean and spread of views"),
    Field("assets", np.float64, ("G", "S", 2), "mean and spread of strengths"),
    Field("recognised", np.float64, ("G",), "share of strengths known at the start"),
    Field("barriers", np.float64, ("G", 4, 2), "level of each barrier, and the share who face it"),
    Field("issue", np.uint64, ("K",), "hash of each issue's name"),
    Field("asset", np.uint64, ("S",), "hash of the name of each kind of strength"),
    Field("homophily", np.float64, (1,), "chance to look among one's own group for whom to follow"),
)
Blueprint = tuple_of("Blueprint", BLUEPRINT)

_TRAITS = ("power", "openness", "conviction", "tolerance", "engagement")


def blueprint(scenario: Any) -> Any:
    """What a scenario says of its groups, as the arrays that `draw_population` reads."""
    groups, issues, kinds = scenario.groups, scenario.issues, scenario.asset_kinds
    from sim.scenario import ViewTrait

    def pair(trait: Any) -> tuple[float, float]:
        return (trait.mean, trait.spread)

    plain, nothing = ViewTrait(mean=0), (0.0, 0.0)
    free = scenario.preset == "eaa_only"  # the theory alone: equal power, full trust
    return Blueprint(
        size=np.array([g.size for g in groups.values()], np.int64),
        name=np.array([chance.named(name) for name in groups], np.uint64),
        traits=np.array(
            [
                [(1.0, 0.0) if free and t == "power" else pair(getattr(g, t)) for t in _TRAITS]
                for g in groups.values()
            ]
        ),
        talkativeness=np.array([g.talkativeness for g in groups.values()]),
        trust=np.array(
            [
                [(1.0, 0.0) if free else pair(g.trust_in.get(of, g.trust)) for of in groups]
                for g in groups.values()
            ]
        ),
        views=np.array([[pair(g.views.get(k, plain)) for k in issues] for g in groups.values()]),
        assets=np.array(
            [[pair(g.assets[s]) if s in g.assets else nothing for s in kinds] for g in groups.values()],
            np.float64,
        ).reshape(len(groups), len(kinds), 2),
        recognised=np.array([g.recognised for g in groups.values()]),
        barriers=np.array(
            [
                [(b.level, b.share) for b in (getattr(g.barriers, n) for n in type(g.barriers).model_fields)]
                for g in groups.values()
            ]
        ),
        issue=np.array([chance.named(name) for name in issues], np.uint64),
        asset=np.array([chance.named(name) for name in kinds], np.uint64),
        homophily=np.array([scenario.follows.homophily if scenario.follows is not None else 0.0]),
    )


@compiled
def _drawn(trait, low, high, key, decision, occasion):
    """One person's value: triangular around the mean, with the spread cut to what the range leaves on either side."""
    mean, spread = trait[0], min(trait[1], trait[0] - low, high - trait[0])
    return mean + spread * triangle(key, decision, occasion) if spread > 0.0 else mean


@compiled
def draw_population(people, blueprint, replicate, population, process, values):
    """Draw the people of one replicate, and wipe what became of those before them.

    replicate : number of the run, >= 0.
    population, process : the keys of the two streams of chance (unsigned 64-bit).
    Writes every array of `people`.
    """
    here, there = child(population, replicate), child(process, replicate)
    i = 0
    for g in range(blueprint.size.size):
        of_group, in_process = child(here, blueprint.name[g]), child(there, blueprint.name[g])
        for number in range(blueprint.size[g]):
            people.group[i] = g
            people.key[i] = child(in_process, number)
            _draw_person(people, i, g, blueprint, child(of_group, number), values)
            i += 1


@compiled
def _draw_person(people, i, g, blueprint, key, values):
    """Give person i the traits that its group and its own draws decide, and an empty history."""
    traits = blueprint.traits[g]
    people.power[i] = max(1e-6, _drawn(traits[0], 0.0, 1.0, key, chance.POWER, 0))
    people.openness[i] = _drawn(traits[1], 0.0, 1.0, key, chance.OPENNESS, 0)
    people.conviction[i] = min(0.999999, _drawn(traits[2], 0.0, 1.0, key, chance.CONVICTION, 0))
    people.tolerance[i] = max(1e-6, _drawn(traits[3], 0.0, 2.0, key, chance.TOLERANCE, 0))
    people.engagement[i] = _drawn(traits[4], 0.0, 1.0, key, chance.ENGAGEMENT, 0)
    sd = values.talkativeness_spread
    people.talkativeness[i] = blueprint.talkativeness[g] * math.exp(
        sd * chance.normal(key, chance.TALKATIVENESS, 0) - 0.5 * sd * sd
    )
    for of in range(blueprint.size.size):
        people.trust[i, of] = _drawn(
            blueprint.trust[g, of], 0.0, 1.0, key ^ blueprint.name[of], chance.TRUST, 0
        )
    for k in range(blueprint.issue.size):
        view = _drawn(blueprint.views[g, k], -1.0, 1.0, key ^ blueprint.issue[k], chance.VIEW, 0)
        people.views[i, k] = view
        people.anchor[i, k] = view
        people.said[i, k] = math.nan
        people.latest[i, k] = math.nan
        for of in range(blueprint.size.size):
            people.picture[i, of, k] = 0.0
            people.certainty[i, of, k] = 0.0
    for s in range(blueprint.asset.size):
        strength = _drawn(blueprint.assets[g, s], 0.0, 1.0, key ^ blueprint.asset[s], chance.ASSET, 0)
        people.assets[i, s] = strength
        people.recognised[i, s] = blueprint.recognised[g] * strength
    for b in range(4):
        level, share = blueprint.barriers[g, b, 0], blueprint.barriers[g, b, 1]
        people.barriers[i, b] = level if draw(key, chance.BARRIER_FACED, b) < share else 0.0
        people.by_channel[i, b] = 0
    people.active[i] = True
    people.cursor[i] = 0
    people.entries_read[i] = 0
    people.answers_read[i] = 0
    people.contributions[i] = 0
    people.captured[i] = 0
    people.heard[i] = 0.0
    people.invited[i] = 0
    people.attended[i] = 0
    people.minutes_invited[i] = 0.0
    people.minutes_used[i] = 0.0
