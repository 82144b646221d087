"""The first post: a line learned from scratch, first two steps by hand and then in a loop, one point at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.engine.value import Value
from nn import datasets
from nn.losses import half_squared_error
from nn.optim import SGD
from nn.posts.pictures import draw_surface
from nn.posts.recipe import OWN, Check, Recipe, bias_of, line

if TYPE_CHECKING:
    from nn.posts.recipe import Run


def check_table(run: Run) -> list[Check]:
    """The post's table: guess, look how wrong one point is, move; and once more with the next point."""
    model = line(5.0, 4.0)(None)
    m, c = model.w[0], bias_of(model)
    optimizer = SGD(model.parameters(), lr=0.25)
    tables = [("9, 14", "5, 4, 18"), ("6, 9.5", "3.5, 2.5, 10.125")]
    points = list(zip(run.data.inputs.tolist(), run.data.targets.tolist(), strict=True))
    (x1, y1), (x2, y2) = ((Value(x[0]), Value(y)) for x, y in points)
    slope = (y2 - y1) / (x2 - x1)
    formula = f"{slope.data:g}, {(y1 - slope * x1).data:g}"
    checks = [
        Check("slope and intercept from two points", "2, 1", formula, "rise over run, as the post begins", origin=OWN)
    ]
    for i, ((x, y), (answers, row)) in enumerate(zip(points, tables, strict=True), start=1):
        checks.append(Check(f"iteration {i}: y at x = 1, 2", answers, ", ".join(f"{model(x).data:g}" for x in (1, 2))))
        loss = half_squared_error([model(x)], [y])
        checks.append(Check(f"iteration {i}: m, c, L", row, f"{m.data:g}, {c.data:g}, {loss.data:g}"))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    checks.append(Check("step of m, c at iteration 2", "2.25, 1.125", f"{0.25 * m.grad:g}, {0.25 * c.grad:g}"))
    checks.append(Check("iteration 3: m, c", "1.25, 1.375", f"{m.data:g}, {c.data:g}"))
    answers = ", ".join(f"{model(x).data:g}" for x in (1, 2, 3))
    checks.append(Check("iteration 3: y at x = 1, 2, 3", "2.625, 3.875, 5.125", answers))
    fitted = ", ".join(f"{number:g}" for number in run.history.path[-1])
    checks.append(Check("m, c after fit over the same points", "1.25, 1.375", fitted, "nn.fit", origin=OWN))
    return checks


LOOP = {
    0: "31.27642, 0.79x + 5.87",
    1: "2.18066, 1.67x + 5.60",
    2: "2.53907, 1.60x + 5.06",
    47: "0.00007, 2.00x + 1.02",
    48: "0.00005, 2.00x + 1.02",
    49: "0.00004, 2.00x + 1.02",
}


def check_loop(run: Run) -> list[Check]:
    """The lines that the post's loop prints: the mean of the losses met, and the line after the epoch."""
    checks = []
    for epoch, reported in LOOP.items():
        m, c = run.history.path[epoch + 1]
        checks.append(
            Check(f"epoch {epoch}: loss, y", reported, f"{run.history.losses[epoch]:.5f}, {m:.2f}x + {c:.2f}")
        )
    return checks


RECIPES = (
    Recipe(
        name="line_by_hand",
        title="two steps from y = 5x + 4, one point each, as worked by hand",
        post=1,
        data=lambda: datasets.load("line", first=1, points=2),
        model=line(5.0, 4.0),
        loss="half_squared_error",
        lr=0.25,
        epochs=1,
        batch_size=1,
        checks=check_table,
    ),
    Recipe(
        name="line",
        title="y = 2x + 1 learned from ten points, one at a time",
        post=1,
        data=lambda: datasets.load("line"),
        model=line(6.436103983994634, 8.562471646963367),
        loss="half_squared_error",
        lr=0.05,
        epochs=50,
        batch_size=1,
        checks=check_loop,
        pictures={"surface.png": draw_surface},
    ),
)
