"""The first post: a line learned from scratch, first two steps by hand and then in a loop, one point at a time."""

from autograd.engine.value import Value
from nn import datasets
from nn.losses import half_squared_error
from nn.optim import SGD
from nn.posts.figures import OWN, Check, listed
from nn.posts.pictures import draw_surface
from nn.posts.recipe import Recipe, Run, Settings, bias_of, line


def check_table(run: Run) -> list[Check]:
    """The post's table: guess, look how wrong one point is, move; and once more with the next point."""
    model = line(5.0, 4.0)(None)
    m, c = model.w[0], bias_of(model)
    optimizer = SGD(model.parameters(), lr=0.25)
    tables = [("9, 14", "5, 4, 18"), ("6, 9.5", "3.5, 2.5, 10.125")]
    points = list(zip(run.data.inputs.tolist(), run.data.targets.tolist(), strict=True))
    (x1, y1), (x2, y2) = ((Value(x), Value(y)) for (x,), y in points)
    slope = (y2 - y1) / (x2 - x1)
    formula, note = listed([slope.data, (y1 - slope * x1).data]), "rise over run, as the post begins"
    checks = [Check("slope and intercept from two points", "2, 1", formula, note, origin=OWN)]
    for i, ((x, y), (answers, row)) in enumerate(zip(points, tables, strict=True), start=1):
        checks.append(Check(f"iteration {i}: y at x = 1, 2", answers, listed(model(x).data for x in (1, 2))))
        loss = half_squared_error([model(x)], [y])
        checks.append(Check(f"iteration {i}: m, c, L", row, listed([m.data, c.data, loss.data])))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    answers, fitted = listed(model(x).data for x in (1, 2, 3)), listed(run.history.path[-1])
    return [
        *checks,
        Check("step of m, c at iteration 2", "2.25, 1.125", listed([0.25 * m.grad, 0.25 * c.grad])),
        Check("iteration 3: m, c", "1.25, 1.375", listed([m.data, c.data])),
        Check("iteration 3: y at x = 1, 2, 3", "2.625, 3.875, 5.125", answers),
        Check("m, c after fit over the same points", "1.25, 1.375", fitted, "nn.fit", origin=OWN),
    ]


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
    losses, path = run.history.losses, run.history.path
    found = {epoch: f"{losses[epoch]:.5f}, {path[epoch + 1][0]:.2f}x + {path[epoch + 1][1]:.2f}" for epoch in LOOP}
    return [Check(f"epoch {epoch}: loss, y", reported, found[epoch]) for epoch, reported in LOOP.items()]


RECIPES = (
    Recipe(
        name="line_by_hand",
        title="two steps from y = 5x + 4, one point each, as worked by hand",
        data=lambda: datasets.load("line", first=1, points=2),
        model=line(5.0, 4.0),
        fit=Settings(loss="half_squared_error", lr=0.25, epochs=1, batch_size=1),
        checks=check_table,
    ),
    Recipe(
        name="line",
        title="y = 2x + 1 learned from ten points, one at a time",
        model=line(6.436103983994634, 8.562471646963367),
        fit=Settings(loss="half_squared_error", lr=0.05, epochs=50, batch_size=1),
        checks=check_loop,
        pictures={"surface.png": draw_surface},
    ),
)
