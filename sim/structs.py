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
from numba.extending import NativeValue, intrinsic, typeof_impl, unbox

from sim.compiler import PLAIN, compiled


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
        kinds = tuple(numba.typeof(member) for member in named_tuple)
        self.kind = ReferenceType(zip(named_tuple._fields, kinds, strict=True))
        self.kept = named_tuple
        self.header = np.zeros(_size_of(named_tuple), np.uint8)
        self.address = int(self.header.ctypes.data)
        _store(named_tuple, self.header)


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


@intrinsic
def _store_in(typing_context, named_tuple, address):  # type: ignore[no-untyped-def]
    """Write a named tuple's members to an address, one after the other."""

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        header = ir.LiteralStructType([context.get_value_type(kind) for kind in named_tuple.types])
        place = builder.inttoptr(args[1], header.as_pointer())
        for n in range(len(named_tuple.types)):
            at = builder.gep(place, [ir.Constant(ir.IntType(32), 0), ir.Constant(ir.IntType(32), n)])
            builder.store(builder.extract_value(args[0], n), at)
        return context.get_dummy_value()

    return types.none(named_tuple, types.uintp), codegen


@compiled
def _store(named_tuple, header):  # type: ignore[no-untyped-def]
    _store_in(named_tuple, header.ctypes.data)  # type: ignore[call-arg]


def _size_of(named_tuple: Any) -> int:
    """Room for the header: an array takes 5 words and 2 for each axis, anything else at most 2."""
    return sum(8 * (5 + 2 * member.ndim) if isinstance(member, np.ndarray) else 16 for member in named_tuple)


def by_reference(named_tuple: Any) -> Any:
    """A reference to a struct with the fields and the memory of a named tuple, for compiled functions.

    Members that are references already stay so; numbers are copied.
    """
    if PLAIN:
        return SimpleNamespace(**named_tuple._asdict())
    return Reference(named_tuple)
