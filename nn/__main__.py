"""The command line of `nn`: ``python -m nn`` trains every model of the five posts and checks what comes out.

Exit codes: 0 if all went well; 1 if a figure differs from what its post reports, or a training diverged; 2 if
something that was given cannot be used; 130 if interrupted.
"""

from __future__ import annotations

import argparse
import io
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command, and turn an error into one sentence.

    Args:
        argv: the words after ``python -m nn``; by default those of the command line.

    Returns:
        The exit code.
    """
    words = sys.argv[1:] if argv is None else list(argv)
    args = make_parser().parse_args(words)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal that lacks a sign gets a question mark, and no error
        sys.stdout.reconfigure(errors="replace")
    try:
        return run(args, words)
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever read the output has read enough
        return 0
    except Exception as error:
        if getattr(args, "debug", False):
            raise
        print(f"nn: {in_a_sentence(error)}", file=sys.stderr)
        return 2


def in_a_sentence(error: Exception) -> str:
    """What an error says; of one that the system or a mistake of ours raised, also what kind of error it is."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    if isinstance(error, (ValueError, TypeError, OSError, ArithmeticError, ImportError)):
        return str(error)
    return f"{type(error).__name__}: {error} (--debug shows where)"


def run(args: argparse.Namespace, words: Sequence[str]) -> int:
    """Call the command; what it needs is loaded only now."""
    if args.command == "list":
        from nn.commands.listing import list_everything

        return list_everything()
    if args.command == "train":
        from nn.commands.training import Wishes, train

        wishes = {name: value for name, value in vars(args).items() if name in Wishes.__dataclass_fields__}
        return train(Wishes(**{**wishes, "command": tuple(words)}))
    if args.command == "predict":
        from nn.commands.predicting import predict

        return predict(args.model, args.table, args.features, args.out)
    from nn.commands.posts import run_posts

    return run_posts(args.out or "runs")


def make_parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="show tracebacks")
    parser = argparse.ArgumentParser(
        prog="python -m nn",
        parents=[common],
        description="Train every model of the five posts, and print what each post reports beside what was obtained.",
        epilog="Exit codes: 0 all is well; 1 a figure differs, or a training diverged; 2 bad input; 130 interrupted.",
    )
    parser.add_argument("--out", metavar="DIR", help="where to leave pictures, histories and models (runs)")
    commands = parser.add_subparsers(dest="command", metavar="list | train | predict")
    commands.add_parser("list", parents=[common], help="show the data sets and the models")

    train = commands.add_parser("train", parents=[common], help="train one model, or a network on a CSV file")
    train.add_argument("name", metavar="NAME", help="a model, a data set, or a CSV file")
    train.add_argument("--target", metavar="COLUMN", help="of a CSV file: the column to predict")
    train.add_argument("--features", type=names, metavar="A,B", help="of a CSV file: the columns to predict it from")
    train.add_argument(
        "--test", type=share, default=0.2, metavar="SHARE", help="of a CSV file: held out to test on (0.2)"
    )
    train.add_argument("--hidden", type=sizes, metavar="16,16", help="train a network with so many hidden neurons")
    train.add_argument("--activation", metavar="NAME", help="of the hidden neurons, such as relu or tanh")
    train.add_argument("--loss", metavar="NAME", help="such as mse or binary_cross_entropy")
    train.add_argument("--optimizer", metavar="NAME", help="sgd or adam")
    train.add_argument("--lr", type=float, metavar="RATE", help="the learning rate")
    train.add_argument("--epochs", type=int, metavar="N", help="how many times to go through the points")
    train.add_argument("--batch-size", type=int, metavar="N", help="points a step; shuffles them, too")
    train.add_argument("--seed", type=int, metavar="N", help="for initial weights, shuffling and what is held out")
    train.add_argument("--out", metavar="DIR", help="where to leave everything (runs/NAME)")
    train.add_argument("--resume", action="store_true", help="go on from where an interrupted training stopped")

    predict = commands.add_parser("predict", parents=[common], help="let a saved model answer for a CSV file")
    predict.add_argument("model", metavar="MODEL", help="the model.json of a training")
    predict.add_argument("table", metavar="data.csv", help="a CSV file with a column for each input")
    predict.add_argument("--features", type=names, metavar="A,B", help="the columns, if they have other names")
    predict.add_argument("--out", metavar="FILE", help="write a CSV file instead of printing")
    return parser


def names(text: str) -> tuple[str, ...]:
    """Read names that commas separate."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def sizes(text: str) -> tuple[int, ...]:
    """Read whole numbers that commas separate; none of them for a network without hidden neurons."""
    try:
        numbers = tuple(int(number) for number in text.split(",") if number.strip())
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be whole numbers such as 16,16, but got {text!r}") from None
    if any(number < 1 for number in numbers):
        raise argparse.ArgumentTypeError(f"must be positive numbers such as 16,16, but got {text!r}")
    return numbers


def share(text: str) -> float:
    """Read a share of the whole."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0.0 < number < 1.0:
        raise argparse.ArgumentTypeError(f"must be a share between 0 and 1, such as 0.2, but got {text!r}")
    return number


if __name__ == "__main__":
    sys.exit(main())
