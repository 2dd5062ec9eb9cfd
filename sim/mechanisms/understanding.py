"""Understanding: dialogue on interpretation. "Is this what you think?" - and somebody of that group says what they do.

Source: Masterson et al. 2024, doi:10.1186/s40900-024-00638-3 (interpretation needs interaction with dialogue to become
understanding).
"""

from __future__ import annotations

import math

import numpy as np

from sim import chance, events
from sim.chance import count, draw, sooner
from sim.compiler import compiled
from sim.mechanisms.dialogue import picked_issue
from sim.mechanisms.perception import attention, learn, perceived, poorer
from sim.plan import UNDERSTANDING, posts_in


@compiled
def seek_understanding(world, meeting, setup):
    """Live, members say what they believe a group holds and one of that group answers; later, questions wait on a board
    for the next visit of a member of that group, and the answer reaches those who read it.

    Writes picture, certainty, answers_read and the board.
    """
    room = world.room
    share = meeting.minutes[UNDERSTANDING]
    if share <= 0.0:
        return
    for c in range(room.n[1]):
        members = room.members[room.start[c] : room.start[c + 1]]
        if members.size > 1:
            _check_with_each_other(world, meeting, setup, members, c, meeting.live_minutes * share)
    if meeting.later_minutes > 0.0 and room.n[2] > 0:
        minutes = meeting.later_minutes * share
        _answer_what_waits(world, meeting, setup)
        for v in range(room.n[2]):
            _read_answers(world, setup, room.visitors[v], minutes * (1.0 - setup.values.asking_share))
        for v in range(room.n[2]):
            _ask(world, meeting, setup, room.visitors[v], minutes * setup.values.asking_share)


@compiled
def _check_with_each_other(world, meeting, setup, members, c, minutes):
    """One circle's exchanges: a member asks about a group, a present member of that group answers, the circle learns.
    With nobody of that group here, the exchange is lost.
    """
    people, room = world.people, world.room
    exchanges = count(
        60.0 * minutes / setup.values.exchange_seconds, draw(room.nobody[1], chance.EXCHANGES, c)
    )
    for n in range(exchanges):
        asker = (
            members[n % members.size] if meeting.rounds else _winner(world, members, -1, -1, chance.ASKER, n)
        )
        if asker == events.NOBODY:
            return
        g = _group_asked_about(world, setup, asker, chance.ASKED_GROUP, n)
        k = picked_issue(world, setup, asker, chance.ASKED_ISSUE, n)
        answerer = _winner(world, members, g, asker, chance.ANSWERER, n)
        if answerer == events.NOBODY:
            events.tell(
                world.log, meeting.number, events.UNANSWERED, asker, g, k, room.live[asker], math.nan, False
            )
            continue
        view = people.views[answerer, k]
        events.tell(
            world.log, meeting.number, events.ANSWERED, answerer, g, k, room.live[answerer], view, False
        )
        for i in members:
            if i != answerer:
                fidelity = poorer(setup.fidelity, room.live[i], room.live[answerer])
                key = room.key[i] ^ people.key[answerer] ^ setup.issue[k]
                told = perceived(view, fidelity, setup.values.noise, key, chance.MISTAKEN, n)
                _be_corrected(world, setup, i, fidelity, g, k, told)


@compiled
def _winner(world, members, group, but, decision, occasion):
    """Who of these members (of `group`, if not -1; not `but`) wins the floor; -1 if nobody can."""
    people, room = world.people, world.room
    first, winner = np.inf, events.NOBODY
    for i in members:
        if i == but or (group >= 0 and people.group[i] != group):
            continue
        wait = sooner(first, room.floor[i], draw(room.key[i], decision, occasion))
        if wait < first:
            first, winner = wait, i
    return winner


