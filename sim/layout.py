"""State as named tuples of arrays: one table says what each array is, and from it come the tuple, its memory and its size.

Axes, always in the order (participants, groups, issues): N participants, G groups, K issues, S kinds of strengths,
C circles, T turns in a circle, E entries on the record, Q answers on the board, L lines of the event log.

Indices are unsigned, so that the kernel need not ask of each whether it counts from the end; those that may be -1 are signed.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Final

import numpy as np

VIEW_BINS: Final = 41  # the record marks positions to the nearest twentieth of [-1, 1]


@dataclass(frozen=True)
class Field:
    """One array of the state: its name, type, axes (each a letter above, or a number) and what it means."""

    name: str
    dtype: Any
    axes: tuple[str | int, ...]
    meaning: str


def tuple_of(name: str, fields: tuple[Field, ...]) -> Any:
    """The named tuple type that holds these arrays."""
    return namedtuple(name, [field.name for field in fields])


def _shape(field: Field, sizes: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(axis if isinstance(axis, int) else sizes[axis] for axis in field.axes)


def allocate(kind: Any, fields: tuple[Field, ...], sizes: Mapping[str, int]) -> Any:
    """Fresh arrays, all zero, as one named tuple."""
    return kind(*(np.zeros(_shape(field, sizes), field.dtype) for field in fields))


def bytes_of(fields: tuple[Field, ...], sizes: Mapping[str, int]) -> int:
    """Memory that these arrays take, in bytes."""
    return sum(np.dtype(field.dtype).itemsize * prod(_shape(field, sizes)) for field in fields)
