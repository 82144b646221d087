"""An expression as text means what it means in Python; everything else is an error that points at the place."""

from __future__ import annotations

import math
import pickle
import random
import time
import warnings

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value, parse
from autograd.engine.primitive import TABLE
from autograd.engine.value import topological_order
from autograd.see.parsing import MAX_LENGTH, ParseError
from autograd.see.text import named_leaves, source

# What an expression means.


def test_the_documented_example_has_its_value_and_gradients():
    w, x, b = autograd.variables(w=0.5, x=2.0, b=-1.0)
    y = parse("tanh(w*x + b)", w=w, x=x, b=b)
    y.backward()
    assert (y.data, w.grad, x.grad, b.grad) == (0.0, 2.0, 0.5, 1.0)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "3",
        "-x",
        "+x",
        "--x",
        "-x**2",
        "2**-x",
        "2**3**x",
        "(2**3)**x",
        "x - 1 - w",
        "x - (1 - w)",
        "x / 2 / w",
        "x*2 + w*3",
        "-2**2",
        "7 * x // w % 3",
        "7 % (4 % w + x)",
        "-7 // (2 * x) ** 2",
        "1_000 * x",
        "0x10 + x",
        "1e-3*x",
        " x +\n  w ",
        "\tx\n",
        "(x +\r\n w)",
        "pi*x",
        "e**x",
    ],
)
def test_arithmetic_means_what_it_means_in_python(text):
    expected = eval(" ".join(text.split()), {"x": 1.5, "w": -0.75, "pi": math.pi, "e": math.e})
    assert parse(text, x=1.5, w=-0.75).data == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("operation", list(TABLE.values()), ids=lambda p: p.name)
def test_every_operation_of_the_table_can_be_called(operation):
    if operation.sequences:
        text = f"{operation.name}({', '.join(['[x, w]'] * operation.sequences)})"
        expected = operation(*[[0.5, 0.75]] * operation.sequences)
    else:
        text = f"{operation.name}({', '.join('xwxw'[: operation.arity])})"
        expected = operation(*[0.5, 0.75, 0.5, 0.75][: operation.arity])
    y = parse(text, x=0.5, w=0.75)
    assert same(y.data, expected)
    assert y.primitive is operation or operation.name == "pos"


def test_a_users_own_operation_can_be_called():
    @autograd.primitive(lambda x, y: 3 * x**2)
    def cube_for_parsing(x):
        return x * x * x

    assert parse("cube_for_parsing(x)", x=2).data == 8.0


@pytest.mark.parametrize(
    ("text", "expected"), [("x < 2", 1), ("x <= 1", 1), ("x > 1", 0), ("x >= 1", 1), ("where(x > 0, 5, 6)", 5)]
)
def test_a_comparison_is_recorded_as_an_operation(text, expected):
    y = parse(text, x=1)
    assert y.data == expected
    assert any(node.op in ("<", "<=") for node in topological_order(y))


def test_a_condition_follows_its_name_to_another_number():
    assert [parse("where(x > 0, x, -2*x)", x=x).data for x in (3, -3)] == [3.0, 6.0]


def test_sequences_may_be_lists_or_tuples_and_may_be_empty():
    assert parse("sum([x, 2]) + sum((x, 2)) + dot([x, 1], (2, x))", x=1).data == 9.0
    assert parse("sum([])").data == 0.0
    assert parse("prod([])").data == 1.0


def test_numbers_become_labelled_values_and_values_are_used_themselves():
    x = Value(2.0)
    y = parse("x*w + x", x=x, w=3)
    leaves = {node.label: node for node in topological_order(y) if not node.parents}
    assert leaves[""] is x
    assert leaves["w"].data == 3.0
    assert len(leaves) == 2
    assert parse("x", x=x) is x


def test_written_numbers_are_constants_and_stay_in_the_graph():
    y = parse("2*3 + pi")
    leaves = [node for node in topological_order(y) if not node.parents]
    assert [(leaf.data, leaf.label) for leaf in leaves] == [(2.0, ""), (3.0, ""), (math.pi, "pi")]
    assert all(leaf.is_constant for leaf in leaves)