@compiled
def _group_asked_about(world, setup, i, decision, occasion):
    """The group that person i asks about: any but its own, with equal chances; its own if there is no other."""
    people, room = world.people, world.room
    first, group = np.inf, people.group[i]
    for g in range(setup.group.size):
        if g == people.group[i]:
            continue
        wait = sooner(first, 1.0, draw(room.key[i] ^ setup.group[g], decision, occasion))
        if wait < first:
            first, group = wait, g
    return group


@compiled
def _be_corrected(world, setup, i, fidelity, g, k, told):
    """Person i learns from an answer what group g thinks on issue k. Writes picture and certainty."""
    people = world.people
    attends = attention(people.engagement[i], fidelity, world.room.fluency[i])
    learn(people.picture, people.certainty, i, g, k, told, setup.values.correction * attends)


@compiled
def _answer_what_waits(world, meeting, setup):
    """Questions of earlier sessions are answered by a visiting member of the group, whom a race between them decides."""
    people, room, board = world.people, world.room, world.board
    visitors = room.visitors[: room.n[2]]
    for i in visitors:
        room.floor[i] = people.engagement[i] * people.talkativeness[i] * room.fluency[i]
    for g in setup.groups_by_name:
        for k in setup.issues_by_name:
            if not board.waiting[g, k]:
                continue
            answerer = _visiting_member(world, setup, visitors, g, k)
            if answerer == events.NOBODY:
                continue
            view, n = people.views[answerer, k], board.length[0]
            board.waiting[g, k] = False
            board.group[n], board.issue[n], board.position[n] = g, k, view
            board.author[n], board.channel[n] = answerer, room.later[answerer]
            board.key[n] = room.key[answerer] ^ setup.issue[k]
            board.length[0] = n + 1
            events.tell(
                world.log, meeting.number, events.ANSWERED, answerer, g, k, room.later[answerer], view, False
            )


@compiled
def _visiting_member(world, setup, visitors, g, k):
    """The visitor of group g who answers on issue k; -1 if none is here."""
    people, room = world.people, world.room
    first, winner = np.inf, events.NOBODY
    for i in visitors:
        if people.group[i] == g:
            u = draw(room.key[i] ^ setup.issue[k], chance.ANSWERER_LATER, 0)
            wait = sooner(first, room.floor[i], u)
            if wait < first:
                first, winner = wait, i
    return winner


@compiled
def _read_answers(world, setup, i, minutes):
    """Person i reads answers on the board, oldest unread first, not its own. Writes answers_read, picture, certainty."""
    people, room, board = world.people, world.room, world.board
    amount = minutes * setup.values.reading_rate * room.fluency[i]
    left = count(amount, draw(room.key[i], chance.ANSWERS_READ, 0))
    n, read = people.answers_read[i], 0
    while n < board.length[0] and read < left:
        j = board.author[n]
        if j != i:
            g, k = board.group[n], board.issue[n]
            fidelity = poorer(setup.fidelity, room.later[i], board.channel[n])
            key = room.key[i] ^ board.key[n]
            told = perceived(board.position[n], fidelity, setup.values.noise, key, chance.MISTAKEN_LATER, 0)
            _be_corrected(world, setup, i, fidelity, g, k, told)
            read += 1
        n += 1
    people.answers_read[i] = n


@compiled
def _ask(world, meeting, setup, i, minutes):
    """Person i puts questions on the board; one that waits there already is not put twice. Writes the board."""
    people, room = world.people, world.room
    will = min(1.0, people.engagement[i] * people.talkativeness[i] * room.fluency[i])
    questions = count(posts_in(minutes, setup.values) * will, draw(room.key[i], chance.QUESTIONS, 0))
    for n in range(questions):
        g = _group_asked_about(world, setup, i, chance.ASKED_GROUP_LATER, n)
        k = picked_issue(world, setup, i, chance.ASKED_ISSUE_LATER, n)
        world.board.waiting[g, k] = True
        events.tell(world.log, meeting.number, events.ASKED, i, g, k, room.later[i], math.nan, False)
