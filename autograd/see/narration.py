"""The chain rule told step by step, with its formulas and its numbers: `explain`.

The story has the order in which one works by hand: forward, each result from its operands; then backward, each result
handing its derivative on to its operands, times the local derivative; and where paths meet, a sum. The steps are taken
in the order of `backward`, so the numbers multiply and add up to just what it gives.

The formulas of the local derivatives come from `autograd.see.local_derivatives`.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import chain, islice
from math import isfinite
from typing import TYPE_CHECKING, Any

from autograd.engine.recorder import Recorder, recording
from autograd.engine.value import Value, as_node, backward_order, constant, topological_order
from autograd.see.excerpt import nearest_first
from autograd.see.labels import printable
from autograd.see.latex import latex_label, latex_number
from autograd.see.latex_templates import latex_text
from autograd.see.local_derivatives import Both, LocalDerivative, formula_of, local_derivatives, symbols_of
from autograd.see.numbers import format_number
from autograd.see.style import can_write

if TYPE_CHECKING:
    from collections.abc import Iterator

CUT = ", as nothing passes where it was not chosen"
"""What explains that 0 times what is not finite is 0 on an edge that is cut."""

MAX_BIRTHS = 5
"""How many places are named, at most, where what is not finite begins."""

MAX_PATHS = 12
"""How many paths to one input are written out."""


def explain(
    value: Value, of: Value | str | None = None, digits: int | None = 6, *, max_nodes: int = 200
) -> Explanation:
    """Tell how a value was computed and how its derivatives follow by the chain rule.

    Nothing in the graph changes, and `backward` need not have been called.

    Args:
        value: the result.
        of: an input, itself or its label; the story is then only of the paths to it, and ends with their products.
        digits: significant digits of numbers; None writes them in full, so that they multiply and add up to just what
            `backward` gives.
        max_nodes: how many nodes to tell of, nearest to the result.

    Returns:
        What prints as text, and shows itself with formulas in notebooks.

    Raises:
        ValueError: if the result does not depend on `of`, several leaves have that label, or a number was changed after
            others were computed from it.

    Example:
        >>> from autograd import explain, variables
        >>> x, w = variables(x=3.0, w=0.5)
        >>> explain(x * w + x)
        y = x * w + x
        <BLANKLINE>
        Forward
          x = 3
          w = 0.5
          v1 = x * w = 3 * 0.5 = 1.5
          y = v1 + x = 1.5 + 3 = 4.5
        <BLANKLINE>
        Backward
          dy/dy = 1
          y = v1 + x
            ∂y/∂v1 = 1
            dy/dv1 = dy/dy * ∂y/∂v1 = 1 * 1 = 1
            ∂y/∂x = 1
            dy/dx by y = dy/dy * ∂y/∂x = 1 * 1 = 1
          v1 = x * w
            ∂v1/∂x = w = 0.5
            dy/dx by v1 = dy/dv1 * ∂v1/∂x = 1 * 0.5 = 0.5
            dy/dx = 1 + 0.5 = 1.5, where 2 paths meet
            ∂v1/∂w = x = 3
            dy/dw = dy/dv1 * ∂v1/∂w = 1 * 3 = 3
        <BLANKLINE>
        Gradients
          dy/dx = 1.5
          dy/dw = 3
    """
    value = as_node(value, "explain")
    order = topological_order(value)
    refuse_stale(order)
    target = _find(order, of) if of is not None else None
    subject = _depend_on(order, target) if target is not None else set(order)
    if value not in subject:
        raise ValueError(f"the result does not depend on {target!r}; give one of its inputs, or none to be told of all")
    told = set(islice((node for node in nearest_first(value) if node in subject), max(max_nodes, 1)))
    if target is not None:
        told.add(target)
    with recording(Recorder()):
        return Explanation(_Narrator(value, target, order, told, len(subject), digits).tell())


@dataclass(frozen=True)
class Line:
    """One line of a story: its text, and in LaTeX; a heading has no LaTeX."""

    depth: int
    text: str
    math: str = ""


class Explanation:
    """The story of a computation and its derivatives, as text and as Markdown."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines

    def __str__(self) -> str:
        text = "\n".join("  " * line.depth + line.text for line in self.lines)
        return text if can_write("∂…") else text.replace("∂", "D").replace("…", "...")

    __repr__ = __str__

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_markdown_(self) -> str:
        written = []
        for line in self.lines:
            if not line.math:
                written.append(f"\n**{line.text}**\n" if line.text else "")
            elif line.depth == 0:
                written.append(f"$${line.math}$$")
            else:
                written.append(f"{'  ' * (line.depth - 1)}- $\\displaystyle {line.math}$")
        return "\n".join(written)


