"""Named tuples of arrays, handed to the kernel by reference.

A kernel function that takes eighty arrays by value takes minutes to compile and microseconds to call, and one that counts
references to them is slow besides. So Python keeps the named tuple, and the kernel gets the address of a copy of its
header: the same arrays, the same memory. What either writes, the other sees. Uncompiled, a plain namespace does the same.
"""

from __future__ import annotations

import hashlib
from types import SimpleNamespace
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.datamodel import models
from numba.core.datamodel.registry import register_default
from numba.core.imputils import lower_getattr_generic, lower_setattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, typeof_impl, unbox

from sim.compiler import PLAIN


class ReferenceType(types.Type):
    """The address of a struct with these fields; `fields` pairs names with numba types."""

    def __init__(self, fields: Any) -> None:
        self.fields = tuple(fields)
        self.index = {name: n for n, (name, _) in enumerate(self.fields)}
        # a short name: it becomes part of the symbol of every function that takes one
        super().__init__(name=f"Reference{hashlib.sha256(repr(self.fields).encode()).hexdigest()[:16]}")


@register_default(ReferenceType)
class _ReferenceModel(models.OpaqueModel):
    """To the compiler, an address."""


class Reference:
    """Python's handle on a struct in the kernel's hands; it keeps alive what the struct refers to."""

    __slots__ = ("address", "header", "kept", "kind")

    def __init__(self, named_tuple: Any) -> None:
        kinds = [numba.typeof(member) for member in named_tuple]
        self.kind = ReferenceType(zip(named_tuple._fields, kinds, strict=True))
        self.kept = named_tuple
        self.header = _header(named_tuple)
        self.address = int(self.header.ctypes.data)


@typeof_impl.register(Reference)
def _typeof_reference(value: Reference, context: Any) -> ReferenceType:
    return value.kind


@unbox(ReferenceType)
def _unbox_reference(kind, obj, c):  # type: ignore[no-untyped-def]
    number = c.pyapi.object_getattr_string(obj, "address")
    address = c.pyapi.long_as_voidptr(number)
    c.pyapi.decref(number)
    return NativeValue(address)


@infer_getattr
class _Fields(AttributeTemplate):
    """The type of a field."""

    key = ReferenceType

    def generic_resolve(self, kind: ReferenceType, name: str) -> Any:  # type: ignore[override]
        return kind.fields[kind.index[name]][1] if name in kind.index else None


def _field(context, builder, kind, address, name):  # type: ignore[no-untyped-def]
    """The place of a field: the header is laid out like the named tuple itself."""
    header = ir.LiteralStructType([context.get_value_type(member) for _, member in kind.fields])
    place = builder.bitcast(address, header.as_pointer())
    return builder.gep(place, [ir.Constant(ir.IntType(32), 0), ir.Constant(ir.IntType(32), kind.index[name])])


@lower_getattr_generic(ReferenceType)
def _get(context, builder, kind, address, name):  # type: ignore[no-untyped-def]
    value = builder.load(_field(context, builder, kind, address, name))
    if context.enable_nrt:
        context.nrt.incref(builder, kind.fields[kind.index[name]][1], value)
    return value


@lower_setattr_generic(ReferenceType)
def _set(context, builder, sig, args, name):  # type: ignore[no-untyped-def]
    kind, given = sig.args
    value = context.cast(builder, args[1], given, kind.fields[kind.index[name]][1])
    builder.store(value, _field(context, builder, kind, args[0], name))


def _words(member: Any) -> tuple[Any, Any]:
    """How a member lies in memory, and what stands there: for an array numba's own header (no owner, number of items, size
    of one, address, shape, strides), for a struct its address, for a number itself.
    """
    if isinstance(member, np.ndarray):
        words = (0, 0, member.size, member.itemsize, member.ctypes.data, *member.shape, *member.strides)
        return (np.int64, len(words)), words
    if isinstance(member, Reference):
        return np.int64, member.address
    return np.asarray(member).dtype, member


def _header(named_tuple: Any) -> np.ndarray:
    """The members one after the other, aligned as the compiler aligns them."""
    layout, content = zip(*(_words(member) for member in named_tuple), strict=True)
    header = np.zeros(1, np.dtype(list(zip(named_tuple._fields, layout, strict=True)), align=True))
    header[0] = tuple(content)
    return header


def by_reference(named_tuple: Any) -> Any:
    """A reference to a struct with the fields and the memory of a named tuple, for compiled functions.

    Members that are references already stay so; numbers are copied.
    """
    if PLAIN:
        return SimpleNamespace(**named_tuple._asdict())
    return Reference(named_tuple)
