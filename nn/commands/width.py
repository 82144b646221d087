"""How wide lines may be."""

import shutil


def columns() -> int:
    """As wide as the terminal, or 80 where there is none; but no wider than one reads."""
    return min(shutil.get_terminal_size().columns, 120)
