"""Tables in compiled code: where the elements are, and how many; an index never counts from the end.

Numba's own arrays say much more about themselves, and its own indexing asks for signs, which makes the search slower
and its code several times as long.
"""

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.datamodel import models
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_global, signature
from numba.extending import infer_getattr, lower_builtin, lower_getattr, register_model
from numba.np.arrayobj import load_item, store_item

from scheduler.solver.kernel.values import part, struct

_Array: Any = types.Array
_AbstractTemplate: Any = AbstractTemplate
_AttributeTemplate: Any = AttributeTemplate
DATA, LENGTHS = 0, 1
"""Where the model of a table has them."""


class TableType(_Array):  # type: ignore[misc]
    """A table in C order, or rows of one, whose indices are never negative."""

    def copy(self, dtype: Any = None, ndim: Any = None, layout: Any = None, readonly: Any = None) -> Any:
        del readonly
        kind = TableType if layout in (None, "C") else types.Array
        return kind(dtype or self.dtype, self.ndim if ndim is None else ndim, layout or self.layout)


class LengthsType(types.Type):
    """The shape of a table."""

    def __init__(self, ndim: int) -> None:
        self.ndim = ndim
        super().__init__(name=f"Lengths({ndim})")


@register_model(TableType)
class _Table(models.StructModel):
    def __init__(self, manager: Any, kind: TableType) -> None:
        members = [("data", types.CPointer(kind.dtype)), ("lengths", types.UniTuple(types.int64, kind.ndim))]
        super().__init__(manager, kind, members)


@register_model(LengthsType)
class _Lengths(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: LengthsType) -> None:
        super().__init__(manager, kind, ir.ArrayType(ir.IntType(64), kind.ndim))


@infer_getattr
class _Shape(_AttributeTemplate):  # type: ignore[misc]
    key = TableType

    def resolve_shape(self, kind: TableType) -> LengthsType:
        return LengthsType(kind.ndim)


@infer_global(operator.getitem)
class _Length(_AbstractTemplate):  # type: ignore[misc]
    prefer_literal = True

    def generic(self, args: Any, kws: Any) -> Any:
        del kws
        known = isinstance(args[0], LengthsType) and isinstance(args[1], types.IntegerLiteral)
        return signature(types.int64, *args) if known else None


@lower_getattr(TableType, "shape")
def _shape(context, builder, kind, table):
    return part(builder, table, LENGTHS)


@lower_builtin(operator.getitem, LengthsType, types.IntegerLiteral)
def _length(context, builder, sig, args):
    return part(builder, args[0], sig.args[1].literal_value)


@lower_builtin(operator.getitem, TableType, types.Integer)
@lower_builtin(operator.getitem, TableType, types.BaseTuple)
def _get(context, builder, sig, args):
    where = _address(context, builder, sig, args)
    if not isinstance(sig.return_type, TableType):
        return load_item(context, builder, sig.args[0], where)
    lengths, ndim = part(builder, args[0], LENGTHS), sig.args[0].ndim
    left = [part(builder, lengths, n) for n in range(ndim - sig.return_type.ndim, ndim)]
    return table_of(context, builder, sig.return_type, where, left)


@lower_builtin(operator.setitem, TableType, types.Integer, types.Any)
@lower_builtin(operator.setitem, TableType, types.BaseTuple, types.Any)
def _set(context, builder, sig, args):
    kind = sig.args[0]
    value = context.cast(builder, args[2], sig.args[2], kind.dtype)
    store_item(context, builder, kind, value, _address(context, builder, sig, args))
    return context.get_dummy_value()


def table_of(context: Any, builder: Any, kind: TableType, data: Any, lengths: Any) -> Any:
    """A table that begins at an address."""
    counts = struct(builder, ir.ArrayType(ir.IntType(64), kind.ndim), lengths)
    return struct(builder, context.get_value_type(kind), (data, counts))


def _address(context, builder, sig, args):
    """Where the element is that the indices name, or the first one of a row."""
    (kind, index_kind), (table, index) = sig.args[:2], args[:2]
    several = isinstance(index_kind, types.BaseTuple)
    named = [(part(builder, index, n), one) for n, one in enumerate(index_kind)] if several else [(index, index_kind)]
    at, *steps = (context.cast(builder, step, one, types.int64) for step, one in named)
    lengths = part(builder, table, LENGTHS)
    for n in range(1, kind.ndim):
        at = builder.mul(at, part(builder, lengths, n), flags=("nsw",))
        if n <= len(steps):
            at = builder.add(at, steps[n - 1], flags=("nsw",))
    return builder.gep(part(builder, table, DATA), [at], inbounds=True)
