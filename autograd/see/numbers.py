"""A float as text, wherever one is shown: as short as it can be written, or rounded to some digits."""

from __future__ import annotations


def format_number(x: float, digits: int | None = None) -> str:
    """A float as short as it can be written: ``2`` rather than ``2.0``.

    Args:
        x: the number.
        digits: significant digits to round to; None writes all that tell it from other floats.

    Example:
        >>> format_number(2.0), format_number(1 / 3), format_number(1 / 3, 4), format_number(-0.0)
        ('2', '0.3333333333333333', '0.3333', '-0.0')
    """
    return shorten(repr(x) if digits is None else repr(float(f"{x:.{digits}g}")))


def shorten(text: str) -> str:
    """A float's ``repr`` without a fraction that says nothing."""
    return text[:-2] if text.endswith(".0") and text != "-0.0" else text
