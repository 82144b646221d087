"""The passes: each does the one thing that it is for."""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest

import autograd
from autograd import Value
from autograd.engine import ops
from autograd.engine.primitive import TABLE, primitive
from autograd.program.adjoint import differentiate
from autograd.program.graph import (
    ADD_POINTS,
    ADD_ROWS,
    CONSTANT,
    MATMUL,
    MATMUL_TRANSPOSED,
    OUTER,
    PARAMETER,
    STACK,
    Graph,
    Ufunc,
    as_range,
    depth_first,
    reachable,
)
from autograd.program.lowering import lower
from autograd.program.recording import Recording, Run
from autograd.program.rerolling import reroll
from autograd.program.sums import gather_sums
from autograd.program.symbols import Symbol
from tests.program.random_expressions import small_network


def recorded(function, *widths):
    recording = Recording(Run(function, widths))
    return recording.graph, recording.roots[0], len(recording.parameters)


def operations(root):
    return Counter(node.name for node in reachable([root]))


class TestGraph:
    def test_the_same_operation_on_the_same_operands_is_one_node(self):
        graph = Graph()
        x = graph.input(0, 1)
        assert graph.apply(ops.exp, [x]) is graph.apply(ops.exp, [x])

    def test_a_common_subexpression_is_computed_once(self):
        _, root, _ = recorded(lambda x: (x * x + 1.0).exp() + (x * x + 1.0).exp().log(), None)
        assert operations(root)["exp"] == 1

    def test_operands_come_first(self):
        _, root, _ = recorded(lambda x: x.exp() * x.sin(), None)
        for node in reachable([root]):
            assert all(operand.number < node.number for operand in node.operands)

    def test_constants_are_told_apart_by_their_bits(self):
        graph = Graph()
        assert graph.constant(0.0) is not graph.constant(-0.0)
        assert graph.constant(math.nan) is graph.constant(math.nan)

    def test_what_is_constant_is_computed_beforehand(self):
        graph = Graph()
        x = Symbol(graph, graph.constant(2.0))
        assert ops.exp(x * 3.0).node.constant == math.exp(6.0)

    def test_folding_follows_the_eager_rules(self):
        graph = Graph()
        zero = Symbol(graph, graph.constant(0.0))
        assert (1.0 / zero).node.constant == math.inf
        assert math.isnan((zero / zero).node.constant)

    def test_neutral_elements_go(self):
        graph = Graph()
        x = Symbol(graph, graph.input(0, 1))
        for same in (1.0 * x, x * 1.0, x / 1.0, x - 0.0, x**1.0, +x):
            assert same.node is x.node

    def test_what_is_not_neutral_for_infinities_stays(self):
        graph = Graph()
        x = Symbol(graph, graph.input(0, 1))
        for other in (0.0 * x, x - x, x + 0.0, x / x):
            assert other.node is not x.node
            assert other.node.op is not CONSTANT

    def test_dead_code_is_not_reached(self):
        graph = Graph()
        x = graph.input(0, 1)
        dead, alive = graph.apply(ops.exp, [x]), graph.apply(ops.sin, [x])
        assert dead not in reachable([alive])

    def test_rows_of_a_stack_are_its_parts(self):
        graph = Graph()
        x, y = graph.input(0, 2), graph.input(1, 3)
        assert graph.rows(graph.stack([x, y]), range(2, 5)) is y

    @pytest.mark.parametrize(
        ("rows", "expected"),
        [((2,), range(2, 3)), ((2, 4, 6), range(2, 7, 2)), ((2, 4, 5), None), ((2, 1), None), ((2, 2), None)],
    )
    def test_even_rows_are_a_range(self, rows, expected):
        assert as_range(rows) == expected

    def test_a_rule_that_branches_is_told_to_choose(self):
        graph = Graph()
        with pytest.raises(TypeError, match="where"):
            bool(Symbol(graph, graph.input(0, 1)) > 0.0)