def test_given_names_come_before_known_ones():
    assert parse("e + tanh(tanh)", e=1, tanh=0).data == 1.0


def test_a_name_may_be_called_text_or_self_or_be_written_in_another_form_of_unicode():
    assert parse("text + self", text=1, self=2).data == 3.0
    assert parse("\N{MICRO SIGN} * \N{GREEK SMALL LETTER MU}", **{chr(0xB5): 3}).data == 9.0


def test_numbers_are_floats_so_a_tower_of_powers_overflows_at_once():
    assert parse("9**9**9").data == math.inf
    assert parse("1e400").data == math.inf


def test_ieee_754_holds():
    assert parse("1/0").data == math.inf
    assert math.isnan(parse("0/0 + x", x=1).data)


# What parse and source say to each other.

FINITE = st.floats(-4, 4).map(lambda x: round(x, 3))


def graphs():
    def operation(operands):
        unary = st.sampled_from(["tanh", "sin", "exp", "relu", "neg", "log1p", "sigmoid", "abs"])
        binary = st.sampled_from(["add", "sub", "mul", "div", "pow", "maximum", "less", "atan2"])
        return st.one_of(
            st.builds(lambda f, x: getattr(autograd, f)(x), unary, operands),
            st.builds(lambda f, x, y: getattr(autograd, f)(x, y), binary, operands, operands),
            st.builds(lambda x, n: x - n, operands, FINITE),
            st.builds(lambda x, n: n / x, operands, FINITE),
            st.builds(lambda x, n: x**n, operands, st.sampled_from([2.0, -1.0, 3.0, 0.5])),
            st.builds(lambda xs: autograd.sum(xs), st.lists(operands, min_size=1, max_size=3)),
            st.builds(lambda x, y: autograd.dot([x, y], [y, x]), operands, operands),
            st.builds(lambda x, y: autograd.where(x < 0, x, y), operands, operands),
        )

    leaves = st.lists(FINITE, min_size=3, max_size=3).map(
        lambda numbers: [Value(x, name) for x, name in zip(numbers, "abc", strict=True)]
    )
    return leaves.flatmap(lambda variables: st.recursive(st.sampled_from(variables), operation, max_leaves=12))


@given(graphs())
@settings(deadline=None)
def test_the_source_of_a_graph_gives_back_its_value_and_gradients(graph):
    leaves = named_leaves(graph)
    again = {name: Value(leaf.data, name) for name, leaf in leaves.items()}
    parsed = parse(source(graph, max_nodes=None), **again)
    assert same(parsed.data, graph.data)
    graph.backward()
    parsed.backward()
    for name, leaf in leaves.items():
        # A node that was shared is written twice, so its terms are added in another order.
        assert same(again[name].grad, leaf.grad, tolerance=1e-9 * largest(graph))


def same(x, y, tolerance=0.0):
    return repr(x) == repr(y) or x == y or abs(x - y) <= tolerance or not (math.isfinite(x) or math.isfinite(y))


def largest(graph):
    return max(abs(node.grad) for node in topological_order(graph))


# What is refused.


