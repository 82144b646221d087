"""Forks, finalizers, signals and generators in the midst of things: an error or a right result, and nothing that waits for ever."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

import autograd
from autograd import Value, detect_anomaly, no_grad

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_goes_on_while_threads_of_its_parent_differentiate() -> None:
    x, done = Value(1.0), threading.Event()

    def work() -> None:
        while not done.is_set():
            y = x
            for _ in range(500):
                y = y + x
            y.backward()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(10):
            child = os.fork()
            if child == 0:
                signal.alarm(20)  # which ends a child that waits
                a = Value(3.0)
                (a * a).backward()
                os._exit(0 if a.grad == 6.0 else 1)
            assert os.waitpid(child, 0)[1] == 0
    finally:
        done.set()
        for thread in threads:
            thread.join()


FORKS_WHILE_A_NUMBER_LEAVES_A_GRAPH = """
import os, signal, threading
from autograd import Value
x = Value(2.0)
thread = threading.Thread(target=lambda: [float(x * i) for i in range(1000)])
thread.start()
for _ in range(20):
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        os._exit(0 if float(x * 2) == 4.0 else 1)
    assert os.waitpid(child, 0)[1] == 0
thread.join()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_child_goes_on_while_the_first_number_leaves_a_graph_in_a_thread_of_its_parent() -> None:
    code = [sys.executable, "-W", "ignore", "-c", FORKS_WHILE_A_NUMBER_LEAVES_A_GRAPH]
    for _ in range(3):
        subprocess.run(code, check=True, timeout=60)


@pytest.mark.parametrize("when", ["atexit.register(k.__del__)", "pass"])
def test_a_number_may_leave_a_graph_for_the_first_time_when_python_ends(when: str) -> None:
    lines = ["import atexit", "from autograd import Value", "class K:", " x = Value(2.0)"]
    lines += [" def __del__(self): print(float(self.x * 2))", "k = K()", when]
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"4.0"} and not done.stderr


class Finalized:
    """Differentiates when it goes."""

    def __init__(self, node: Value) -> None:
        self.node, self.cycle = node, self

    def __del__(self) -> None:
        self.node.zero_grad()
        self.node.backward()


def test_a_finalizer_that_differentiates_never_makes_a_sum_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)
    other = Value(2.0) * 3
    for _ in range(200):
        x = Value(1.0)
        y = x
        for _ in range(50):
            Finalized(other)
            y = y + x
        y.backward()
        assert x.grad == 51.0


@pytest.mark.parametrize("place", range(12))
def test_a_pass_that_is_interrupted_anywhere_leaves_the_next_one_right_in_every_thread(place: int) -> None:
    x = Value(1.0)
    y = x
    for _ in range(3):
        y = y + x * x
    events = itertools.count()

    def interrupt(frame: FrameType, event: str, argument: Any) -> None:
        # Where a function begins or ends is where Python looks for signals.
        if event in ("call", "return") and next(events) == place:
            raise KeyboardInterrupt

    sys.setprofile(interrupt)
    try:
        y.backward()
    except KeyboardInterrupt:
        pass
    finally:
        sys.setprofile(None)
    x.grad = 0.0
    thread = threading.Thread(target=y.backward, daemon=True)
    thread.start()
    thread.join(20)
    y.backward()
    assert x.grad == 2 * 7.0


def test_contexts_of_generators_leave_nothing_behind_in_whatever_order_they_are_closed() -> None:
    def inside(context: type) -> Iterator[int]:
        with context():
            yield 1
            yield 2

    first, second = inside(no_grad), inside(detect_anomaly)
    next(first)
    next(second)
    first.close()
    x = Value(3.0)
    y = x * x
    second.close()
    y.backward()
    assert x.grad == 6.0
    assert autograd.Value(2.0).exp().parents


def test_a_decorated_generator_holds_for_its_body_and_for_nobody_else() -> None:
    x = Value(2.0)

    @no_grad()
    def squares() -> Iterator[Value]:
        for _ in range(2):
            yield x * x

    for square in squares():
        assert square.parents == ()
        assert (x * 3).parents


def test_a_decorated_coroutine_holds_for_its_body() -> None:
    x = Value(2.0)

    @no_grad()
    async def square() -> Value:
        await asyncio.sleep(0)
        return x * x

    async def both() -> tuple[Value, Value]:
        task = asyncio.ensure_future(square())
        await asyncio.sleep(0)
        return x * 3, await task

    outside, inside = asyncio.run(both())
    assert outside.parents and not inside.parents


def test_a_decorated_asynchronous_generator_is_refused_in_a_sentence() -> None:
    async def numbers():  # type: ignore[no-untyped-def]
        yield 1

    with pytest.raises(TypeError, match="cannot decorate the asynchronous generator numbers"):
        no_grad()(numbers)
