"""Programme theories: put to the test, locked before they are, and held against their rivals."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from analysis.commands.asking import (
    MOST_REPLICATES,
    Json,
    Seed,
    Workers,
    folder,
    note,
    say_if_the_model_must_be_prepared,
    screen,
    waited_for,
    what_was_kept,
    whole,
)

if TYPE_CHECKING:
    from analysis.examination import Examination, Plan
    from analysis.store import Store

TheoryName = Annotated[
    str, Parameter(help="A theory of the library (see `coprod list`), or the path of a file.")
]
Out = Annotated[
    Path | None,
    Parameter(
        converter=folder,
        help="Folder for the runs, the verdicts and the report; the same command goes on there.",
    ),
]


def auto_or_whole(_: Any, tokens: Sequence[Any]) -> int | None:
    """A converter for a number of worlds that may be left to the pilot."""
    if tokens[0].value == "auto":
        return None
    return whole(2, MOST_REPLICATES)(_, tokens)


Replicates = Annotated[
    int | None,
    Parameter(
        converter=auto_or_whole,
        help="Worlds for each claim, or auto: planned from a pilot and the smallest effect of interest.",
        show_default=False,
    ),
]
Robust = Annotated[
    int,
    Parameter(
        converter=whole(0, 100_000),
        help="Try each claim again at so many points of the parameters' plausible ranges, under all readings of the grid.",
    ),
]


def put_to_test(
    theory: TheoryName,
    /,
    *,
    seed: Seed = 1,
    replicates: Replicates = None,
    robust: Robust = 0,
    workers: Workers = None,
    locked: Annotated[
        Path | None,
        Parameter(
            converter=folder,
            help="The preregistration to hold the test against; THEORY.lock.json of this folder if there is one.",
        ),
    ] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Put the claims of a programme theory to the test: supported, refuted, equivalent or undecided."""
    import scenarios
    from analysis import preregistration, theory_tables
    from analysis.examination import plan, run
    from sim import ScenarioError

    head, _, claim = theory.partition("/")
    if claim and head in scenarios.theories():
        raise ScenarioError(
            f"test takes a whole theory, as in `coprod test {head}`; found the claim {theory!r}"
        )
    known = scenarios.theory(theory)
    lock = _lock_of(known.name, locked)
    deviations = None
    if lock is not None:
        now = preregistration.locked(known, seed=seed, replicates=replicates, robust=robust)
        deviations = preregistration.deviations(lock[1], now)
        _say_what_was_locked(*lock, deviations)
    store = _store(out)
    say_if_the_model_must_be_prepared()
    made = waited_for(lambda bar, stop: plan(known, seed=seed, replicates=replicates, workers=workers), 1)
    _show(made)
    examination = waited_for(
        lambda bar, stop: run(
            made,
            robust=robust,
            workers=workers,
            store=store,
            command=_command(),
            progress=bar.show,
            say=bar.say,
            stop=stop,
        ),
        made.runs + 3 * robust,
        lambda: what_was_kept(store, made.runs),
    )
    _answer(
        examination.summary(),
        theory_tables.of_examination(examination, f"{known.title} ({known.name}), seed {seed}"),
        as_json=json,
    )
    if store is not None:
        from analysis.report import theory_page

        page = theory_page.of_examination(known, examination, _made(examination), deviations)
        _keep(store, "test.json", examination.summary(), page)


def lock(
    theory: TheoryName,
    /,
    *,
    seed: Seed = 1,
    replicates: Replicates = None,
    robust: Robust = 0,
    out: Annotated[
        Path | None,
        Parameter(converter=folder, help="The file to write; THEORY.lock.json in this folder if left out."),
    ] = None,
    json: Json = False,
) -> None:
    """Write down what will be tested and how, before it is: a preregistration."""
    import scenarios
    from analysis import preregistration

    known = scenarios.theory(theory)
    made = preregistration.locked(known, seed=seed, replicates=replicates, robust=robust)
    path = out or Path(f"{known.name}.lock.json")
    preregistration.write(made, path)
    if json:
        _print(made)
    else:
        page = screen()
        page.print(
            f"{path} holds what {known.name} claims ({len(known.claims)}), its designs, analysis and versions."
        )
        page.print(
            "Put it where others see when it was written, then run the same options with `coprod test`."
        )


def contest(
    *theories: TheoryName,
    patterns: Annotated[
        str, Parameter(help="The patterns: a name in the library (core), or the path of a file.")
    ] = "core",
    seed: Seed = 1,
    replicates: Replicates = None,
    workers: Workers = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Hold rival theories against each other on the same patterns."""
    import scenarios
    from analysis import contests, theory_tables

    known = [scenarios.theory(name) for name in theories]
    held = scenarios.patterns(patterns)
    contests.check(known, held)
    store = _store(out)
    say_if_the_model_must_be_prepared()
    made = waited_for(
        lambda bar, stop: contests.plan(known, held, seed=seed, replicates=replicates, workers=workers), 1
    )
    _show(made)
    result = waited_for(
        lambda bar, stop: contests.contest(
            known, held, workers=workers, store=store, command=_command(), made=made,
            progress=bar.show, say=bar.say, stop=stop,
        ),
        made.runs,
        lambda: what_was_kept(store, made.runs),
    )  # fmt: skip
    _answer(result.summary(), theory_tables.of_contest(result), as_json=json)
    if store is not None:
        from analysis.report import theory_page

        page = theory_page.of_contest(result, _made(result.examination))
        _keep(store, "contest.json", result.summary(), page)


def _lock_of(name: str, asked: Path | None) -> tuple[Path, dict[str, Any]] | None:
    from analysis import preregistration

    path = asked or Path(f"{name}.lock.json")
    return (path, preregistration.read(path)) if asked is not None or path.exists() else None


def _say_what_was_locked(path: Path, lock: dict[str, Any], found: list[str]) -> None:
    if not found:
        note(f"This is the test that {path} locked ({lock['theory']['hash']}).")
        return
    note(
        f"This is not the test that {path} locked; it deviates in {len(found)} point{'s' if len(found) > 1 else ''}:"
    )
    for deviation in found:
        note(f"  {deviation}")


def _store(out: Path | None) -> Store | None:
    from analysis.store import Store

    return Store(out) if out is not None else None


def _show(made: Plan) -> None:
    from analysis import theory_tables

    for line in theory_tables.plan(made):
        note(line)


def _answer(summary: dict[str, Any], parts: Iterable[Any], *, as_json: bool) -> None:
    if as_json:
        _print(summary)
        return
    page = screen()
    for part in parts:
        page.print(part)


def _keep(store: Store, file: str, summary: dict[str, Any], page: str) -> None:
    """Put the result and its page beside the runs."""
    store.write(file, json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    store.write("report.html", page)
    note(f"The report, the verdicts ({file}), the runs and what made them are in {store.folder}")


def _made(examination: Examination) -> dict[str, Any]:
    return examination.study.made if examination.study is not None else {}


def _print(summary: dict[str, Any]) -> None:
    print(json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False))


def _command() -> str:
    return shlex.join(["coprod", *sys.argv[1:]])
