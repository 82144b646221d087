"""The command line of `nn`: ``python -m nn`` trains every model of the five posts and checks what comes out.

Exit codes: 0 if all went well; 1 if a figure differs from what its post reports, or a training diverged; 2 if
something that was given cannot be used; 130 if interrupted.
"""

import argparse
import sys
from collections.abc import Sequence

from autograd.command.command_line import version
from autograd.command.running import run_command
from nn.commands import listing, posts, predicting, training
from nn.commands.arguments import PROGRAM

COMMANDS = {"list": listing, "train": training, "predict": predicting}
"""What can be done besides the main job: each command is a file with `add_arguments` and `run`."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command of these words, by default those typed; turn an error into a sentence; return the exit code."""
    words = sys.argv[1:] if argv is None else list(argv)

    def action() -> int:
        args = make_parser().parse_args(words)
        args.words = words
        code: int = args.run(args)
        return code

    return run_command(action, "nn", debug="--debug" in words, fault=2)


def make_parser() -> argparse.ArgumentParser:
    """The grammar of the command line; each command adds its own arguments."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="show tracebacks")
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        parents=[common],
        description="Train every model of the five posts, and print what each post reports beside what was obtained.",
        epilog="Exit codes: 0 all is well; 1 a figure differs, or a training diverged; 2 bad input; 130 interrupted.",
    )
    about = "show which version runs, and from where"
    parser.add_argument("--version", action="version", version=version(), help=about)
    posts.add_arguments(parser)
    parser.set_defaults(run=posts.run)
    commands = parser.add_subparsers(dest="command", metavar=" | ".join(COMMANDS))
    for name, command in COMMANDS.items():
        about = str(command.run.__doc__).partition("\n")[0]
        subparser = commands.add_parser(name, parents=[common], help=about[0].lower() + about[1:-1], description=about)
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
