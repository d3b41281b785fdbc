"""How numba is led through the search's functions, three times as fast as by itself.

By itself numba would turn every function into machine code, with all that it calls, again and again up the tree of
calls; it would do so anew for every constant in a call; it would look for what the search has none of (generators,
closures, array expressions); and it would ask all its overloads about each `+`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

from numba.core import compiler, typed_passes, types, untyped_passes
from numba.core.compiler_machinery import PassManager

PASSES: tuple[Any, ...] = (
    untyped_passes.TranslateByteCode,
    untyped_passes.FixupArgs,
    untyped_passes.IRProcessing,
    untyped_passes.GenericRewrites,
    untyped_passes.ReconstructSSA,
    typed_passes.NopythonTypeInference,
    typed_passes.PreLowerStripPhis,
    typed_passes.IRLegalization,
    typed_passes.AnnotateTypes,
    typed_passes.NativeLowering,
    typed_passes.NoPythonBackend,
)
_Compiler: Any = compiler.CompilerBase
_signatures: dict[Any, Any] = {}


class Entry(_Compiler):  # type: ignore[misc]
    """The passes that the search needs."""

    def define_pipelines(self) -> list[Any]:
        manager = PassManager("search")
        for one in PASSES:
            manager.add_pass(one, one.__name__)
        manager.finalize()
        return [manager]

    def compile_extra(self, function: Callable[..., Any]) -> Any:
        self.state.flags.no_cfunc_wrapper = True
        with _remembering(self.state.typingctx, self.state.targetctx):
            return super().compile_extra(function)


@contextmanager
def _remembering(typing: Any, target: Any) -> Iterator[None]:
    """Have numba ask only once for an operator's signature, and for the size of a type."""
    if "resolve_function_type" in vars(typing):  # further up the tree of calls
        yield
        return
    typing.resolve_function_type = partial(_resolved, typing.resolve_function_type)
    target.get_abi_sizeof = cache(target.get_abi_sizeof)
    try:
        yield
    finally:
        del typing.resolve_function_type, target.get_abi_sizeof


def _resolved(ask: Callable[..., Any], function: Any, args: Any, kws: Any) -> Any:
    if isinstance(function, types.Dispatcher) or kws:
        return ask(function, args, kws)
    question = function, tuple(args)
    if question not in _signatures:
        _signatures[question] = ask(function, args, kws)
    return _signatures[question]


class Part(Entry):
    """Makes a function's intermediate code only; what it calls is linked to the entry, each function once."""

    def compile_extra(self, function: Callable[..., Any]) -> Any:
        flags = self.state.flags
        flags.no_compile = flags.no_cpython_wrapper = True
        result = super().compile_extra(function)
        library, key = result.library, list[None]().append  # numba wants a builtin of its own for each function
        libraries = dict.fromkeys((library, *library._linking_libraries))
        library.finalize = lambda: setattr(library, "_finalized", True)
        result.target_context.insert_user_function(key, result.fndesc, tuple(libraries))
        return result._replace(entry_point=key)


def general(kind: types.Type) -> types.Type:
    """A type without its value, integers of one width."""
    kind = types.unliteral(kind)
    return types.int64 if isinstance(kind, types.Integer) else kind
