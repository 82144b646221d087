"""What the source tells the ahead-of-time compiler; without the compiler it means nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

COMPILING = False
"""For type annotations that mypyc must read otherwise than type checkers do; it is told that this is true."""

if TYPE_CHECKING:
    from mypy_extensions import mypyc_attr as mypyc_attr
else:

    def mypyc_attr(**options):
        """Leave the class as it is: these options are for mypyc alone."""
        return lambda cls: cls