class TestRerolling:
    @pytest.mark.parametrize("style", ["dot", "micrograd", "backwards"])
    def test_a_network_is_one_matrix_product_for_each_layer(self, style):
        network = small_network([2, 16, 16, 1], "relu", random.Random(0), style)
        graph, root, count = recorded(lambda x: network(x)[0], 2)
        root, _, order = reroll(graph, [root], count)
        assert operations(root)[MATMUL] == 3
        assert operations(root)["relu"] == 2
        assert sorted(order) == list(range(337))

    def test_weights_lie_as_the_products_need_them(self):
        network = small_network([3, 4, 2], "tanh", random.Random(0), "micrograd")
        graph, root, count = recorded(lambda x: autograd.sum(network(x)), 3)
        root, parameters, _ = reroll(graph, [root], count)
        matrices = [node.operands[0] for node in reachable([root]) if node.op is MATMUL]
        assert [(each.operands[0], each.attribute) for each in matrices] == [
            (parameters, range(16)),
            (parameters, range(16, 26)),
        ]

    def test_a_bias_is_the_weight_of_a_one(self):
        w, b = Value(1.0), Value(2.0)
        graph, root, count = recorded(lambda x: w * x + b, None)
        root, _, _ = reroll(graph, [root], count)
        assert operations(root) == {MATMUL: 1, STACK: 1, "input": 1, CONSTANT: 1, "parameters": 1}

    def test_a_loop_over_points_of_the_users_own_becomes_array_code(self):
        w, b = Value(1.0), Value(2.0)
        points = [(0.1 * i + 0.05, 0.3 * i) for i in range(50)]
        graph, root, count = recorded(lambda: sum((w * x + b - y) ** 2 for x, y in points))
        assert len(reachable([root])) > 100
        root, _, _ = reroll(graph, [root], count)
        assert operations(root)[ADD_ROWS] == 1
        assert sum(operations(root).values()) < 20

    def test_equal_operations_side_by_side_become_one(self):
        graph, root, count = recorded(lambda x: autograd.sum([each.exp().sin() for each in x]), 5)
        root, _, _ = reroll(graph, [root], count)
        assert (operations(root)["exp"], operations(root)["sin"], operations(root)[ADD_ROWS]) == (1, 1, 1)

    def test_sums_over_the_same_arrays_are_added_up_term_by_term(self):
        """As where an attention head weighs the same vectors by other numbers."""

        def weigh(x):
            vectors = [[each * x[0] for each in x[1:4]], [autograd.sin(each) for each in x[1:4]]]
            vectors.append([autograd.tanh(each) for each in x[1:4]])
            return autograd.sum([autograd.exp(autograd.sum(row)) for row in zip(*vectors, strict=True)])

        graph, root, count = recorded(weigh, 4)
        root, _, _ = reroll(graph, [root], count)
        assert (operations(root)["add"], operations(root)["exp"], operations(root)[ADD_ROWS]) == (2, 1, 1)

    def test_sums_of_their_own_come_to_lie_side_by_side(self):
        def squared(x):
            rows = [[autograd.sin(each) for each in x[:3]], [autograd.exp(each) for each in x[3:]]]
            return autograd.prod([autograd.tanh(autograd.sum(row)) for row in rows])

        graph, root, count = recorded(squared, 6)
        root, _, _ = reroll(graph, [root], count)
        assert (operations(root)[ADD_ROWS], operations(root)["tanh"]) == (2, 1)

    def test_different_exponents_are_different_operations(self):
        graph, root, count = recorded(lambda x: (x[0] ** 2.0) * (x[1] ** 3.0), 2)
        root, _, _ = reroll(graph, [root], count)
        assert operations(root)["pow"] == 2

    def test_terms_of_no_kind_stay_as_they_were_written(self):
        graph, root, _ = recorded(lambda x, y: x.exp() + (y.sin() + (x * y)), None, None)
        assert gather_sums(graph, [root]) == [root]

    def test_a_mean_is_divided_at_the_end(self):
        graph, root, count = recorded(autograd.mean, 4)
        root, _, _ = reroll(graph, [root], count)
        assert root.op is ops.div
        assert root.operands[1].constant == 4.0


