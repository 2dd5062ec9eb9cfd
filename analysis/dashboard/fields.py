"""Fields of a draft as controls: which control fits, its range and its help come from the definition of a scenario."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import scenarios
from analysis.dashboard import controls, rules
from analysis.dashboard.drafts import Draft, Path
from analysis.report import words
from sim import BARRIERS, MECHANISMS, cells

Field = controls.Field

# What a planner calls a field; others are called as in the file.
LABELS: Final = {
    "size": "People",
    "fee_per_hour": "Fee per hour",
    "recognised": "Strengths known at the start",
    "captures_divergence": "Divergent views get into the notes",
    "scribe": "Note-taking",
    "circle_size": "Most people in a circle",
    "live_share": "Live share of the minutes",
    "setting": "Place on the grid",
    "decide": "A draft is put to the participants at the end",
    "turns": "Who speaks next",
    "fidelity": "Reading of the grid",
    "rule": "A draft is agreed by",
    "weight": "Weight on the agenda",
    "owner": "Who opens threads",
    "readers": "Who sees an entry",
    "answering": "Contributions that answer",
    "order": "What stands on top",
    "feed_window": "Entries that a feed ranks",
    "moderation": "Moderation",
    "anonymity": "Authors are hidden",
    "degree": "Others whom each follows",
    "homophily": "Looking among one's own group",
}
CHOICES: Final = {
    "race": "whoever gets the floor",
    "round": "each in turn",
    "value": "a guiding value",
    "practical": "a practical matter",
    "media": "media: presence counts for both",
    "diagonal": "diagonal: by the labels of the corners",
    "vertical": "vertical: time alone counts",
    "members": "those invited",
    "followers": "its author's followers",
    "unread": "what is unread",
    "newest": "the newest",
    "answered": "the most answered",
    **words.RULES,
}
ANYBODY: Final = ("", "anybody")  # may open threads where a platform has no owner
FINE: Final = 0.01  # how finely a share is chosen by a slider

ISSUES: Final = {"value": "guiding values", "practical": "practical matters"}

SESSION_TIME: Final = ("week", "minutes")
SESSION_LED: Final = ("facilitation", "circle_size", "turns")
SESSION_NOTES: Final = ("scribe", "captures_divergence")
PLATFORM: Final = ("readers", "answering", "order", "feed_window", "moderation", "anonymity")
GROUP_FIRST: Final = ("size", "fee_per_hour", "power", "openness", "engagement", "trust")
GROUP_MORE: Final = ("conviction", "tolerance", "talkativeness", "recognised")


def one(draft: Draft, path: Path, label: str = "", **more: Any) -> Field:
    """The control of one field; its key is the key path."""
    kind = scenarios.at(path)
    assert kind is not None
    if kind.shorthand:
        return _trait(draft, path, kind, label or called(path))
    value = draft.value(*path)
    said = {
        "key": ".".join(path),
        "label": label or called(path),
        "help": kind.says,
        "wrong": draft.wrong(*path),
        "rule": rules.address(".".join(path)),
        **more,
    }
    if kind.type is bool:
        return controls.check(value=bool(value), **said)
    if kind.type is str and kind.words:
        options = [(word, CHOICES.get(word, word)) for word in kind.words]
        return controls.select(value=str(value), **{"options": options, **said})
    if kind.type is str:
        return controls.text(value=str(value or ""), **said)
    spread = kind.high is not None and kind.high - (kind.low or 0.0) <= 2 and kind.type is float
    if spread:
        return {**controls.slider(value=value, low=0, high=1, step=FINE, **said), **_range(kind)}
    return controls.number(value=value, low=kind.low, high=kind.high, **said)


def _trait(draft: Draft, path: Path, kind: scenarios.Kind, label: str) -> Field:
    """A trait is chosen by its mean, which is 0 where the trait is an entry of a list and not in it."""
    key = (*path, kind.shorthand)
    rule = rules.address(".".join(path))
    said = {"help": kind.says or says(*path[:-1]), "wrong": draft.wrong(*key), "rule": rule}
    slider = controls.slider(".".join(key), label, draft.value(*key) or 0.0, -1, 1, FINE, **said)
    return {**slider, **_range(kind)}


def _title(draft: Draft, path: Path) -> Field:
    """The title of something; what it is called where it has none."""
    title = one(draft, (*path, "title"))
    return {**title, "value": words.called(title["value"], path[-1])}


def _range(kind: scenarios.Kind) -> Field:
    """The ends of a slider; shares are shown as percentages, and told when the slider is let go."""
    low = kind.low + FINE if kind.above and kind.low is not None else kind.low
    share = (kind.low, kind.high) == (0, 1)
    return {"low": low, "high": kind.high, "settled": True, "percent": share} if kind.high is not None else {}


def says(*path: str) -> str:
    """What the definition says of a field."""
    kind = scenarios.at(path)
    return kind.says if kind is not None else ""


def called(path: Path) -> str:
    """What a field is called."""
    return LABELS.get(path[-1], words.sentence(path[-1].replace("_", " ")))


def told(draft: Draft, path: Path) -> str:
    """What a field is called where its place must be said too, as in `People of “Citizens”`."""
    titles = [
        words.called(thing.get("title", ""), key)
        for above, key in pairwise(path)
        if above in ("groups", "issues", "sessions") and (thing := draft.table[above].get(key)) is not None
    ]
    last = [key for key in path[2 if titles else 0 :] if key != "mean"]
    if len(last) > 1 and last[0] in ("platform", "follows"):  # its fields have names that tell
        del last[0]
    name = words.sentence(" ".join(LABELS.get(key, key.replace("_", " ")).lower() for key in last))
    return f"{name} of “{titles[0]}”" if titles else name


# ---- one session ---------------------------------------------------------------------------------------------------


def session(draft: Draft, name: str) -> dict[str, list[Field]]:
    """The fields of a session, in parts."""
    path = ("sessions", name)
    here = draft.scenario.sessions[name]
    at = draft.scenario.cell(name)
    blended = [one(draft, (*path, "live_share"))] if at.startswith("blended") else []
    place = controls.select(
        ".".join((*path, "setting")),
        LABELS["setting"],
        draft.value(*path, "setting") if draft.wrong(*path, "setting") else at,
        [(cell, words.cell(cell)) for cell in cells()],
        help=says(*path, "setting"),
        wrong=draft.wrong(*path, "setting"),
        rule=rules.address("sessions.setting"),
    )
    return {
        "what": [_title(draft, path), one(draft, (*path, "theme"))],
        "when": [place, *(one(draft, (*path, key)) for key in SESSION_TIME), *blended],
        "who": [
            controls.check(f"invite {name} {group}", words.called(said.title, group), group in draft.scenario.invited(name),
                           rule=rules.address("sessions.invited"))
            for group, said in draft.scenario.groups.items()
        ],
        "led": [one(draft, (*path, key)) for key in SESSION_LED],
        "notes": [one(draft, (*path, key)) for key in SESSION_NOTES],
        "supports": [one(draft, (*path, "supports", barrier)) for barrier in BARRIERS],
        "agenda": [
            controls.check(f"own {name}", f"An agenda of its own, not that of the theme “{here.theme}”", here.agenda is not None,
                           rule=rules.address("sessions.agenda")),
            *(
                one(draft, (*path, "agenda", mechanism))
                for mechanism in MECHANISMS
                if here.agenda is not None
            ),
        ],
        "decide": [one(draft, (*path, "decide"))],
    }  # fmt: skip


def platform(draft: Draft, name: str) -> list[Field]:
    """What carries the later channels of a session, and the fields of a platform where there is one."""
    path = ("sessions", name, "platform")
    asked = draft.value(*path)
    there = controls.check(
        f"platform {name}",
        "A platform carries what is contributed later",
        asked is not None,
        help=says(*path),
        wrong=draft.wrong(*path),
        rule=rules.address("sessions.platform"),
    )
    if draft.scenario.sessions[name].platform is None:
        return [there]
    owners = [
        ANYBODY,
        *((key, words.called(group.title, key)) for key, group in draft.scenario.groups.items()),
    ]
    owner = controls.select(
        ".".join((*path, "owner")),
        LABELS["owner"],
        draft.value(*path, "owner") or "",
        owners,
        help=says(*path, "owner"),
        wrong=draft.wrong(*path, "owner"),
        rule=rules.address("sessions.platform.owner"),
    )
    rest = [one(draft, (*path, key)) for key in PLATFORM]
    return [there, owner, *rest, *(following(draft) if draft.value(*path, "readers") == "followers" else ())]


def following(draft: Draft) -> list[Field]:
    """Who follows whom: of the whole process, where some platform shows entries to followers."""
    asked = (draft.value("sessions", name, "platform", "readers") for name in draft.table["sessions"])
    if "followers" not in asked:
        return []
    more = ("homophily",) if draft.scenario.follows is not None else ()
    return [one(draft, ("follows", key)) for key in ("degree", *more)]


def agenda_told(draft: Draft, name: str) -> str:
    """What a session's minutes are for, and what is left idle."""
    shares = dict(zip(MECHANISMS, draft.scenario.sessions[name].shares(), strict=True))
    uses = ", ".join(f"{key} {share:.0%}" for key, share in shares.items() if share)
    idle = 1 - sum(shares.values())
    if not uses:
        return "All of it is idle."
    rest = f"{idle:.0%} is left idle" if idle > 1e-6 else "nothing is left idle"
    return f"{words.sentence(uses)}; together {1 - idle:.0%}, and {rest}."


