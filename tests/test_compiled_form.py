"""What must not get lost when the engine is compiled ahead of time. Every test here is meant for both forms.

Copies and pickles are in ``test_copying.py``, operators and numbers in ``test_value.py``, arrays in ``test_numpy.py``.
"""

from __future__ import annotations

import ast
import copy
import gc
import importlib
import inspect
import itertools
import pickle
import pydoc
import re
import sys
import threading
import weakref
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

import autograd
from autograd import Value
from autograd.engine import build_hook
from autograd.engine.value import forget

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(autograd.__file__).parent
ENGINE = [
    importlib.import_module(f"autograd.{room}.{name}") for room, names in build_hook.COMPILED.items() for name in names
]


def source_of(module: ModuleType) -> Path:
    """The file that a module was compiled from, or is run from."""
    return FOLDER.joinpath(*module.__name__.split(".")[1:]).with_suffix(".py")


def chain(length: int, start: Value) -> Value:
    total = start
    for _ in range(length):
        total = total + 1.0
    return total


OPERATIONS: list[Callable[[Value, Value], Value]] = [
    lambda x, y: x * y,
    lambda x, y: x - 3.0,
    lambda x, y: 3.0 - x,
    lambda x, y: x / 0.0,
    lambda x, y: -x,
    lambda x, y: (x - 5.0).relu() * y,
    lambda x, y: autograd.maximum(x, y),
    lambda x, y: autograd.where(y, x, y * y),
    lambda x, y: autograd.dot([x, y], [y, x]),
    lambda x, y: Value(x),
]


def facts(node: Value) -> str:
    """What a node tells about how it was computed."""
    return repr((node.data, node.op, [parent.data for parent in node.parents], node.partials, node.cuts))


def test_native_says_whether_the_engine_was_compiled() -> None:
    assert {module.__file__.endswith(".py") for module in ENGINE if module.__file__} == {not autograd.native}


class TestHelp:
    @pytest.mark.parametrize("module", ENGINE, ids=lambda module: module.__name__)
    def test_every_docstring_of_the_source_is_there(self, module: ModuleType) -> None:
        tree = ast.parse(source_of(module).read_text(encoding="utf-8"))
        assert inspect.getdoc(module) == ast.get_docstring(tree)
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or "overload" in map(
                ast.unparse, node.decorator_list
            ):
                continue
            if not node.name.startswith("_"):
                owner = getattr(module, node.name)
                assert inspect.getdoc(owner) == ast.get_docstring(node)
                for member in node.body if isinstance(node, ast.ClassDef) else []:
                    is_setter = isinstance(member, ast.FunctionDef) and "setter" in ast.dump(member)
                    if isinstance(member, ast.FunctionDef) and ast.get_docstring(member) and not is_setter:
                        assert inspect.getdoc(getattr(owner, member.name)) == ast.get_docstring(member)

    def test_help_shows_what_methods_take_and_do(self) -> None:
        shown = pydoc.render_doc(Value, renderer=pydoc.plaintext)
        assert re.search(r"backward\(self, (/, )?gradient(: '?Any'? = |=)1.0\)", shown)
        assert "Differentiate this node with respect to every node that it was computed from." in shown
        assert "The hyperbolic tangent." in shown

    def test_signatures_can_be_asked_for(self) -> None:
        assert list(inspect.signature(Value).parameters) == ["data", "label"]
        assert inspect.signature(Value.backward).parameters["gradient"].default == 1.0


class TestCalls:
    def test_arguments_go_by_name(self) -> None:
        a = Value(data=2.0, label="a")
        b = a * 3
        b.backward(gradient=0.5)
        assert (a.data, a.label, a.grad) == (2.0, "a", 1.5)

    def test_a_wrong_argument_is_a_type_error(self) -> None:
        with pytest.raises(TypeError):
            Value()  # type: ignore[call-arg]
        with pytest.raises(TypeError):
            Value(1.0, colour="red")  # type: ignore[call-arg]
        with pytest.raises(TypeError):
            Value(1.0).backward(1.0, 2.0)  # type: ignore[call-arg]

    def test_what_is_computed_cannot_be_set(self) -> None:
        for name in ("parents", "partials", "op", "primitive"):
            with pytest.raises(AttributeError):
                setattr(Value(1.0), name, ())

    def test_attributes_of_ones_own_can_be_given_and_taken_back(self) -> None:
        a = Value(1.0, "a")
        a.momentum = 0.5  # type: ignore[attr-defined]
        assert (a.momentum, a.label) == (0.5, "a")  # type: ignore[attr-defined]
        del a.momentum  # type: ignore[attr-defined]
        with pytest.raises(AttributeError, match="momentum"):
            a.momentum  # type: ignore[attr-defined]  # noqa: B018

    @pytest.mark.parametrize("name", ["data", "grad", "label", "op", "parents"])
    def test_what_a_node_knows_cannot_be_deleted(self, name: str) -> None:
        with pytest.raises(AttributeError):
            delattr(Value(1.0, "a"), name)

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_a_label_changes_nothing_about_how_a_node_is_differentiated(
        self, operation: Callable[[Value, Value], Value]
    ) -> None:
        def told(is_labelled: bool) -> list[Any]:
            x, y = Value(2.0), Value(-3.0)
            made = [operation(x, y)]
            made.append(made[0].exp() * made[0])
            for node in made * is_labelled:
                node.label = "a name"
                node.note = "of one's own"  # type: ignore[attr-defined]
            made[1].backward(0.5)
            slopes = [each.grad for each in [*made, x, y]] + [autograd.gradients(made[1], [x])[0].data]
            return [repr(slopes), *map(facts, made)]

        assert told(True) == told(False)

    def test_a_label_outlives_the_history_of_a_node(self) -> None:
        a = Value(2.0) * 3.0
        a.label = "a"
        assert (copy.deepcopy(a).label, pickle.loads(pickle.dumps(a)).label) == ("a", "a")
        forget(a)
        assert (a.label, a.data, a.parents, a.is_constant) == ("a", 6.0, (), True)

    def test_a_value_can_be_made_anew_of_a_number_but_not_of_what_may_depend_on_it(self) -> None:
        x = Value(2.0, "x")
        y = x * 3.0
        with pytest.raises(TypeError, match="made already"):
            x.__init__(y)  # type: ignore[misc]
        with pytest.raises(TypeError, match="must be a number"):
            x.__init__("two")  # type: ignore[misc]
        y.backward()
        assert (x.data, x.grad, x.label) == (2.0, 3.0, "x")
        y.__init__(5.0)  # type: ignore[misc]
        assert (y.data, y.grad, y.parents) == (5.0, 0.0, ())

    def test_values_are_keys_and_members(self) -> None:
        a, b = Value(1.0), Value(1.0)
        assert {a: "a", b: "b"}[a] == "a"
        assert len({a, b, a}) == 2

    def test_errors_show_the_line_that_made_them(self) -> None:
        with pytest.raises(TypeError) as error:
            Value("two")  # type: ignore[arg-type]
        assert error.traceback[0].path == Path(__file__)