@pytest.mark.parametrize(
    ("text", "pointed_at", "problem"),
    [
        ("x.data", "x.data", "attribute"),
        ("x.tanh()", "x.tanh()", "write tanh(...)"),
        ("(1).__class__.__bases__", "(1).__class__.__bases__", "attribute"),
        ("x[0]", "x[0]", "subscript"),
        ("open(x)", "open", "no function is called 'open'"),
        ("__import__(x)", "__import__", "no function"),
        ("tanh(x)(x)", "tanh(x)(x)", "only functions"),
        ("x(2)", "x(2)", "write x * (...)"),
        ("lambda: x", "lambda", "word of Python's"),
        ("[x for x in x]", "for", "word of Python's"),
        ("x if x else x", "if", "where(condition, a, b)"),
        ("x and x", "and", "where"),
        ("True", "True", "word of Python's"),
        ("f'{x}'", "'", "the character"),
        ('"x"', '"', "the character"),
        ("x # comment", "#", "the character"),
        ("x \\\n + 1", "\\", "the character"),
        ("x < 2 < 3", "x < 2 < 3", "chained"),
        ("x == 2", "=", "compare with <"),
        ("x = 2", "=", "compare with <"),
        ("x ^ 2", "^", "write ** for a power"),
        ("x @ 2", "@", "not known"),
        ("(x) << 2", "<", "not known"),
        ("~x", "~x", "cannot be evaluated"),
        ("x, x", "x, x", "tuple"),
        ("[x]", "[x]", "sum([a, b])"),
        ("{x}", "{x}", "set"),
        ("(x := 2)", "x := 2", "assignment"),
        ("tanh(*x)", "*x", "star"),
        ("tanh(x=2)", "x=2", "by position"),
        ("tanh(x, x)", "tanh(x, x)", "takes 1 argument, but 2"),
        ("1 + sum(x, x)", "sum(x, x)", "write sum([a, b, ...])"),
        ("dot([x], [])", "dot([x], [])", "same length"),
        ("2j", "2j", "imaginary"),
        ("...", "...", "no real number"),
        ("1" * 400, "1" * 30, "too large"),
        ("2x", "2", "2*x"),
        ("x x", "x", "comma missing"),
        ("(x", "(", "never closed"),
        ("x)", ")", "unmatched"),
        ("x +", "", "ends where"),
        ("tahn(x)", "tahn", "did you mean tanh"),
        ("ln(x)", "ln", "did you mean log"),
        ("arctan(x)", "arctan", "did you mean atan"),
        ("x + weigth", "weigth", "did you mean 'weight'? else add weigth=number"),
        ("x + y", "y", "'y' has no value; add y=number"),
        ("tanh + 1", "tanh", "write tanh(...)"),
    ],
)
def test_the_rest_of_python_is_refused_and_pointed_at(text, pointed_at, problem):
    with pytest.raises(ParseError) as caught:
        parse(text, x=2, weight=3)
    error = caught.value
    assert problem in str(error)
    assert text[error.column :].startswith(pointed_at)
    _, shown, carets = str(error).split("\n")
    assert carets.index("^") == 4 + error.column
    assert carets.count("^") >= min(len(pointed_at), 30) or not pointed_at
    assert shown.strip()[:20] == " ".join(text.split("\n"))[:20]


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_text_is_refused(text):
    with pytest.raises(ParseError, match="empty"):
        parse(text)


def test_a_caret_stands_below_its_character_after_wide_and_accented_ones():
    with pytest.raises(ParseError) as caught:
        parse("é*日本 + x.a", é=1, 日本=2, x=3)
    assert caught.value.column == 7
    assert str(caught.value).endswith(f"\n    {' ' * 9}^^^")


def test_a_long_text_is_shown_around_the_column():
    with pytest.raises(ParseError) as caught:
        parse("x + " * 300 + "y.z" + " + x" * 300, x=1)
    _, shown, carets = str(caught.value).split("\n")
    assert len(shown) < 100
    assert shown[carets.index("^") :].startswith("y.z")


def test_an_error_prints_no_control_characters():
    with pytest.raises(ParseError) as caught:
        parse("x + \x1b[31m y", x=1)
    assert "\x1b" not in str(caught.value)


def test_an_error_can_be_pickled():
    with pytest.raises(ParseError) as caught:
        parse("x.y", x=1)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize("text", [None, 3, b"x", ["x"]])
def test_what_is_no_text_is_a_type_error(text):
    with pytest.raises(TypeError, match="as text"):
        parse(text)


def test_a_value_that_is_no_number_is_a_type_error_that_names_it():
    with pytest.raises(TypeError, match="^x must be a number"):
        parse("x", x="2")


# Any text whatever.


def answers(text):
    """A value or a ParseError, and no warning, within 0.1 s; up to three times, since others may disturb the clock."""
    assert any(answer_time(text) < 0.1 for _ in range(3))