def refuse_stale(order: list[Value]) -> None:
    """Refuse a graph in which a number was changed after others were computed from it.

    Raises:
        ValueError: that names the first of them.
    """
    for node in order:
        if node.is_stale:
            labels = dict.fromkeys(repr(parent.label) for parent in node.parents if parent.label)
            changed = ("one of " if len(labels) > 1 else "the number of ") + (", ".join(labels) or "an operand")
            raise ValueError(
                f"{changed} was changed after {node.op!r} was computed from it, so the steps would not "
                "lead to the result; compute the result again"
            )


def _find(order: list[Value], of: Value | str) -> Value:
    if isinstance(of, Value):
        return of
    found = [node for node in order if node.label == of]
    if len(found) != 1:
        labels = ", ".join(dict.fromkeys(repr(node.label) for node in order if node.label)) or "none"
        count = f"{len(found)} nodes have" if found else "no node has"
        raise ValueError(f"{count} the label {of!r}; give the Value itself, or one of the labels: {labels}")
    return found[0]


def _depend_on(order: list[Value], target: Value) -> set[Value]:
    found = {target}
    for node in order:
        if any(parent in found for parent in node.parents):
            found.add(node)
    return found


def _walk_back(root: Value) -> Iterator[tuple[Value, float, list[float]]]:
    """A backward pass in the order of `Value.backward`: each node with its adjoint and the shares of its operands.

    As there, a cut edge carries nothing, whatever the adjoint, and so does what only cut edges reach.
    """
    adjoints = {root: 1.0}
    for node in backward_order(root):
        is_reached = node in adjoints
        adjoint = adjoints.get(node, 0.0)
        edges = list(zip(node.parents, node.partials, node.cuts, strict=True))
        yield node, adjoint, [partial * adjoint if is_reached and not is_cut else 0.0 for _, partial, is_cut in edges]
        for parent, partial, is_cut in edges:
            if is_reached and not is_cut:
                adjoints[parent] = adjoints.get(parent, 0.0) + partial * adjoint


