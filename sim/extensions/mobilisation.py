"""Mobilisation: those who came bring others of their group in, or put them off.

Source: named as a mechanism of change by Palmer et al. 2019, doi:10.1136/medhum-2017-011398 (people are moved to
act and to bring others in), without a rule: this one is judgement. Whether one takes part depends on what people
like oneself tell of it, and they tell what they lived through, good or bad. So word can do harm and, where nobody
came, nothing.
"""

from __future__ import annotations

from sim.chance import FREE, child, draw
from sim.compiler import compiled
from sim.mechanisms.dialogue import came

RETURNS = FREE + 10


@compiled
def mobilise(world, meeting, setup):
    """After a session those who came, and stay, tell the others of their group how it was: the absent, and who left
    for good.

    The others' engagement moves towards the mean engagement of those who tell, which already holds whether these
    were heard and recognised; how far, is `mobilisation` x the share of the group that they are. Who had left may
    take part again: the chance is that share, too, x the engagement told of x one's own trust in the other groups.
    Barriers stay what they are and no minute is added: whoever is moved still has to come. Writes engagement and
    active.
    """
    strength = setup.values.mobilisation
    if strength <= 0.0:
        return
    people, room = world.people, world.room
    for g in range(setup.group.size):
        first, end = setup.first[g], setup.first[g + 1]
        tell = told = 0.0
        for j in range(first, end):
            if came(room, j) and people.active[j]:
                tell += 1.0
                told += people.engagement[j]
        if tell == 0.0:
            continue
        reach, word = strength * tell / (end - first), told / tell
        for i in range(first, end):
            if came(room, i):
                continue
            people.engagement[i] += reach * (word - people.engagement[i])
            if not people.active[i]:
                key = child(people.key[i], meeting.name)  # the room holds keys of those alone who might come
                people.active[i] = draw(key, RETURNS, 0) < reach * word * _trust_in_the_others(people, i)


@compiled
def _trust_in_the_others(people, i):
    """Person i's mean trust in the groups other than its own; in its own, if there is no other."""
    own, groups = people.group[i], people.trust.shape[1]
    if groups == 1:
        return people.trust[i, own]
    total = 0.0
    for g in range(groups):
        total += people.trust[i, g] if g != own else 0.0
    return total / (groups - 1)
