"""Where intermediate code is gathered: written down once, put together in an entry, read by LLVM once.

By itself numba has LLVM read every function on its own, check it, copy it for each of its callers and link it.
"""

from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba.core import codegen

_CodeLibrary: Any = codegen.CodeLibrary
_JITCodeLibrary: Any = codegen.JITCodeLibrary
_metadata: list[Any] = []
"""Numbered across all modules, so that functions of several can be put together."""


class _Gathering:
    """Modules as they were made, and the libraries of what they call."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.modules: list[ir.Module] = []
        self.called: dict[Any, None] = {}

    def create_ir_module(self, name: str) -> ir.Module:
        module = super().create_ir_module(name)  # type: ignore[misc]
        module.metadata = _metadata
        return module

    def add_ir_module(self, module: ir.Module) -> None:
        self.modules.append(module)

    def add_linking_library(self, library: Any) -> None:
        library._ensure_finalized()
        self.called[library] = None


class Draft(_Gathering, _CodeLibrary):  # type: ignore[misc]
    """A part's code, for entries to take."""

    def add_ir_module(self, module: ir.Module) -> None:
        for function in module.functions:
            if not function.is_declaration:
                function.linkage = "linkonce_odr"
        super().add_ir_module(module)

    def finalize(self) -> None:
        self._finalized = True

    def get_function(self, name: str) -> Any:
        raise LookupError(f"{name} is part of an entry, which alone has machine code")

    def get_llvm_str(self) -> str:
        return "\n".join(map(str, self.modules))

    get_asm_str = get_llvm_str


class Whole(_Gathering, _JITCodeLibrary):  # type: ignore[misc]
    """An entry's code with that of all its parts."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.enable_object_caching()

    def add_ir_module(self, module: ir.Module) -> None:
        """The wrapper that Python calls is made elsewhere, so LLVM reads it by itself."""
        if module.metadata is _metadata:
            super().add_ir_module(module)
        else:
            _JITCodeLibrary.add_ir_module(self, module)

    def finalize(self) -> None:
        libraries = _with_called(self, {})
        whole = self._codegen._create_empty_module(self.name)
        whole.metadata = _metadata
        for library in libraries:
            if isinstance(library, _Gathering):
                _take(library.modules, whole)
            else:
                self._linking_libraries.append(library)
        module = llvm.parse_assembly(str(whole))
        module.verify()
        self._final_module.link_in(module)
        super().finalize()

    def _optimize_functions(self, ll_module: Any) -> None:
        """Leave single functions as they are: the whole is optimised in the end."""

    def _optimize_final_module(self) -> None:
        """Without vectors, and without unrolling: the search's loops are left after a few rounds."""
        options = llvm.create_pipeline_tuning_options(speed_level=3)
        options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = False
        builder = llvm.create_pass_builder(self._codegen._tm, options)
        builder.getModulePassManager().run(self._final_module, builder)


def _with_called(library: Any, seen: dict[Any, None]) -> dict[Any, None]:
    if library not in seen:
        seen[library] = None
        for other in getattr(library, "called", ()):
            _with_called(other, seen)
    return seen


def _take(modules: list[ir.Module], whole: ir.Module) -> None:
    """Take functions and constants over; what one module only declares another defines."""
    for module in modules:
        for name, value in module.globals.items():
            known = whole.globals.get(name)
            if known is None or getattr(known, "is_declaration", False):
                whole.globals[name] = value
