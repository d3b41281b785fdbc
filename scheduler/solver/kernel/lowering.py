"""How statements become intermediate code: variables as values, calls that are not asked whether they failed.

Numba keeps a variable that several blocks read in memory. One that is assigned once is known wherever it is read; where
that may be before, LLVM refuses the code. The search raises nothing.
"""

from collections import Counter
from typing import Any

from numba import types
from numba.core import errors, ir, lowering, typed_passes
from numba.core.compiler_machinery import register_pass

from scheduler.solver.kernel.counting import COUNTER, RANGE, count, counter_of, range_of
from scheduler.solver.kernel.values import part, room

_Lower: Any = lowering.Lower
_Pass: Any = typed_passes.BaseNativeLowering
PAIR = "pair_first", "pair_second"


class Lowering(_Lower):  # type: ignore[misc]
    """Numba's lowering, without what debuggers, generators and reference counts need."""

    def _find_singly_assigned_variable(self) -> None:
        assigned = (one.target.name for block in self.blocks.values() for one in block.find_insts(ir.Assign))
        self._assigned = Counter(assigned)
        self._values: dict[str, Any] = {}

    def emit_environment_object(self) -> None:
        if not self.flags.no_cpython_wrapper:
            super().emit_environment_object()

    def lower_block(self, block: Any) -> None:
        for statement in block.body:
            self.loc = statement.loc
            self.lower_inst(statement)

    def lower_inst(self, inst: Any) -> Any:
        if not isinstance(inst, ir.Assign):
            return super().lower_inst(inst)
        name = inst.target.name
        self.storevar(self.lower_assign(self.typeof(name), inst), name)

    def lower_assign(self, ty: Any, inst: Any) -> Any:
        if isinstance(ty, types.Dispatcher):
            return self.context.get_dummy_value()
        return super().lower_assign(ty, inst)

    def lower_expr(self, resty: Any, expr: Any) -> Any:
        if expr.op in PAIR:
            return part(self.builder, self.loadvar(expr.value.name), PAIR.index(expr.op))
        if expr.op == "getiter" and self.typeof(expr.value.name) == RANGE:
            return counter_of(self.context, self.builder, self.loadvar(expr.value.name))
        if expr.op == "iternext" and self.typeof(expr.value.name) == COUNTER:
            return count(self.context, self.builder, resty, self.loadvar(expr.value.name))
        return super().lower_expr(resty, expr)

    def lower_binop(self, resty: Any, expr: Any, op: Any) -> Any:
        context, signature = self.context, self.fndesc.calltypes[expr]
        args = [
            context.cast(self.builder, self.loadvar(one.name), self.typeof(one.name), kind)
            for one, kind in zip((expr.lhs, expr.rhs), signature.args, strict=True)
        ]
        function = context.typing_context.resolve_value_type(op)
        asked = function.get_call_type(context.typing_context, signature.args, {})
        found = context.get_function(function, asked)(self.builder, args)
        return context.cast(self.builder, found, signature.return_type, resty)

    def _lower_call_normal(self, fnty: Any, expr: Any, signature: Any) -> Any:
        if signature.return_type != RANGE:
            return super()._lower_call_normal(fnty, expr, signature)
        bounds = self.fold_call_args(fnty, signature, expr.args, expr.vararg, expr.kws)
        return range_of(self.context, self.builder, bounds)

    def return_exception(self, exc_class: Any, exc_args: Any = None, loc: Any = None) -> None:
        raise errors.UnsupportedError(f"nobody would hear of {exc_class}, for no caller asks", loc)

    def storevar(self, value: Any, name: str, argidx: Any = None) -> None:
        del argidx
        if self._assigned[name] == 1:
            self._values[name] = value
        else:
            self.builder.store(value, self.getvar(name))

    def loadvar(self, name: str) -> Any:
        if name in self._values:
            return self._values[name]
        return self.builder.load(self.getvar(name))

    def getvar(self, name: str) -> Any:
        if name not in self.varmap:
            self.varmap[name] = room(self.builder, self.context.get_value_type(self.typeof(name)))
        return self.varmap[name]


@register_pass(mutates_CFG=True, analysis_only=False)
class NativeLowering(_Pass):  # type: ignore[misc]
    """Numba's pass, with the search's lowering."""

    _name = "native_lowering"
    lowering_class = Lowering


def calling(described: Any, library: Any) -> Any:
    """How to call a part. Nobody looks at its status."""

    def call(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        function = context.declare_function(builder.module, described)
        result = room(builder, function.args[0].type.pointee)
        given = context.get_arg_packer(described.argtypes).as_arguments(builder, args)
        builder.call(function, (result, builder.function.args[1], *given))
        return context.get_returned_value(builder, signature.return_type, builder.load(result))

    call.signature, call.libs = described.argtypes, (library,)  # type: ignore[attr-defined]
    return call
