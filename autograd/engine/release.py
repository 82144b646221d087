"""Which release of the library this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("scalar-autograd")
except PackageNotFoundError:  # a checkout that is not installed
    __version__ = "unknown"