# ---- one group, one issue, the whole ---------------------------------------------------------------------------------


def group(draft: Draft, name: str) -> dict[str, list[Field]]:
    """The fields of a group, in parts."""
    path = ("groups", name)
    return {
        "what": [_title(draft, path), *(one(draft, (*path, key)) for key in GROUP_FIRST)],
        "barriers": [
            one(draft, (*path, "barriers", barrier, part), f"{words.sentence(barrier)}: {label}")
            for barrier in BARRIERS
            for part, label in (("share", "who face it"), ("level", "how strong it is"))
        ],
        "views": [
            one(draft, (*path, "views", issue), words.called(said.title, issue))
            for issue, said in draft.scenario.issues.items()
        ],
        "assets": [
            one(draft, (*path, "assets", kind), words.called("", kind)) for kind in draft.scenario.asset_kinds
        ],
        "more": [one(draft, (*path, key)) for key in GROUP_MORE],
    }


def issue(draft: Draft, name: str) -> list[Field]:
    """The fields of an issue."""
    path = ("issues", name)
    return [_title(draft, path), *(one(draft, (*path, key)) for key in ("kind", "weight"))]


def process(draft: Draft) -> dict[str, list[Field]]:
    """The fields of the process as a whole, in parts."""
    asked = draft.value("decision", "kinds")
    return {
        "what": [
            one(draft, ("title",)),
            one(draft, ("description",), rows=4, most=4000) | {"kind": "area"},
        ],
        "decision": [
            one(draft, ("decision", "rule")),
            *(
                controls.check(
                    f"kind.{kind}",
                    f"It takes agreement on {ISSUES[kind]}",
                    kind in asked,
                    rule=rules.address("decision.kinds"),
                )
                for kind in ISSUES
            ),
        ],
        "dials": [one(draft, ("dials", mechanism)) for mechanism in MECHANISMS],
        "grid": [one(draft, ("fidelity",))],
        "prices": [one(draft, ("prices", key)) for key in draft.table["prices"]],
    }
