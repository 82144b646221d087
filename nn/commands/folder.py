"""What a training leaves in its folder: the saved model, the history, pictures of both, and the graph of the loss."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import autograd
from nn import plots
from nn.serialization import save

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from autograd.engine.value import Value
    from nn.posts import Run


def writable_folder(path: str | os.PathLike[str]) -> Path:
    """Make a folder, and try that it can be written to, before hours go into what should be kept there.

    Raises:
        OSError: if it cannot, with what to do about it.
    """
    folder = Path(path)
    probe = folder / f".{secrets.token_hex(4)}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(
            f"the output folder {str(folder)!r} cannot be written ({reason}); choose another with --out"
        ) from None
    return folder


def leave_model(run: Run, folder: Path, **metadata: Any) -> None:
    """Save the model, with the names of what goes in and comes out, and the history."""
    names = {"features": list(run.data.input_names), "target": run.data.target_name, "loss": run.recipe.loss}
    save(run.model, folder / "model.json", metadata={**names, **metadata})
    run.history.write_csv(folder / "history.csv")


def leave_pictures(run: Run, folder: Path) -> None:
    """Draw the fit, the loss curve, the graph of the loss on one point, and whatever else the recipe calls for."""
    page, (axes,) = plots.figure()
    plots.plot_model(axes, run.data, run.model)
    plots.save_picture(page, folder / "fit.png")
    page, (axes,) = plots.figure()
    losses = list(run.history.losses)
    if len(losses) == 1:  # a single epoch: show where it led
        losses.append(run.loss_at(*(parameter.data for parameter in run.model.parameters())))
    label = run.recipe.loss_label
    plots.plot_losses(axes, losses, f"{label}, in standard scores" if run.recipe.scaled else label)
    plots.save_picture(page, folder / "loss.png")
    leave_graph(run.graph(), folder, run.model.parameters())
    for name, draw in run.recipe.pictures.items():
        draw(run, folder / name)


def leave_graph(root: Value, folder: Path, parameters: Sequence[Value] = ()) -> None:
    """Draw the graph that a value was computed by; of a large network each neuron, or each layer, as one box."""
    collapse = () if len(parameters) <= 30 else "neurons" if len(parameters) <= 1000 else "layers"
    autograd.draw(root, folder / "graph.svg", parameters=parameters, collapse=collapse)
