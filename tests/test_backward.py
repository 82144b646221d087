"""What is promised of a backward pass beyond its sums: the order in which they are added up, and that none is disturbed."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from functools import reduce
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.strategies import Expression, expressions

weights = st.lists(st.floats(-10.0, 10.0), min_size=1, max_size=12)


def first_operands_first(root: Value) -> list[Value]:
    """Each inner node after all that were computed from it; of two that could be next, what stands first in the text."""
    entered: set[int] = set()
    order: list[Value] = []

    def visit(node: Value) -> None:
        entered.add(id(node))
        for parent in reversed(node.parents):
            if id(parent) not in entered:
                visit(parent)
        order.append(node)

    visit(root)
    return order[::-1]


def gradients_in_that_order(root: Value) -> dict[int, float]:
    """The chain rule as one would write it down: node by node, and operand by operand; nothing goes over a cut edge."""
    gradients = {id(root): 1.0}
    for node in first_operands_first(root):
        if id(node) in gradients:
            for parent, partial, is_cut in zip(node.parents, node.partials, node.cuts, strict=True):
                if not is_cut:
                    gradients[id(parent)] = gradients.get(id(parent), 0.0) + partial * gradients[id(node)]
    return gradients


class TestOrder:
    @given(weights)
    def test_a_leafs_shares_add_up_in_the_order_of_the_terms(self, weights: list[float]) -> None:
        x = Value(0.1)
        reduce(add, [x * weight for weight in weights]).backward()
        assert x.grad == reduce(add, weights, 0.0)

    @given(weights)
    def test_shares_in_sums_and_scalar_products_add_up_in_the_order_of_the_terms(self, weights: list[float]) -> None:
        x, y = Value(0.1), Value(0.1)
        autograd.sum([x * weight for weight in weights]).backward()
        autograd.dot([y] * len(weights), weights).backward()
        assert x.grad == y.grad == reduce(add, weights, 0.0)

    def test_the_sum_of_tenths_is_rounded_as_from_left_to_right(self) -> None:
        x = Value(0.1)
        ((x * 0.1 + x * 0.2) + x * 0.3).backward()
        assert x.grad == 0.1 + 0.2 + 0.3 != 0.3 + 0.2 + 0.1

    @given(expressions(max_nodes=25))
    def test_every_gradient_is_the_same_to_the_last_bit_as_by_hand(self, expression: Expression) -> None:
        leaves = [Value(number) for number in expression.point]
        root = expression(*leaves)
        expected = gradients_in_that_order(root)
        root.backward()
        assert [repr(leaf.grad) for leaf in leaves] == [repr(expected.get(id(leaf), 0.0)) for leaf in leaves]


@pytest.fixture
def restless() -> object:
    """Threads that take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def test_no_pass_of_another_thread_comes_between(restless: object) -> None:
    leaf = Value(1.0)
    shared = leaf * 1.0
    for _ in range(300):
        shared = shared + leaf
    results = [shared * 1.0 for _ in range(4)]
    together = threading.Barrier(4)

    def work(result: Value) -> None:
        together.wait()
        for _ in range(50):
            result.backward()

    threads = [threading.Thread(target=work, args=(result,)) for result in results]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert leaf.grad == 4 * 50 * 301


def test_without_gradients_a_sum_keeps_none_of_its_operands() -> None:
    with autograd.no_grad():
        a = Value(2.0)
        total = autograd.sum([a, a])
    assert total.parents == () and total.partials == ()
    operand = weakref.ref(a)
    del a
    gc.collect()
    assert operand() is None