class _Narrator:
    """One story being written; whatever is written comes as text and as LaTeX."""

    def __init__(
        self,
        root: Value,
        target: Value | None,
        order: list[Value],
        told: set[Value],
        count: int,
        digits: int | None,
    ) -> None:
        self.digits = digits
        self.root = root
        self.target = target
        self.order = order
        self.told = told
        self.count = count  # of the nodes that there would be to tell of
        self.uses = dict.fromkeys(order, 0)  # how many operands in the graph each node is
        for node in order:
            for parent in node.parents:
                self.uses[parent] += 1
        used = {parent for node in told for parent in node.parents if parent.label}
        named = [node for node in order if node in used or (node in told and not node.is_constant) or node is root]
        self.names = names_of(root, named)
        self.adjoints: dict[Value, float] = {}
        self.lines: list[Line] = []

    def tell(self) -> list[Line]:
        """All lines of the story."""
        self._title()
        self._head("Forward")
        for node in self.order:
            if node in self.told and not node.is_constant:
                self._forward(node)
        self._head("Backward")
        self._add(1, _equate(self._total(self.root), ("1", "1")))
        gradients = self._backward()
        if self.target is None:
            self._head("Gradients")
            for leaf, gradient in gradients.items():
                self._add(1, _equate(self._total(leaf), self._figure(gradient)))
            if not gradients:
                self._add(1, ("none: the result is a constant", r"\text{none: the result is a constant}"))
        elif self.count == len(self.told) and self.target is not self.root:
            self._head("Paths")
            self._paths(self.target, gradients[self.target])
        if not all(map(isfinite, [self.root.data, *gradients.values()])):
            self._head("Not finite")
            self._births()
        return self.lines

    def _head(self, text: str) -> None:
        self.lines += [Line(0, "")] * bool(self.lines) + [Line(0, text)]

    def _add(self, depth: int, both: Both) -> None:
        self.lines.append(Line(depth, *both))

    def _title(self) -> None:
        if self.root.primitive is not None:
            leaves = {node: name for node, name in self.names.items() if node.primitive is None}
            self._add(0, _equate(self._name(self.root), formula_of(self.root, leaves, self.digits)))
        if self.count > len(self.told):
            self._head(f"Of {self.count:,} nodes, the {len(self.told):,} nearest to the result")

    # Names.

    def _name(self, node: Value) -> Both:
        name = self.names[node]
        return name, latex_label(name)

    def _total(self, node: Value) -> Both:
        return _ratio("d", "d", self._name(self.root), self._name(node))

    def _local(self, node: Value, parent: Value) -> Both:
        return _ratio("∂", r"\partial", self._name(node), self._name(parent))

    def _figure(self, x: float) -> Both:
        return format_number(x, self.digits), latex_number(x, self.digits)

    def _product(self, factors: list[float]) -> Both:
        text = " * ".join(self._figure(x)[0] for x in factors)
        return text, r" \cdot ".join(self._bracketed(x, i) for i, x in enumerate(factors))

    def _terms(self, terms: list[float], is_cut: bool) -> Both:
        dots, math_dots = (["..."], [r"\dots"]) if is_cut else ([], [])
        text = [self._figure(x)[0] for x in terms]
        math = [self._bracketed(x, i) for i, x in enumerate(terms)]
        return " + ".join([*text, *dots]), " + ".join([*math, *math_dots])

    def _bracketed(self, x: float, i: int) -> str:
        text = self._figure(x)[1]
        return rf"\left({text}\right)" if i and text.startswith("-") else text

    # Forward.

    def _forward(self, node: Value) -> None:
        primitive = node.primitive
        if primitive is None:
            self._add(1, _equate(self._name(node), self._figure(node.data)))
            return
        self._add(1, _equate(*self._definition(node), self._worked_out(node), self._figure(node.data)))

    def _definition(self, node: Value) -> tuple[Both, Both]:
        """A node's name, and the operation that computed it, on its operands' names."""
        primitive = node.primitive
        assert primitive is not None
        symbols, names = symbols_of(node, self.names)
        return self._name(node), formula_of(Value.apply_primitive(primitive, symbols), names, self.digits)

    # Backward.

    def _backward(self) -> dict[Value, float]:
        """Write the backward pass; return the gradients of leaves, or of the target."""
        seen = dict.fromkeys(self.told, 0)
        shown: dict[Value, list[float]] = {node: [] for node in self.told}
        totals = dict.fromkeys(self.told, 0.0)
        totals[self.root] = 1.0
        for node, adjoint, shares in _walk_back(self.root):
            is_told = node in self.told
            if is_told:
                self.adjoints[node] = adjoint
            repeated = Counter(node.parents) if is_told else Counter()
            partials = node.partials
            found = local_derivatives(node, self.names, self.digits) if is_told and node.primitive is not None else []
            if found:
                self._add(1, _equate(*self._definition(node)))
            for i, (parent, share) in enumerate(zip(node.parents, shares, strict=True)):
                if parent not in self.told or parent.is_constant:
                    continue
                if is_told:
                    place = f", as operand {i + 1}" if repeated[parent] > 1 else ""
                    self._share(node, parent, found[i], place, partials[i], share)
                    shown[parent].append(share)
                seen[parent] += 1
                totals[parent] += share
                if seen[parent] == self.uses[parent] > 1:
                    self._sum(parent, shown[parent], totals[parent])
        return {
            node: totals[node]
            for node in self.order
            if node in self.told
            and not node.is_constant
            and (not node.parents if self.target is None else node is self.target)
        }

    def _share(
        self, node: Value, parent: Value, found: LocalDerivative, place: str, partial: float, share: float
    ) -> None:
        """What one operand gets from one result: the local derivative, and its product with the result's own."""
        local = self._local(node, parent)
        formula, condition = found
        text, math = _equate(local, *([formula] if formula else []), self._figure(partial))
        self._add(2, (text + condition + place, math + latex_text(condition + place)))
        total, total_math = self._total(parent)
        if self.uses[parent] > 1:
            by, by_math = self._name(node)
            total, total_math = f"{total} by {by}", rf"\left.{total_math}\right|_{{{by_math}}}"
        up, up_math = self._total(node)
        chain = f"{up} * {local[0]}", rf"{up_math} \cdot {local[1]}"
        factors = self._product([self.adjoints[node], partial])
        text, math = _equate((total, total_math), chain, factors, self._figure(share))
        place = CUT if share == 0.0 != self.adjoints[node] * partial else ""
        self._add(2, (text + place, math + _aside(place)))

    def _sum(self, node: Value, shares: list[float], total: float) -> None:
        count = self.uses[node]
        text, math = self._terms(shares, count > len(shares))
        place = f", where {count:,} paths meet"
        text, math = _equate(self._total(node), (text, math), self._figure(total))
        self._add(2, (text + place, math + _aside(place)))

    # Where nan and infinity begin, told of or not.

    def _births(self) -> None:
        births = list(islice(chain(self._born_forward(), self._born_backward()), MAX_BIRTHS + 1))
        for birth in births[:MAX_BIRTHS]:
            self._add(1, birth)
        if len(births) > MAX_BIRTHS:
            self._add(1, ("and more after these", r"\text{and more after these}"))

    def _born_forward(self) -> Iterator[Both]:
        for node in self.order:
            if not _is_born(node.data, [parent.data for parent in node.parents]):
                continue
            if node.primitive is None:
                yield _say(_equate(self._called(node), self._figure(node.data)), ", which was given")
            else:
                named = self._definition(node) if node in self.names else ()
                yield self._begin(node.data, *named, self._worked_out(node))

    def _born_backward(self) -> Iterator[Both]:
        terms: dict[Value, list[float]] = {}
        for node, adjoint, shares in _walk_back(self.root):
            if node.parents and _is_born(adjoint, terms.get(node, [adjoint])):
                yield self._begin(adjoint, self._adjoint(node), self._terms(terms[node], False))
            for parent, partial, share, is_cut in zip(node.parents, node.partials, shares, node.cuts, strict=True):
                if is_cut or parent.is_constant:
                    continue
                terms.setdefault(parent, []).append(share)
                if _is_born(partial, [node.data, *(each.data for each in node.parents)]):
                    yield self._begin(partial, _ratio("∂", r"\partial", self._called(node), self._called(parent)))
                if _is_born(share, [adjoint, partial]):
                    text, text_math = self._adjoint(parent)
                    by, by_math = self._called(node)
                    place = f"{text} by {by}", rf"\left.{text_math}\right|_{{{by_math}}}"
                    yield self._begin(share, place, self._product([adjoint, partial]))
        for node, shares in terms.items():
            if not node.parents and _is_born(total := _accumulate(shares), shares):
                yield self._begin(total, self._adjoint(node), self._terms(shares, False))

    def _called(self, node: Value) -> Both:
        """The name of a node, or what it was computed from if it is not told of."""
        return self._name(node) if node in self.names else self._worked_out(node)

    def _worked_out(self, node: Value) -> Both:
        """The operation that computed a node, on the numbers of its operands."""
        if node.primitive is None:
            return self._figure(node.data)
        numbers = [(constant if parent.is_constant else Value)(parent.data) for parent in node.parents]
        return formula_of(Value.apply_primitive(node.primitive, numbers), {}, self.digits)

    def _adjoint(self, node: Value) -> Both:
        return _ratio("d", "d", self._called(self.root), self._called(node))

    def _begin(self, x: float, *sides: Both) -> Both:
        return _say(_equate(*sides, self._figure(x)), f", where {'nan' if math.isnan(x) else 'infinity'} begins")

    # Paths to one input.

    def _paths(self, target: Value, gradient: float) -> None:
        total = self._total(target)
        products = []
        for path in self._walk(target):
            product = 1.0
            for node, i in path:
                product = node.partials[i] * product
            products.append(product)
            locals_ = [self._local(node, node.parents[i]) for node, i in path]
            chain = " * ".join(text for text, _ in locals_), r" \cdot ".join(math for _, math in locals_)
            self._add(1, _equate(chain, self._product([node.partials[i] for node, i in path]), self._figure(product)))
        more = self._count_paths(target) - len(products)
        if more:
            self._add(1, (f"and {more:,} more paths", rf"\text{{and {more:,} more paths}}"))
            self._add(1, _equate(total, self._figure(gradient)))
            return
        added = _accumulate(products)
        both = _equate(total, *([self._terms(products, False)] if len(products) > 1 else []), self._figure(added))
        if added != gradient and not math.isnan(added):
            place = f", which backward, adding where paths meet, rounds to {self._figure(gradient)[0]}"
            both = both[0] + place, both[1] + _aside(place)
        self._add(1, both)

    def _walk(self, target: Value) -> Iterator[list[tuple[Value, int]]]:
        """The paths from the result to an input, each as nodes with the place of the operand where it goes on."""
        path: list[tuple[Value, int]] = []
        stack = [(0, self.root, -1)]
        found = 0
        while stack and found < MAX_PATHS:
            depth, node, i = stack.pop()
            del path[depth:]
            parent = node if i < 0 else node.parents[i]
            if i >= 0:
                path.append((node, i))
            if parent is target:
                found += 1
                yield list(path)
                continue
            inner = [k for k, each in enumerate(parent.parents) if each in self.told]
            stack.extend((len(path), parent, k) for k in reversed(inner))

    def _count_paths(self, target: Value) -> int:
        counts = {target: 1}
        for node in self.order:
            if node in self.told and node is not target:
                counts[node] = sum(counts.get(parent, 0) for parent in node.parents)
        return counts[self.root]


