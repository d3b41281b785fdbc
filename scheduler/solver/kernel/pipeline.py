"""How numba is led through the search's functions, many times as fast as by itself.

By itself numba would turn every function into machine code, with all that it calls, again and again up the tree of
calls; it would do so anew for every constant in a call; it would look for what the search has none of (generators,
closures, array expressions, variables whose end is to be noted); and it would ask all its overloads about each `+` and
each element of an array.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

from numba.core import compiler, postproc, transforms, typed_passes, types, untyped_passes
from numba.core.compiler_machinery import PassManager
from numba.core.datamodel import models

from scheduler.solver.kernel.library import Draft, Whole
from scheduler.solver.kernel.lowering import NativeLowering, calling
from scheduler.solver.kernel.reading import TranslateByteCode

PASSES: tuple[Any, ...] = (
    TranslateByteCode,
    untyped_passes.FixupArgs,
    untyped_passes.IRProcessing,
    untyped_passes.ReconstructSSA,
    typed_passes.NopythonTypeInference,
    typed_passes.PreLowerStripPhis,
    typed_passes.AnnotateTypes,
    NativeLowering,
    typed_passes.NoPythonBackend,
)
_Compiler: Any = compiler.CompilerBase
ASKS = types.BaseFunction.get_call_type
_signatures: dict[Any, Any] = {}


class Entry(_Compiler):  # type: ignore[misc]
    """The passes that the search needs."""

    library = Whole

    def define_pipelines(self) -> list[Any]:
        manager = PassManager("search")
        for one in PASSES:
            manager.add_pass(one, one.__name__)
        manager.finalize()
        return [manager]

    def compile_extra(self, function: Callable[..., Any]) -> Any:
        self.state.flags.no_cfunc_wrapper = True
        self.state.library = self.library(self.state.targetctx.codegen(), function.__qualname__)
        with _led(self.state.targetctx, self.state.typingctx):
            return super().compile_extra(function)


@contextmanager
def _led(target: Any, typing: Any) -> Iterator[None]:
    """Have numba ask only once for attributes, for an operator's signature and for the size of a type."""
    if "get_abi_sizeof" in vars(target):  # further up the tree of calls
        yield
        return
    collecting = gc.isenabled()
    gc.disable()
    with ExitStack() as stack:
        if collecting:
            stack.callback(_collect_again)
        stack.enter_context(_instead(target, "get_abi_sizeof", cache(target.get_abi_sizeof)))
        stack.enter_context(_instead(typing, "resolve_getattr", cache(typing.resolve_getattr)))
        stack.enter_context(_instead(types.BaseFunction, "get_call_type", _signature))
        stack.enter_context(_instead(postproc.PostProcessor, "run", _tidy))
        stack.enter_context(_instead(models.BooleanModel, "from_data", _truth))
        yield


def _collect_again() -> None:
    """Look for garbage again, but not at once among all that was made: that takes a twentieth of the time."""
    if not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()
    gc.enable()


@contextmanager
def _instead(owner: Any, name: str, way: Any) -> Iterator[None]:
    own = vars(owner).get(name)
    setattr(owner, name, way)
    try:
        yield
    finally:
        delattr(owner, name) if own is None else setattr(owner, name, own)


def _signature(function: Any, context: Any, args: Any, kws: Any) -> Any:
    if kws:
        return ASKS(function, context, args, kws)
    question = function, tuple(args)
    if question not in _signatures:
        _signatures[question] = ASKS(function, context, args, kws)
    return _signatures[question]


def _tidy(processor: Any, emit_dels: bool = False, extend_lifetimes: bool = False) -> None:
    """Bring blocks into order; where variables end matters to reference counts and generators alone."""
    del emit_dels, extend_lifetimes
    processor.func_ir.generator_info = None
    processor.func_ir.blocks = transforms.canonicalize_cfg(processor.func_ir.blocks)


def _truth(model: Any, builder: Any, value: Any) -> Any:
    """A truth value from a byte, without a branch."""
    del model
    return builder.icmp_unsigned("!=", value, value.type(0))


class Part(Entry):
    """Makes a function's intermediate code only; what it calls is linked to the entry, each function once."""

    library = Draft

    def compile_extra(self, function: Callable[..., Any]) -> Any:
        flags = self.state.flags
        flags.no_compile = flags.no_cpython_wrapper = True
        result = super().compile_extra(function)
        key = list[None]().append  # numba wants a builtin of its own for each function
        way = calling(result.fndesc, result.library)
        result.target_context.insert_func_defn([(way, key, way.signature)])
        return result._replace(entry_point=key)


def general(kind: types.Type) -> types.Type:
    """A type without its value, integers of one width."""
    kind = types.unliteral(kind)
    return types.int64 if isinstance(kind, types.Integer) else kind
