"""``python -m autograd``: an expression's value and derivatives, or without an expression an interactive session."""

from __future__ import annotations

import sys

from autograd.engine.conflict import refuse_mixture


def main(argv: list[str] | None = None) -> int:
    """Run the command line; see `autograd.command.command_line`.

    Args:
        argv: the arguments; None takes those of the process.

    Returns:
        The exit code.
    """
    try:
        refuse_mixture()
    except ImportError as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    from autograd.command.command_line import run

    return run(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
