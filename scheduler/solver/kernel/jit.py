"""How the search is compiled: once per machine, without reference counting, free of Python's lock.

Tables travel by one pointer. As tuples of arrays their hundreds of fields would be copied at every call, which makes
calls and compilation an order of magnitude slower; numba's own records of arrays (structref) count references.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, Self, TypeVar

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.pythonapi import NativeValue
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, lower_getattr_generic, register_model, typeof_impl, unbox
from numba.np import numpy_support

from scheduler.solver.kernel.cache import cache_for
from scheduler.solver.kernel.indexing import TableType, table_of
from scheduler.solver.kernel.pipeline import Entry, Part, general

njit: Any = numba.njit
_AttributeTemplate: Any = AttributeTemplate
Function = TypeVar("Function", bound=Callable[..., Any])
HOW: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}
WORDS = 4
"""64-bit words of a table in the record: address, then up to three dimensions."""


def compiled(function: Function, **more: bool) -> Function:
    """Compile as a part of entries.

    Tables are owned by Python and outlive every call, so references are not counted: it would cost more than the work.
    Such a function can't allocate arrays.
    """
    dispatcher = njit(**HOW, **more, pipeline_class=Part)(function)
    template = dispatcher.get_call_template
    dispatcher.get_call_template = lambda args, kws: template(tuple(map(general, args)), kws)
    return dispatcher  # type: ignore[no-any-return]


def inlined(function: Function) -> Function:
    """Compile as a part of whatever calls it: for what is short and called more often than anything else."""
    return compiled(function, forceinline=True)


def entry(function: Function) -> Function:
    """Compile what Python calls, with all its parts, on the first call; numba's cache keeps the result."""
    dispatcher = njit(**HOW, pipeline_class=Entry)(function)
    dispatcher._cache = cache_for(function)
    return dispatcher  # type: ignore[no-any-return]


class Tables:
    """Arrays under names, as annotated in the subclass. Compiled functions read them as attributes."""

    def __init__(self, **arrays: np.ndarray[Any, Any]) -> None:
        assert list(arrays) == self.names(), "every table in the order of the annotations"
        self.__dict__.update(arrays)
        self._record = np.zeros((len(arrays), WORDS), dtype=np.int64)
        for row, array in zip(self._record, arrays.values(), strict=True):
            assert array.flags.c_contiguous, "compiled functions count on it"
            row[0], row[1 : 1 + array.ndim] = array.ctypes.data, array.shape

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.arrays)

    @classmethod
    def names(cls) -> list[str]:
        return list(cls.__annotations__)

    @property
    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        return {name: self.__dict__[name] for name in self.names()}

    @property
    def address(self) -> int:
        return int(self._record.ctypes.data)

    def replace(self, **arrays: np.ndarray[Any, Any]) -> Self:
        return type(self)(**{**self.arrays, **arrays})

    def copy(self) -> Self:
        return type(self)(**{name: array.copy() for name, array in self.arrays.items()})


def _again(kind: type[Tables], arrays: dict[str, np.ndarray[Any, Any]]) -> Tables:
    """Tables that travelled: their arrays lie elsewhere now."""
    return kind(**arrays)


class TablesType(types.Type):
    """The type of `Tables` in compiled code: names with the types of their arrays."""

    def __init__(self, fields: tuple[tuple[str, types.Array], ...]) -> None:
        self.fields = fields
        said = ", ".join(f"{name}: {array}" for name, array in fields)
        super().__init__(name=f"Tables({sha256(said.encode()).hexdigest()[:16]})")


@typeof_impl.register(Tables)
def _type_of(value: Tables, context: object) -> TablesType:
    del context
    arrays = value.arrays.items()
    return TablesType(tuple((n, TableType(numpy_support.from_dtype(a.dtype), a.ndim, "C")) for n, a in arrays))


register_model(TablesType)(models.OpaqueModel)


@unbox(TablesType)
def _unbox(kind, value, context):
    number = context.pyapi.object_getattr_string(value, "address")
    address = context.pyapi.long_as_longlong(number)
    context.pyapi.decref(number)
    return NativeValue(context.builder.inttoptr(address, cgutils.voidptr_t))


@infer_getattr
class _Attributes(_AttributeTemplate):  # type: ignore[misc]
    key = TablesType

    def generic_resolve(self, kind: TablesType, name: str) -> Any:
        return dict(kind.fields).get(name)


@lower_getattr_generic(TablesType)
def _attribute(context, builder, kind, value, name):
    """Call a function that reads the attribute; each module has its own, and the optimiser dissolves it."""
    known = f"{name} of tables {kind._code}"
    function = builder.module.globals.get(known)
    if function is None:
        array = context.get_value_type(dict(kind.fields)[name])
        function = ir.Function(builder.module, ir.FunctionType(array, [cgutils.voidptr_t]), known)
        function.linkage = "internal"
        function.attributes.add("alwaysinline")
        inside = ir.IRBuilder(function.append_basic_block())
        inside.ret(_table(context, inside, kind, function.args[0], name))
    return builder.call(function, [value])


def _table(context, builder, kind, value, name):
    """A table over memory that nobody counts, from the words of its row in the record."""
    number = list(dict(kind.fields)).index(name)
    table_kind = dict(kind.fields)[name]
    words = builder.bitcast(value, ir.IntType(64).as_pointer())

    def word(n: int) -> Any:
        found = builder.load(builder.gep(words, [ir.Constant(ir.IntType(64), WORDS * number + n)]))
        found.set_metadata("invariant.load", builder.module.add_metadata([]))
        return found

    data = context.get_data_type(types.CPointer(table_kind.dtype))
    lengths = [word(1 + n) for n in range(table_kind.ndim)]
    return table_of(context, builder, table_kind, builder.inttoptr(word(0), data), lengths)
