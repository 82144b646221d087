"""`Call`: a function called once on fresh leaves, and what its graph gives. `grad` and all its kin are built on it.

The leaves stand for the numbers to differentiate with respect to; what the function returns is an ordinary graph over
them. If that graph depends on no other leaf, it is *closed*, and an ordinary reverse pass gives floats. If it depends on
others, as in ``grad(grad(f))``, where the inner function also sees the outer one's inputs, the derivatives are graphs
themselves, which the outer function can differentiate again. Each call has leaves of its own, so the two levels of
differentiation cannot be confused (no "perturbation confusion").
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from autograd.calculus.containers import is_array, leaves, like, matched, parts_of, with_parts
from autograd.calculus.graph import edges_as_graphs, edges_as_numbers, pull_back, push_forward
from autograd.engine.floats import as_float
from autograd.engine.modes import differentiating, graph_recording, is_recording
from autograd.engine.primitive import TABLE
from autograd.engine.recorder import Recorder, current_recorder, recording
from autograd.engine.value import Value, constant, depends_only_on, forget, history

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from autograd.calculus.containers import Row

    Function = Callable[..., Any]


class Call:
    """A function's result at some inputs, and its derivatives with respect to them.

    Args:
        f: the function.
        argnums: which of its positional arguments hold the inputs.
        args: the positional arguments.
        kwargs: the others.
        has_aux: whether it returns a pair, of what is differentiated and of what is only passed on.

    Raises:
        TypeError: if an input is no number, or if `has_aux` is set and the function returns no pair.
        ValueError: if there is no such argument.
    """

    def __init__(
        self,
        f: Function,
        argnums: int | Sequence[int],
        args: Sequence[Any],
        kwargs: dict[str, Any],
        has_aux: bool = False,
    ) -> None:
        self.f = f
        self.has_aux = has_aux
        places = _places(argnums, len(args), f)
        self.selected: Any = args[places[0]] if isinstance(argnums, int) else tuple([args[place] for place in places])
        self.wants_numbers = not is_recording()
        self.has_values = self._takes_values = False
        self.inputs: list[Value] = []
        replaced = list(args)
        for place in places:
            variables = [self._variable(leaf) for leaf in leaves(args[place])]
            replaced[place] = like(args[place], iter(variables))
            self.inputs += variables
        self._order: list[Value] | None = None
        self._is_closed: bool | None = None
        self._is_over = False
        self._aux: Any = None
        with differentiating(self.inputs):
            self.result = f(*replaced, **kwargs)
        if has_aux:
            self.result, self._aux = _pair(self.result, self.name)
        self.outputs = leaves(self.result)

    def _variable(self, number: Any) -> Value:
        """A fresh leaf; or for a `Value`, which an outer function differentiates, a node that stands for it."""
        if isinstance(number, Value) and not self.wants_numbers:
            self.has_values = self._takes_values = True
            return Value(number)
        if type(number) is float:
            return Value(number)
        return Value(number.data if isinstance(number, Value) else as_float(number, f"an input of {self.name}"))

    @property
    def name(self) -> str:
        """What to call the function in a sentence."""
        return name_of(self.f)

    @property
    def order(self) -> list[Value]:
        """The graph between the inputs and the outputs, the inputs first."""
        if self._order is None:
            self._order = history(filter(is_value, self.outputs), self.inputs)
        return self._order

    @property
    def is_closed(self) -> bool:
        """Whether the outputs depend on no leaves but these inputs."""
        if self._is_closed is None:
            self._is_closed = depends_only_on(filter(is_value, self.outputs), self.inputs)
        return self._is_closed and not self.has_values

    @property
    def gives_values(self) -> bool:
        """Whether results are `Value`s, since somebody may want to differentiate them; otherwise they are floats."""
        return not self.wants_numbers and not self.is_closed

    def weights(self, tree: Any, other: Any, what: str) -> list[Any]:
        """The numbers of a tree of adjoints or moves, which must have the shape of another one.

        If there are `Value`s among them, which somebody differentiates, so are the derivatives that are computed next.
        """
        found = [each if isinstance(each, Value) else as_float(each, what) for each in matched(tree, other, what)]
        self.has_values = not self.wants_numbers and (self._takes_values or any(map(is_value, found)))
        return found

    def number(self) -> Any:
        """The one number that the function returned: a `Value`, or a float if it does not depend on any."""
        return as_number(self.result, self.name)

    def numbers(self) -> list[Any]:
        """All numbers that it returned."""
        return [as_number(output, self.name) for output in self.outputs]

    def given(self, numbers: Sequence[Any]) -> list[Any]:
        """Numbers as the caller gets them: floats, or `Value`s."""
        if self.gives_values:
            return [each if isinstance(each, Value) else constant(float(each)) for each in numbers]
        with self.reading_numbers():
            return [each.data if isinstance(each, Value) else float(each) for each in numbers]

    def reading_numbers(self) -> AbstractContextManager[Any]:
        """A context in which numbers of this call's nodes may be read, if derivatives are to be floats.

        A program that is being recorded refuses to have numbers read that may vary; but these are constants to it.
        """
        is_watched = not self.gives_values and current_recorder().sees_data
        return recording(Recorder()) if is_watched else nullcontext()

    def aux(self) -> Any:
        """What the function returned besides, without variables of ours if the caller gets floats."""
        if self.gives_values:
            return self._aux
        with self.reading_numbers():
            return _released(self._aux)

    def gradient_as_graph(self) -> tuple[list[Any], list[Value] | None]:
        """The gradient of the one number, as graphs to differentiate again, and the order in which to walk these.

        A derivative is the float 0 where the number does not depend on an input. The order is None where `pulled_back`
        needs none.
        """
        output = self.number()
        if not isinstance(output, Value):
            return [0.0] * len(self.inputs), None
        with graph_recording():
            adjoints = pull_back(self.order, {output: 1.0}, self.inputs, edges_as_graphs)
        slopes = [adjoints.get(leaf, 0.0) for leaf in self.inputs]
        return slopes, None if self.is_closed else history(filter(is_value, slopes), self.inputs)

    def row(self, output: Any, order: list[Value] | None = None) -> Row:
        """The derivatives of one output, or of a slope, with respect to each input; a reverse pass."""
        return self.pulled_back([output], [1.0], order)

    def pulled_back(self, outputs: Sequence[Any], weights: Sequence[Any], order: list[Value] | None = None) -> Row:
        """The derivatives of a weighted sum of outputs with respect to each input; a reverse pass.

        Args:
            outputs: of the call, or nodes that were made of it, such as slopes.
            weights: as many.
            order: the history of the outputs, if they are not the call's.
        """
        terms = [(y, w) for y, w in zip(outputs, weights, strict=True) if isinstance(y, Value) and is_not_zero(w)]
        if not terms:
            return self.given([0.0] * len(self.inputs))
        if self.is_closed and not self._is_over:
            return self._row_by_backward(terms)
        seeds: dict[Value, Any] = {}
        for output, weight in terms:
            seeds[output] = seeds[output] + weight if output in seeds else weight
        local = edges_as_graphs if self.gives_values else edges_as_numbers
        adjoints = pull_back(self.order if order is None else order, seeds, self.inputs, local)
        return self.given([adjoints.get(leaf, 0.0) for leaf in self.inputs])

    def _row_by_backward(self, terms: Sequence[tuple[Value, Any]]) -> Row:
        root, seed = terms[0]
        if len(terms) > 1:
            with graph_recording():
                root, seed = TABLE["dot"](*zip(*terms, strict=True)), 1.0
        root.backward(seed)
        row = [leaf.grad for leaf in self.inputs]
        for leaf in self.inputs:
            leaf.grad = 0.0
        return row

    def pushed_forward(self, outputs: Sequence[Any], tangents: Sequence[Any]) -> Row:
        """The derivative of each output along a direction of the inputs; a forward pass."""
        moved = {leaf: tangent for leaf, tangent in zip(self.inputs, tangents, strict=True) if is_not_zero(tangent)}
        local = edges_as_graphs if self.gives_values else edges_as_numbers
        found = push_forward(self.order, moved, local)
        return self.given([found.get(each, 0.0) if isinstance(each, Value) else 0.0 for each in outputs])

    def close(self) -> None:
        """Turn the leaves of this call into constants, so that a graph that the function kept does not depend on them."""
        self._is_over = True
        for leaf in self.inputs:
            if not leaf.parents:
                forget(leaf)

    def finish(self, derivatives: Any) -> Any:
        """Close the call; what its caller returns: the derivatives, with `has_aux` in a pair with what `f` returned besides."""
        self.close()
        return (derivatives, self.aux()) if self.has_aux else derivatives

    def like_inputs(self, row: Row) -> Any:
        """Numbers in the shape of the inputs."""
        return like(self.selected, iter(row))


def is_value(x: Any) -> bool:
    """Whether this is a node, and not a number."""
    return isinstance(x, Value)


def is_not_zero(weight: Any) -> bool:
    """Whether a seed or a tangent is anything but a plain 0, which carries nothing, as a cut edge does."""
    return type(weight) is not float or weight != 0.0


def as_number(result: Any, name: str) -> Any:
    """The one number that a function returned: a `Value`, or a float if it does not depend on any.

    Raises:
        TypeError: if it is not one number.
    """
    if isinstance(result, Value):
        return result
    if isinstance(result, set) or parts_of(result) is not None or (is_array(result) and result.size != 1):
        what = f"an array of shape {result.shape}" if is_array(result) else f"a {type(result).__name__}"
        raise TypeError(
            f"{name} must return one number to have a gradient, but it returned {what}; return one of its numbers, "
            "or use jacobian"
        )
    if hasattr(result, "item") and isinstance(result.item(), Value):
        return result.item()
    return as_float(result, f"the result of {name}")


def name_of(f: Function) -> str:
    """What to call a function in a sentence."""
    name = getattr(f, "__name__", "") or type(f).__name__
    return "the function" if name == "<lambda>" else f"{name}()"


def _pair(result: Any, name: str) -> tuple[Any, Any]:
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise TypeError(f"with has_aux=True {name} must return a pair, (result, aux), but it returned {result!r}")
    return result[0], result[1]


def _released(tree: Any) -> Any:
    """What a function returned besides, with floats for `Value`s."""
    if isinstance(tree, Value):
        return tree.data
    if is_array(tree):
        is_of_values = tree.dtype == object and any(isinstance(each, Value) for each in tree.flat)
        return like(tree, iter([_released(each) for each in tree.flat])) if is_of_values else tree
    parts = parts_of(tree)
    return tree if parts is None else with_parts(tree, [_released(part) for part in parts.values()])


def _places(argnums: int | Sequence[int], count: int, f: Function) -> list[int]:
    """The numbers of the arguments that hold the inputs, none of them negative."""
    if isinstance(argnums, int) and 0 <= argnums < count:
        return [argnums]
    places = []
    for place in [argnums] if isinstance(argnums, int) else argnums:
        if not -count <= place < count:
            given = f"only {count} positional argument{'s' if count > 1 else ''}" if count else "no positional argument"
            raise ValueError(f"argnums is {place}, but {name_of(f)} was called with {given}; arguments count from 0")
        places.append(place % count)
    if len(set(places)) < len(places):
        raise ValueError(f"argnums must name different arguments of {name_of(f)}, but got {argnums!r}")
    return places