def _accumulate(numbers: list[float]) -> float:
    total = 0.0
    for each in numbers:
        total += each
    return total


def names_of(root: Value, nodes: list[Value]) -> dict[Value, str]:
    """Name nodes by their labels, told apart; the others v1, v2, ... in order, and the result y."""
    labels = {printable(node.label) for node in nodes}
    names: dict[Value, str] = {}
    used: set[str] = set()
    counts: dict[str, int] = {}
    for node in nodes:
        stem = printable(node.label) or ("y" if node is root and "y" not in labels else "")
        name = stem
        while not name or name in used:
            counts[stem] = counts.get(stem, 1 if stem else 0) + 1
            name = f"{stem}_{counts[stem]}" if stem else f"v{counts[stem]}"
            if name in labels:
                name = ""
        used.add(name)
        names[node] = name
    return names


# Pieces of lines.


def _equate(*sides: Both) -> Both:
    """Sides of an equation, each written once where two neighbors are alike."""
    different = [side for i, side in enumerate(sides) if not i or side[0] != sides[i - 1][0]]
    return " = ".join(text for text, _ in different), " = ".join(math for _, math in different)


def _ratio(sign: str, sign_math: str, of: Both, by: Both) -> Both:
    return f"{sign}{of[0]}/{sign}{by[0]}", rf"\frac{{{sign_math} {of[1]}}}{{{sign_math} {by[1]}}}"


def _say(both: Both, aside: str) -> Both:
    return both[0] + aside, both[1] + _aside(aside)


def _is_born(x: float, operands: list[float]) -> bool:
    """Whether a number is not finite, and that does not come from those that it was computed from."""
    return not isfinite(x) and not (
        any(map(math.isnan, operands)) if math.isnan(x) else not all(map(isfinite, operands))
    )


def _aside(text: str) -> str:
    return rf"\text{{{text}}}" if text else ""
