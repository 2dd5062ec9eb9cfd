"""One run as a page that plays it back, to hand out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from analysis.commands.asking import (
    MOST_REPLICATES,
    Changes,
    Seed,
    file,
    mistake,
    note,
    say_if_the_model_must_be_prepared,
    whole,
)

MOST_WORLDS = 10_000


def replay(
    *names: Annotated[
        str, Parameter(help="A name in the library or a file; or two, to be played side by side.")
    ],
    out: Annotated[Path, Parameter(converter=file, help="The file to write: a page (.html).")],
    seed: Seed = 1,
    replicate: Annotated[
        int,
        Parameter(converter=whole(0, MOST_REPLICATES), help="The number of the run under this seed, from 0."),
    ] = 0,
    worlds: Annotated[
        int,
        Parameter(
            converter=whole(0, MOST_WORLDS),
            help="In how many worlds it is looked up where outcomes usually lie; 0 leaves that out.",
        ),
    ] = 40,
    set: Changes = (),
) -> int | None:
    """Write one run, or two side by side, as one page that plays it back from disk: no server, no account."""
    import scenarios
    from analysis.replay import page

    if not 1 <= len(names) <= 2:
        return mistake(
            "replay: name one scenario, or two to play side by side, as in `coprod replay tick-box --out replay.html`"
        )
    designs = [scenarios.load(name, set=set) for name in names]
    if len(designs) == 2 and len(designs[0].sessions) != len(designs[1].sessions):
        return mistake(
            f"replay: {designs[0].name} has {len(designs[0].sessions)} sessions and {designs[1].name} "
            f"{len(designs[1].sessions)}; two runs play side by side only if they have as many"
        )
    page.can_be_written(out)
    say_if_the_model_must_be_prepared()
    from analysis.replay import document, handout

    docs = [document(design, seed, replicate, worlds=worlds) for design in designs]
    both = [doc["title"] for doc in docs] if len(docs) == 2 else None
    page.write(handout(docs, names=both, title=" and ".join(both) if both else ""), out)
    note(f"The replay is in {out}")
    return None
