"""What a label says: how it is printed, the Python name most like it, and the modules that a parameter belongs to."""

from __future__ import annotations

import keyword
import re

from autograd.engine.primitive import TABLE

MAX_LEVELS = 8
"""How deep modules may lie in one another and still be told apart."""


def printable(text: str) -> str:
    r"""A label on one line that shows all its characters: those that print nothing are escaped as Python does.

    Example:
        >>> print(printable("a\nb\x1b[31m"))
        a\nb\x1b[31m
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def cut(label: str, length: int = 32) -> str:
    """A label that is not too long to be read: its beginning and, as that tells parameters apart, its end.

    Example:
        >>> cut("w"), cut("a_very_long_name_of_a_module.layers.0.w", 20)
        ('w', 'a_very_lon…layers.0.w')
    """
    half = length // 2
    return label if len(label) <= length + 1 else f"{label[:half]}…{label[-half:]}"


def identifier(label: str) -> str:
    """The Python name most like a label.

    Example:
        >>> identifier("layers.0.w"), identifier("2nd"), identifier("lambda"), identifier("exp"), identifier("?")
        ('layers_0_w', '_2nd', 'lambda_', 'exp_', '_')
    """
    word = re.sub(r"\W", "_", label)
    word = word if word.isidentifier() else f"_{word}"
    taken = keyword.iskeyword(word) or word in TABLE or word in ("inf", "nan", "Value")
    return f"{word}_" if taken else word


def levels_of(label: str) -> tuple[str, ...]:
    """The modules that a parameter belongs to by its label, outermost first.

    Example:
        >>> levels_of("layers.0.neurons.3.w.1")
        ('layers.0', 'layers.0.neurons.3')
        >>> levels_of("layers.0.neurons.3.b")
        ('layers.0', 'layers.0.neurons.3')
        >>> levels_of("x"), levels_of("x.1")
        ((), ())
    """
    parts = label.split(".")
    if len(parts) < 2 or not all(part.isidentifier() or part.isdecimal() for part in parts) or parts[0].isdecimal():
        return ()
    while parts[-1].isdecimal():
        parts.pop()
    parts.pop()
    ends = [i for i in range(1, len(parts) + 1) if i == len(parts) or not parts[i].isdecimal()]
    return tuple(".".join(parts[:end]) for end in ends[:MAX_LEVELS])
