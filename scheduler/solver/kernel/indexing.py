"""Elements of tables, found without asking whether an index counts from the end: none does.

Numba's own indexing asks, which makes the search slower and its code several times as long.
"""

import operator
from typing import Any

from numba import types
from numba.core.datamodel import models
from numba.extending import lower_builtin, register_model
from numba.np.arrayobj import getitem_array_tuple, getitem_arraynd_intp, load_item, setitem_array, store_item

_Array: Any = types.Array
DATA, SHAPE = 4, 5
"""Where numba's model of an array has them."""


class TableType(_Array):  # type: ignore[misc]
    """A table in C order, or rows of one, whose indices are never negative."""

    def copy(self, dtype: Any = None, ndim: Any = None, layout: Any = None, readonly: Any = None) -> Any:
        del readonly
        kind = TableType if layout in (None, "C") else types.Array
        return kind(dtype or self.dtype, self.ndim if ndim is None else ndim, layout or self.layout)


register_model(TableType)(models.ArrayModel)


@lower_builtin(operator.getitem, TableType, types.Integer)
def _get(context, builder, sig, args):
    return _element(context, builder, sig, args) or getitem_arraynd_intp(context, builder, sig, args)


@lower_builtin(operator.getitem, TableType, types.BaseTuple)
def _get_by_tuple(context, builder, sig, args):
    return _element(context, builder, sig, args) or getitem_array_tuple(context, builder, sig, args)


def _element(context, builder, sig, args):
    where = _address(context, builder, sig, args)
    return where and load_item(context, builder, sig.args[0], where)


@lower_builtin(operator.setitem, TableType, types.Any, types.Any)
def _set(context, builder, sig, args):
    where, kind = _address(context, builder, sig, args), sig.args[0]
    if where is None:
        return setitem_array(context, builder, sig, args)
    store_item(context, builder, kind, context.cast(builder, args[2], sig.args[2], kind.dtype), where)
    return context.get_dummy_value()


def _address(context, builder, sig, args):
    """Where the one element is that the indices name; None if they name several."""
    (kind, index_type), (table, index) = sig.args[:2], args[:2]
    several = isinstance(index_type, types.BaseTuple)
    kinds = tuple(index_type) if several else (index_type,)
    if len(kinds) != kind.ndim or not all(isinstance(one, types.Integer) for one in kinds):
        return None
    lengths, at = builder.extract_value(table, SHAPE), None
    for n, one in enumerate(kinds):
        step = context.cast(builder, builder.extract_value(index, n) if several else index, one, types.int64)
        if at is None:
            at = step
            continue
        rows = builder.mul(at, builder.extract_value(lengths, n), flags=("nsw",))
        at = builder.add(rows, step, flags=("nsw",))
    return builder.gep(builder.extract_value(table, DATA), [at], inbounds=True)
