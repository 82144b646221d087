"""Running a command: whatever goes wrong ends as a sentence and an exit code."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def run_command(action: Callable[[], int], name: str, *, debug: bool, fault: int) -> int:
    """Do what a command line asks, and print an error in a sentence.

    Args:
        action: does it, and returns the exit code, or leaves with it, as --help does.
        name: what the sentence begins with.
        debug: whether an error is raised instead.
        fault: the exit code for an error that bad input does not explain.

    Returns:
        the exit code; 2 for bad input, 130 if interrupted, 0 if who reads the output has read enough.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that cannot write ² may write ?
    try:
        try:
            return action()
        except SystemExit as leaving:
            return leaving.code if isinstance(leaving.code, int) else 0 if leaving.code is None else 1
        finally:
            print(end="", flush=True)  # here, and not when Python ends, where a reader that is gone would be an error
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    except Exception as error:
        if debug:
            raise
        print(f"{name}: {in_a_sentence(error)}", file=sys.stderr)
        return 2 if isinstance(error, (ValueError, TypeError, OverflowError)) else fault


def in_a_sentence(error: Exception) -> str:
    """What an error says; of one that the system or a mistake of ours raised, also what kind of error it is."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    is_ours = type(error).__module__.startswith(("autograd.", "nn."))
    if is_ours or isinstance(error, (ValueError, TypeError, OSError, ArithmeticError, ImportError)):
        return str(error) or type(error).__name__
    return f"{type(error).__name__}: {error} (--debug shows where)"
