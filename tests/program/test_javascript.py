"""The operations in JavaScript: their values and derivatives are the engine's, to 4 units in the last place."""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess

import pytest

from autograd.engine.primitive import TABLE, Primitive, primitive
from autograd.engine.value import constant
from autograd.program.backends.javascript import Printer, Unprintable

OPERATIONS = [each for each in TABLE.values() if not each.helper]
SUMS = {"gelu", "silu", "mean", "logsumexp", "sum", "dot"}
"""Whose value or derivative is a sum of terms that may be of opposite sign: 4 units of the largest term."""


def points(operation: Primitive, count: int) -> list[list[float]]:
    numbers = random.Random(operation.name)
    found = []
    while len(found) < 40:
        scale = numbers.choice([0.1, 1.0, 3.0, 30.0])
        point = [numbers.uniform(-scale, scale) for _ in range(count)]
        if operation.domain is not None and not operation.domain[1](*operation.arguments(point)):
            point = [abs(x) % 1.0 + (1.0 if operation.name == "acosh" else 0.0) for x in point]
        found.append(point)
    return found


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node, to run JavaScript")
def test_values_and_derivatives_are_those_of_the_engine() -> None:
    printer = Printer()
    cases = []
    for operation in OPERATIONS:
        count = 3 * operation.sequences if operation.sequences else len(operation.partials)
        name = printer.operation(operation, count)
        for point in points(operation, count):
            value = operation.evaluate(point)
            partials = [float(each) for each in operation.differentiate(point, value)]
            cases.append((operation, name, point, [value, *partials]))
    asked = json.dumps([[name, point, str(numbers[0])] for _, name, point, numbers in cases])
    script = f"""{printer.source}
    const asked = {asked};
    const number = (text) => text === "inf" ? Infinity : text === "-inf" ? -Infinity : Number(text);
    const compute = ([name, point, value]) =>
      [operations[name].value(...point), ...operations[name].partials(...point, number(value))].map(String);
    console.log(JSON.stringify(asked.map(compute)));
    """
    done = subprocess.run(["node", "-"], input=script, capture_output=True, text=True, check=True)
    for (operation, _, point, expected), got in zip(cases, json.loads(done.stdout), strict=True):
        for ours, theirs in zip(expected, map(float, [t.replace("Infinity", "inf") for t in got]), strict=True):
            if ours == theirs or (math.isnan(ours) and math.isnan(theirs)):
                continue
            unit = math.ulp(max(1.0, abs(ours), *map(abs, point)) if operation.name in SUMS else ours)
            assert abs(ours - theirs) <= 4 * unit, (operation.name, point, ours, theirs)


def test_what_the_printer_writes_can_be_read() -> None:
    printer = Printer()
    assert printer.operation(TABLE["tanh"], 1) == "tanh"
    assert printer.operation(TABLE["dot"], 4) == "dot/4"
    assert "value: (x) => Math.tanh(x)," in printer.source
    assert "// scaled_sech_squared(1, x2): The product c / cosh(x) ** 2" in printer.source
    assert "partials: (x0, x1, x2, x3, result) => [x2, x3, x0, x1]" in printer.source


def test_an_operation_of_ones_own_is_printed_if_symbols_can_follow_it() -> None:
    cube = primitive(lambda x, y: 3 * x**2, name="javascript_cube")(lambda x: x * x * x)
    step = primitive(lambda x, y: 0.0, name="javascript_step")(lambda x: 1.0 if x > 0 else 0.0)
    del TABLE["javascript_cube"], TABLE["javascript_step"]
    printer = Printer()
    printer.operation(cube, 1)
    assert "value: (x) => x * x * x," in printer.source
    with pytest.raises(Unprintable, match="branches on its argument"):
        printer.operation(step, 1)
    assert "javascript_step" not in printer.source


def test_a_graph_that_is_one_number_returns_it_as_javascript_writes_it() -> None:
    assert "return Infinity;" in Printer().gradient("loss", constant(math.inf), {}, {})