class TestAdjoint:
    def test_of_a_product_it_is_two_products(self):
        network = small_network([2, 8, 1], "relu", random.Random(0))
        graph, root, count = recorded(lambda x: network(x)[0], 2)
        root, parameters, _ = reroll(graph, [root], count)
        (gradient,) = differentiate(graph, root, [parameters])
        found = operations(gradient)
        assert (found[MATMUL], found[OUTER], found[MATMUL_TRANSPOSED]) == (1, 2, 1)

    def test_no_adjoint_goes_where_no_parameter_is(self):
        w = Value(1.0)
        graph, root, count = recorded(lambda x: w * x.exp().sin().cosh(), None)
        root, parameters, _ = reroll(graph, [root], count)
        (gradient,) = differentiate(graph, root, [parameters])
        assert not {"cos", "sinh"} & set(operations(gradient))

    def test_it_follows_the_rules_of_the_table(self):
        graph = Graph()
        w = graph.node(PARAMETER, (), 0)
        (derivative,) = differentiate(graph, graph.apply(ops.sin, [w]), [w])
        assert derivative is graph.apply(ops.cos, [w])

    def test_of_what_does_not_depend_on_a_leaf_it_is_0(self):
        graph = Graph()
        w, v = graph.node(PARAMETER, (), 0), graph.node(PARAMETER, (), 1)
        assert differentiate(graph, w, [v])[0].constant == 0.0

    def test_it_is_summed_over_the_points(self):
        graph = Graph()
        w, x = graph.node(PARAMETER, (), 0), graph.input(0, 1)
        (derivative,) = differentiate(graph, graph.apply(ops.mul, [w, x]), [w])
        assert derivative.op is ADD_POINTS
        assert derivative.operands[0] is x


class TestLowering:
    def lowered(self, function):
        graph, root, _ = recorded(function, None)
        return lower(graph, [root])[0]

    def test_operations_become_functions_of_numpy(self):
        for node in reachable([self.lowered(lambda x: (x.exp() + x).tanh())]):
            assert not node.operands or isinstance(node.op, Ufunc)

    def test_an_array_form_is_followed_into_its_functions(self):
        assert "exp" in operations(self.lowered(lambda x: x.sigmoid()))

    def test_small_powers_are_products(self):
        assert operations(self.lowered(lambda x: x**3.0)) == {"multiply": 2, "input": 1}

    def test_an_operation_of_ones_own_without_array_form_stays_whole(self):
        @primitive(lambda x, y: 3 * x**2)
        def cube_of_tests(x):
            return x * x * x

        assert operations(self.lowered(lambda x: cube_of_tests(x)))["cube_of_tests"] == 1
        program = autograd.compile(lambda x: cube_of_tests(x))
        assert program([1.0, 2.0]).tolist() == [1.0, 8.0]
        del TABLE["cube_of_tests"]


def test_the_graph_is_computed_depth_first():
    graph = Graph()
    x, y = graph.input(0, 1), graph.input(1, 1)
    first, second = graph.apply(ops.sin, [x]), graph.apply(ops.sin, [y])
    third, fourth = graph.apply(ops.exp, [first]), graph.apply(ops.exp, [second])
    root = graph.apply(ops.add, [third, fourth])
    assert depth_first([root]) == [x, first, third, y, second, fourth, root]


def test_the_text_of_python_has_a_line_for_what_is_used_twice():
    p, q = Value(2.0), Value(3.0)
    program = autograd.compile(lambda: autograd.relu((p - q) * (p + -q)) / q, backend="python")
    lines = [line.strip() for line in program.source.partition("    except")[0].strip().splitlines()]
    (product,) = [line for line in lines if line.startswith("mul")]
    name = product.partition(" = ")[0]
    assert lines[-1] == f"return [((0.0 if {name} <= 0.0 else {name}) / p1)]"


def test_the_text_of_a_long_program_is_a_loop_over_a_table_of_calls():
    def walk(x):
        for i in range(2000):
            x = autograd.sin(x) * (1.0 + 1.0 / (i + 1))
        return x

    program = autograd.compile(walk, backend="numpy", widths=[None])
    values = program.source.partition("# The sum over")[0]
    assert "for function, operands, out in steps:" in values
    assert len(values.splitlines()) < 3000
    assert program(0.3) == pytest.approx(walk(0.3), rel=1e-12)