def answer_time(text):
    begin = time.thread_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            assert isinstance(parse(text, x=0.5, y=-2), Value)
        except ParseError as error:
            assert 0 <= error.column <= len(text)
    return time.thread_time() - begin


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000,
        "(" * 150 + "x" + ")" * 150,
        "(" * 199 + "x y" + ")" * 199,
        "[" * 199 + "x y" + "]" * 199,
        "tanh(" * 500 + "x" + ")" * 500,
        "-" * 9000 + "x",
        "**".join("x" * 3000),
        "+".join("x" * 2000),
        "+".join("x" * 5000),
        "+".join("x" * 100_000),
        "<".join("x" * 5000),
        "sum([" + ",".join("x" * 4900) + "])",
        "logsumexp([" + ",".join("x" * 4900) + "])",
        "sum([" + ",".join("x" * 4900) + " y])",
        "x" * 9999,
        "x" * 9999 + "(x)",
        "x." * 4999 + "x",
        "9" * 5000,
        "9" * 10**6,
        "9**" * 500 + "9",
        "1or 2",
        "0x1for x",
        "0_0",
        "1__0",
        "007",
        "x\0y",
        "\ud800",
        "\ufeffx",
        "x\u2028y",
        "x\x0cy",
        "´x`",
        "\\",
        "\\N{DIGIT ONE}",
        "print(1)",
        "{**x}",
        "await x",
        "yield",
        "x;y",
        "x:y",
        "tanh()",
        "sum()",
        "where(x)",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_text_is_answered(text):
    answers(text)


def test_a_sum_of_two_thousand_terms_and_a_long_list_are_read():
    assert parse("+".join("x" * 2000), x=1).data == 2000.0
    assert parse("sum([" + ",".join("x" * 4900) + "])", x=1).data == 4900.0


def test_a_hundred_thousand_terms_are_refused_with_a_way_out():
    with pytest.raises(ParseError, match=f"{MAX_LENGTH:,} are the most; build it with Values"):
        parse("+".join("x" * 100_000), x=1)
    with pytest.raises(ParseError, match="too deeply"):
        parse("(" * 500 + "x" + ")" * 500, x=1)


@given(st.text())
@example("x" * 100)
@settings(deadline=None)
def test_any_text_is_answered(text):
    answers(text)


WORDS = """
x y pi e 1 2.5 1e9 .5 0x1f 1j + - * / ** // % @ ( ) [ ] { } , . : ; = == < <= > >= != ^ & | ~ := -> ! ? $ ` ' " # f'
if else for in lambda not and or is None True await yield tanh sum dot where log pow exp prod atan2 é 日
"""
TOKENS = [*WORDS.split(), "\\", "\n", "\t", "\0", "\ud800"]


def soup(rng):
    """A text nearer to an expression than random characters are."""
    return rng.choice(["", " "]).join(rng.choice(TOKENS) for _ in range(rng.randint(1, 12)))


def grown(rng, depth=4):
    """An expression, sometimes with one token of it replaced."""
    if depth == 0 or rng.random() < 0.2:
        return rng.choice(["x", "y", "2", "0", "pi", "1e308", "-1"])
    a, b, c = (grown(rng, depth - 1) for _ in range(3))
    forms = [f"{a}+{b}", f"({a})*{b}", f"{a}/{b}", f"({a})**({b})", f"-{a}", f"tanh({a})", f"log({a})", f"gelu({a})"]
    forms += [
        f"where({a} < {b}, {c}, {a})",
        f"prod([{a}, {b}])",
        f"atan2({a}, {b})",
        f"mean([{a},{b},{c}])",
        f"pow({a}, {b})",
    ]
    text = rng.choice(forms)
    if depth == 4 and rng.random() < 0.3:
        i = rng.randrange(len(text))
        text = text[:i] + rng.choice(TOKENS) + text[i + 1 :]
    return text


def test_two_thousand_texts_that_are_almost_expressions_are_answered():
    rng = random.Random(5)
    for _ in range(1000):
        answers(soup(rng))
        answers(grown(rng))


@pytest.mark.slow
def test_a_hundred_thousand_texts_are_answered():
    rng = random.Random(6)
    for _ in range(30_000):
        answers(soup(rng))
        answers(grown(rng))
        answers(
            "".join(chr(rng.choice([rng.randrange(128), rng.randrange(0x110000)])) for _ in range(rng.randint(0, 30)))
        )
    for _ in range(10_000):
        answers("".join(rng.choice("xy12+-*/().,[] ") for _ in range(rng.randint(0, 60))))
