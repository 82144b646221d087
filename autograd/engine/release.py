"""The version of the library, and the reason why its engine is plain Python, where it is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

try:
    __version__ = version("scalar-autograd")
except PackageNotFoundError:  # a checkout that is not installed
    __version__ = "unknown"


def why_plain() -> str:
    """Why the engine of a wheel is plain Python, and the way out; "" if it is compiled, or was not installed by a wheel."""
    try:
        reason = Path(__file__).with_name("why_plain.txt").read_text(encoding="utf-8")
    except OSError:
        return ""
    return (
        f"The engine is plain Python, and slower, because where it was built {reason}. With a C compiler, "
        "pip install --force-reinstall --no-cache-dir --no-binary scalar-autograd scalar-autograd builds the compiled form."
    )
