"""What several commands share: how they call themselves, how wide they write, and how they read lists and shares."""

import argparse
import csv
import shutil
import sys
from pathlib import Path

PROGRAM = "python -m nn" if Path(sys.argv[0]).parts[-2:] == ("nn", "__main__.py") else "nn"
"""What the user typed to get here."""
OF_OPTIMIZERS = ("momentum", "weight_decay")  # the settings that not every optimiser has to have


def columns() -> int:
    """How wide lines may be: as the terminal, or 80 where there is none; but no wider than one reads."""
    return min(shutil.get_terminal_size().columns, 120)


def names(text: str) -> tuple[str, ...]:
    """Read names that commas separate; one that has a comma stands in quotation marks."""
    return tuple(name.strip() for name in next(csv.reader([text], skipinitialspace=True), []) if name.strip())


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
