"""From LLVM's text to code in memory, and back to nothing when nobody needs it any more."""

from __future__ import annotations

import ctypes
import hashlib
import itertools
import sys
import threading
from functools import cache
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import llvmlite.binding as llvm

from autograd.program.backends.native.terms import LIBM, LIBM_OF_TWO

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINKS_TOGETHER = sys.platform != "win32"  # code and its numbers side by side in memory, so that short addresses reach
_numbers = itertools.count()
_building = threading.Lock()


class Code:
    """Machine code, in memory for as long as this object is.

    Args:
        text: a module of LLVM.
        exported: the functions to be called from outside.
        symbols: where functions are that the text only declares.
        thorough: whether to spend time on making it quicker, which takes ten times as long.
        loops: whether it is loops that are to be made quicker.
    """

    def __init__(
        self, text: str, exported: Sequence[str], symbols: dict[str, int], *, thorough: bool, loops: bool = False
    ) -> None:
        with _building:
            module = llvm.parse_assembly(text)
            machine, jit = _machine(thorough), _jit()
            if thorough and loops:
                _optimize_loops(module, machine)
            else:
                _optimize(module, machine, thorough=thorough)
            library = llvm.JITLibraryBuilder().add_object_img(machine.emit_object(module))
            for name, address in (symbols | library_of_c()).items():
                library = library.import_symbol(name, address)
            for name in exported:
                library = library.export_symbol(name)
            self._library = library.link(jit, f"program {next(_numbers)}")

    @classmethod
    def shared(cls, text: str, exported: Sequence[str], symbols: dict[str, int], *, thorough: bool) -> Code:
        """The code for a text, the same for all who have it at the same time."""
        key = hashlib.sha256(repr((exported, sorted(symbols.items()), thorough)).encode() + text.encode()).digest()
        with _sharing:
            code = _shared.get(key)
        if code is None:
            code = cls(text, exported, symbols, thorough=thorough)
            with _sharing:
                code = _shared.setdefault(key, code)
        return code

    def address(self, name: str) -> int:
        """Where a function is."""
        return int(self._library[name])


_shared: WeakValueDictionary[bytes, Code] = WeakValueDictionary()
_sharing = threading.Lock()


def try_out() -> None:
    """Make a function that does nothing, and call it.

    Raises:
        RuntimeError, OSError: if this system does not let it.
    """
    code = Code("define void @nothing() { ret void }", ["nothing"], {}, thorough=False)
    ctypes.CFUNCTYPE(None)(code.address("nothing"))()


@cache
def _jit() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.create_lljit_compiler(_machine(False), use_jit_link=_LINKS_TOGETHER)


@cache
def _machine(thorough: bool) -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=2 if thorough else 0,
        reloc="pic",
        codemodel="small" if _LINKS_TOGETHER else "large",
    )


def _optimize(module: Any, machine: Any, *, thorough: bool) -> None:
    """Drop what is not needed; and put the parts together, and their working memory into registers: what all of LLVM's
    passes gain, in a tenth of the time."""
    passes = llvm.create_new_module_pass_manager()
    passes.add_global_dead_code_eliminate_pass()
    if thorough:
        passes.add_always_inliner_pass()
        passes.add_global_dead_code_eliminate_pass()
        passes.add_sroa_pass()
        passes.add_instruction_combine_pass()
        passes.add_simplify_cfg_pass()
    passes.run(module, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options()))


def _optimize_loops(module: Any, machine: Any) -> None:
    """Take out of loops what can be, and do several repetitions at once.

    The text is checked before: on one that breaks LLVM's rules these passes would end the process.
    """
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization, options.slp_vectorization = True, False
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)


@cache
def library_of_c() -> dict[str, int]:
    """Where the functions of C's library are, by the names that the texts give them."""
    library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)  # where Python's own `math` has them from
    names = (*LIBM, *LIBM_OF_TWO, "ldexp", "frexp")
    return {f"libm.{name}": _address(getattr(library, name)) for name in names if hasattr(library, name)}


def _address(function: Any) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0
