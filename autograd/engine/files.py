"""Files that are whole or not there: written aside, flushed to disk, and renamed."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from glob import escape
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # not POSIX: a file that is open cannot be removed there, which is as good as a lock
    fcntl = None  # type: ignore[assignment]

StrPath = str | os.PathLike[str]
"""A path as users give it."""


def write_whole(path: StrPath, content: str | bytes) -> None:
    """Replace a file's content at once: whoever reads it, even after a power cut, finds the old one or the new one.

    A link stays a link, and a file keeps its permissions. What a killed writer of the same file left is removed.

    Args:
        path: the file.
        content: what it is to hold; text is written in UTF-8.

    Raises:
        OSError: if the file cannot be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_whole(Path(folder, "letter.txt"), "Dear reader")
        ...     os.listdir(folder)
        ['letter.txt']
    """
    target, data = Path(os.path.realpath(path)), content.encode() if isinstance(content, str) else content
    try:
        if target.exists() and not target.is_file():  # a terminal, a pipe: nothing to replace
            target.write_bytes(data)
        else:
            _sweep(target)
            _replace(target, data)
    except OSError as error:
        reason = f"the folder {target.parent} does not exist" if not target.parent.exists() else error.strerror
        raise type(error)(
            f"cannot write {os.fspath(path)!r}: {reason}; give a path in a folder that you can write to"
        ) from None


def _replace(target: Path, data: bytes) -> None:
    """Write a file beside the target, and rename it."""
    aside, file = _open_aside(target)
    try:
        with file:
            file.write(data)
            with contextlib.suppress(OSError):  # there is no file yet, or the system keeps no permissions
                aside.chmod(stat.S_IMODE(target.stat().st_mode))
            file.flush()
            os.fsync(file.fileno())
            if fcntl is not None:
                os.replace(aside, target)  # while it is locked, so that nobody sweeps it away
        if fcntl is None:  # where a file that is open cannot be renamed
            os.replace(aside, target)
    finally:
        aside.unlink(missing_ok=True)  # it is gone already if all went well
    _sync_folder(target.parent)


def _open_aside(target: Path) -> tuple[Path, IO[bytes]]:
    """Open a file beside the target under a name of its own, locked for as long as it is open."""
    while True:
        aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
        file = open(aside, "xb")  # noqa: SIM115 (whoever asked for it closes it)
        if _lock(file) and os.fstat(file.fileno()).st_nlink:  # else somebody has just swept it away
            return aside, file
        file.close()


def _sweep(target: Path) -> None:
    """Remove what writers of this file left when they were killed: nobody holds a lock on it."""
    for left in target.parent.glob(f".{escape(target.name)}.????????.tmp"):
        with contextlib.suppress(OSError), open(left, "rb") as file:
            if _lock(file):
                left.unlink()


def _lock(file: IO[bytes]) -> bool:
    """Lock a file until it is closed; False if another has done so."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: all that is there may be in use
        return "r" not in file.mode
    return True


def _sync_folder(folder: Path) -> None:
    """Flush a renaming to disk, where the system can."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
