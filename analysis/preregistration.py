"""A preregistration: what will be tested and how, written down before anything is run, and held against what was run.

The file holds hashes and the plain values behind them, so that a deviation can be named. It proves nothing about when it was
written: put it where others see the time (a registry, a public commit).
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import secrets
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sim
from analysis import examination, experiments, verdicts

if TYPE_CHECKING:
    from scenarios import Theory

PACKAGES: Final = ("coprod", "numpy", "scipy", "numba")


class LockError(sim.CoprodError):
    """A preregistration cannot be read or written."""


def locked(theory: Theory, *, seed: int, replicates: int | None, robust: int) -> dict[str, Any]:
    """What a preregistration says about a theory, to be written as JSON.

    Parameters
    ----------
    theory : the theory.
    seed, replicates, robust : as the test will be asked for; `replicates` None means planned by the pilot.
    """
    design = {name: _design(experiments.of_claim(theory, name)) for name in theory.claims}
    analysis = {
        "alpha": verdicts.ALPHA,
        "power": verdicts.POWER,
        "adjustment": "Holm, over the emergent claims",
        "equivalence": "two one-sided tests, 90% interval within the smallest effect",
        "pairing": "common random numbers, by world",
        "precision": verdicts.PRECISION,
        "fewest": verdicts.FEWEST,
        "most": verdicts.MOST,
        "pilot": examination.PILOT,
        "seed": seed,
        "replicates": "auto" if replicates is None else replicates,
        "robust": robust,
        "code": _code(),
    }
    return {
        "theory": {"hash": theory.digest(), **theory.model_dump(mode="json", exclude={"claims"})},
        "claims": {name: claim.model_dump(mode="json") for name, claim in theory.claims.items()},
        "design": {"hash": _hash(design), "claims": design},
        "analysis": {"hash": _hash(analysis), **analysis},
        "versions": {
            "python": platform.python_version(),
            "model": sim.sources_digest(),
            **{package: version(package) for package in PACKAGES},
        },
    }


def write(lock: dict[str, Any], path: Path) -> None:
    """Write a preregistration, whole or not at all. One that is there is never overwritten by another.

    Raises
    ------
    LockError : there is another one already, or the file cannot be written.
    """
    if path.exists():
        if read(path) == lock:
            return
        msg = f"{path}: another preregistration is there, and it stays as it is; name another file with --out"
        raise LockError(msg)
    hidden = path.with_name(f".coprod-{secrets.token_hex(8)}")
    try:
        hidden.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        hidden.replace(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LockError(f"{path}: it cannot be written: {reason}; name another file with --out") from error
    finally:
        hidden.unlink(missing_ok=True)


def read(path: str | os.PathLike[str]) -> dict[str, Any]:
    """A preregistration as it was written.

    Raises
    ------
    LockError : there is none in that file.
    """
    try:
        lock = json.loads(Path(path).read_text(encoding="utf-8"))
        lock["theory"]["hash"], lock["design"]["hash"], lock["analysis"]["hash"], lock["versions"]
    except OSError as error:
        raise LockError(f"{path}: it cannot be read: {(error.strerror or str(error)).lower()}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise LockError(
            f"{path}: this is no preregistration of coprod's; `coprod lock` writes one"
        ) from error
    return lock


def deviations(lock: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Where what is run differs from what was locked, a sentence each; none if it is the same test."""
    return [
        f"{'.'.join(path)}: locked {_said(before)}, run {_said(after)}"
        for path, before, after in _differences((), lock, now)
        if path[-1] != "hash"  # what a hash stands for is written out beside it
    ]


def _design(experiment: experiments.Experiment) -> dict[str, Any]:
    return {
        "outcome": experiment.outcome,
        "whom": experiment.whom,
        "beside": list(experiment.beside),
        "cells": {
            " x ".join(design.levels): {"weight": design.weight, "process": design.scenario.digest()}
            for design in experiment.designs
        },
    }


def _code() -> str:
    """A hash of the files that judge, without which the words above could mean something else."""
    here = Path(__file__).parent
    parts = ("verdicts.py", "experiments.py", "examination.py", "statistics.py")
    return hashlib.sha256(b"".join((here / part).read_bytes() for part in parts)).hexdigest()[:16]


def _hash(said: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def _differences(path: tuple[str, ...], before: Any, after: Any) -> list[tuple[tuple[str, ...], Any, Any]]:
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [*before, *(key for key in after if key not in before)]
        return [
            found
            for key in keys
            for found in _differences((*path, str(key)), before.get(key), after.get(key))
        ]
    return [] if before == after else [(path, before, after)]


def _said(value: Any) -> str:
    if value is None:
        return "nothing"
    return "another one" if isinstance(value, dict | list) else str(value)