class TestWeakReferences:
    def test_a_reference_tells_when_the_value_goes(self) -> None:
        gone: list[Any] = []
        value = Value(1.0)
        reference = weakref.ref(value, gone.append)
        assert reference() is value
        del value
        assert gone == [reference]
        assert reference() is None

    def test_weak_keys_and_sets_forget_values(self) -> None:
        value = Value(1.0)
        notes, members = weakref.WeakKeyDictionary({value: "note"}), weakref.WeakSet([value])
        assert notes[value] == "note"
        del value
        assert (len(notes), len(members)) == (0, 0)

    def test_no_one_sees_a_dead_node_while_its_graph_is_being_freed(self) -> None:
        seen: list[float | None] = []
        references: list[weakref.ref[Value]] = []

        def look(_: object) -> None:
            for reference in references[::100]:
                node = reference()
                seen.append(None if node is None else node.data)

        total = Value(0.0)
        for _ in range(1000):
            total = total + 1.0
            references.append(weakref.ref(total, look))
        del total
        assert len(seen) == 10 * 1000
        assert {node for node in seen if node is not None} <= {1.0 + 100.0 * i for i in range(10)}
        assert seen[-10:] == [None] * 10

    def test_a_graph_may_be_freed_while_another_is(self) -> None:
        freed: list[int] = []
        outer = Value(0.0)
        references = []
        for length in range(200):
            outer = outer + 1.0
            inner = [chain(length, Value(0.0))]
            references.append(weakref.ref(outer, lambda _, inner=inner: (inner.clear(), freed.append(1))))
        inner = []
        del outer
        assert len(freed) == 200


class TestDepth:
    def test_nested_lists_of_values_are_freed(self) -> None:
        # CPython postpones freeing deeply nested lists, and an engine without care for that corrupted memory.
        for _ in range(200):
            nested: list[Any] = []
            for _ in range(100):
                nested = [Value(1.0) + 2.0, nested, Value(3.0)]
            del nested
        gc.collect()

    def test_deep_graphs_of_operations_on_sequences_are_freed(self) -> None:
        x = total = Value(1.0)
        for _ in range(200_000):
            total = autograd.mean([total, x, total])
        assert total.data == 1.0
        del total
        assert x.data == 1.0

    @pytest.mark.parametrize("operation", OPERATIONS)
    def test_a_node_tells_the_same_however_deep_it_lies(self, operation: Callable[[Value, Value], Value]) -> None:
        nodes, y = [Value(2.0)], Value(-3.0)
        for _ in range(1200):
            nodes.append(operation(nodes[-1], y))
        for below, node in itertools.pairwise(nodes):
            assert facts(node) == facts(operation(Value(below.data), y))

    def test_time_and_memory_grow_linearly(self) -> None:
        size = sys.getsizeof(Value(1.0) + 1.0)
        assert size <= (96 if autograd.native else 152)

    @pytest.mark.slow
    def test_ten_million_nodes_deep(self) -> None:
        length = 10**7 if autograd.native else 10**6
        x = Value(0.0)
        total = chain(length, x)
        total.backward()
        assert (total.data, x.grad) == (length, 1.0)
        del total


class TestThreads:
    def test_graphs_are_built_and_freed_in_many_threads_at_once(self) -> None:
        problems: list[BaseException] = []

        def work() -> None:
            try:
                for _ in range(10):
                    x = Value(1.0)
                    y = chain(2000, x)
                    dying = weakref.ref(y, lambda _: chain(100, Value(0.0)))
                    y.backward()
                    assert x.grad == 1.0
                    del y
                    assert dying() is None
            except BaseException as problem:  # noqa: BLE001  (whatever it is, the main thread raises it)
                problems.append(problem)

        switch = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)
        try:
            threads = [threading.Thread(target=work) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            sys.setswitchinterval(switch)
        assert problems == []
