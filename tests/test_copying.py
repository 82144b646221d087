"""Copies, pickles, weak references and threads: what one does with Python objects can be done with graphs."""

from __future__ import annotations

import copy
import gc
import io
import math
import numbers
import pickle
import threading
import weakref
from typing import Any

import pytest

import autograd
from autograd import Value, variables
from autograd.engine.value import topological_order

DEPTH = 200_000


def shape(root: Value) -> list[tuple[object, ...]]:
    """A graph as plain data: what every node holds, and where its parents are."""
    order = topological_order(root)
    position = {node: i for i, node in enumerate(order)}
    return [
        (v.data, v.grad, v.label, v.op, v.is_constant, v.partials, tuple(position[p] for p in v.parents)) for v in order
    ]


@pytest.fixture
def graph() -> Value:
    a, b = variables(a=2.0, b=-3.0)
    shared = a * b
    result = autograd.sum([shared, 1 - a, (shared / b).tanh()]) * autograd.dot([a, b], [1.0, 2.0])
    result.backward()
    result.label = "result"
    return result


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickled_graph_comes_back_whole(graph: Value, protocol: int) -> None:
    again = pickle.loads(pickle.dumps(graph, protocol))
    assert shape(again) == shape(graph)


def test_nodes_pickled_together_keep_what_they_share() -> None:
    a = Value(2.0)
    b, c = a * 3, a + 1
    a2, b2, c2 = pickle.loads(pickle.dumps([a, b, c]))
    assert b2.parents[0] is a2 and c2.parents[0] is a2


def test_a_deep_copy_is_whole_and_shares_nothing(graph: Value) -> None:
    again = copy.deepcopy(graph)
    assert shape(again) == shape(graph)
    assert not set(topological_order(again)) & set(topological_order(graph))


def test_things_deep_copied_together_keep_what_they_share() -> None:
    a = Value(2.0)
    again = copy.deepcopy({"leaf": a, "result": a * 3})
    assert again["result"].parents[0] is again["leaf"]


def test_a_shallow_copy_is_another_node_on_the_same_parents(graph: Value) -> None:
    again = copy.copy(graph)
    assert again is not graph and again != graph
    assert (again.data, again.label, again.op, again.parents) == (graph.data, "result", "*", graph.parents)


def test_deep_graphs_are_copied_pickled_and_deleted() -> None:
    x = Value(1.0)
    deep = x
    for _ in range(DEPTH):
        deep = deep + x
    for again in (copy.deepcopy(deep), pickle.loads(pickle.dumps(deep))):
        assert again.data == deep.data
        again.backward()
        assert topological_order(again)[0].grad == DEPTH + 1
    del deep, again
    gc.collect()


def test_a_node_can_be_referred_to_weakly_and_goes_when_it_is_no_longer_used() -> None:
    gone: list[str] = []
    a = Value(2.0)
    result = a * 3
    reference = weakref.ref(result, lambda _: gone.append("result"))
    assert reference() is result
    del result
    assert reference() is None and gone == ["result"]


def test_a_value_counts_as_a_real_number() -> None:
    assert isinstance(Value(1.0), numbers.Real) and isinstance(Value(1.0), numbers.Number)
    assert not isinstance(Value(1.0), numbers.Integral)
    assert math.fsum([Value(1.0), 2.5]) == 3.5


def test_passes_in_many_threads_over_shared_nodes_add_up_as_one_after_the_other() -> None:
    leaf = Value(1.0)
    shared = leaf * 1.0
    for _ in range(50):
        shared = shared + leaf
    results = [shared * 1.0 for _ in range(8)]

    def work(result: Value) -> None:
        for _ in range(100):
            result.backward()

    threads = [threading.Thread(target=work, args=(result,)) for result in results]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert leaf.grad == 8 * 100 * 51


def test_attributes_of_ones_own_are_pickled_even_if_they_refer_to_the_node() -> None:
    result = Value(2.0, "x") * 3
    result.me, result.rate = result, 0.5  # type: ignore[attr-defined]
    again: Any = pickle.loads(pickle.dumps(result))
    assert again.me is again and again.rate == 0.5 and again.parents[0].label == "x"


@pytest.mark.parametrize("count", [998, 999, 1000, 1001, 5001])
@pytest.mark.parametrize("pickler", [pickle.Pickler, pickle._Pickler])  # type: ignore[attr-defined]
def test_a_deep_graph_is_pickled_while_another_pickler_lives(pickler: Any, count: int) -> None:
    deep = x = Value(1.0)
    for _ in range(count):
        deep = deep + x
    for _ in range(2):
        file = io.BytesIO()
        living = pickler(file)
        living.dump(deep)
        assert pickle.loads(file.getvalue()).data == deep.data
    assert living is not None


def test_a_deep_graph_is_pickled_after_a_dump_that_failed() -> None:
    deep = x = Value(1.0)
    for _ in range(3000):
        deep = deep + x
    x.cannot = lambda: 0  # type: ignore[attr-defined]
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(deep)
    del x.cannot  # type: ignore[attr-defined]
    assert pickle.loads(pickle.dumps(deep)).data == deep.data


@pytest.mark.parametrize(("a", "b"), [(1.0, 2.0), (2.0, 1.0)])
def test_the_road_that_was_taken_survives_a_pickle(a: float, b: float) -> None:
    y = pickle.loads(pickle.dumps(autograd.maximum(3 * Value(a), 5 * Value(b))))
    y.backward()
    left, right = (parent.grad for parent in y.parents)
    assert (left, right) == ((1.0, 0.0) if a * 3 > b * 5 else (0.0, 1.0))
