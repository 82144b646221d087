"""HIPS autograd is imported as ``autograd``, too. Installed into one environment, the two overwrite each other's files.

Whose ``__init__.py`` is left depends on which was installed last. So ``autograd``, its command line and ``nn`` each call
`refuse_mixture` before anything else: whichever of them is reached says what has happened.
"""

from __future__ import annotations

import os


def refuse_mixture(folder: str = os.path.dirname(os.path.dirname(__file__))) -> None:
    """Check that this package has its folder to itself.

    Raises:
        ImportError: if HIPS autograd was installed into the folder, or was removed from it with files that both have.
    """
    # Only HIPS autograd has a tracer.py; and if pip removes it, our __init__.py goes with it.
    if os.path.exists(os.path.join(folder, "tracer.py")) or not os.path.exists(os.path.join(folder, "__init__.py")):
        raise ImportError(
            "the distributions 'scalar-autograd' and 'autograd' (HIPS) were installed in one place, and both are imported "
            "as 'autograd'; run: pip uninstall autograd scalar-autograd, then install the one that you want"
        )
