"""Documents: files of numbers and texts that are whole or refused, by a checksum over their content."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from autograd.engine.files import StrPath, write_whole


def write_document(path: StrPath, kind: str, version: int, content: dict[str, Any]) -> None:
    """Write numbers, texts, lists and dicts as JSON, with what they are, the format's version and a checksum.

    Args:
        path: the file.
        kind: what it holds, such as "model".
        version: of the format of the content.
        content: what to keep; arrays become lists. Floats are read back as they were, bit for bit.

    Raises:
        OSError: if the file cannot be written.
        TypeError: if the content holds something that JSON cannot.
    """
    body = json.dumps(content, separators=(",\n", ": "), default=_as_list, ensure_ascii=False)
    head = json.dumps({"format": f"scalar-autograd {kind}", "version": version, "sha256": _digest(body)}, indent=1)
    write_whole(path, f'{head[:-2]},\n "content": {body}\n}}\n')


def read_document(path: StrPath, kind: str, version: int) -> dict[str, Any]:
    """Read what `write_document` wrote.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is truncated, changed, of another version, or no such file at all.
    """
    where = repr(os.fspath(path))
    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no {kind} file {where}; check the path") from None
    except OSError as error:
        raise type(error)(f"cannot read the {kind} file {where}: {error.strerror}; give another path") from None
    except UnicodeDecodeError:
        raise ValueError(f"{where} is not a {kind} file: it is no text; give a file that this package wrote") from None
    start = f'{{\n "format": "scalar-autograd {kind}"'
    if not text.startswith(start):
        if text and start.startswith(text):
            raise ValueError(f"{where} is truncated: it ends after {len(text)} characters; use another copy of it")
        what = "it is empty" if not text else f"it begins with {text[:40]!r}"
        raise ValueError(f"{where} is not a {kind} file: {what}; give a file that this package wrote")
    try:
        document = json.loads(text)
    except (RecursionError, MemoryError):
        raise ValueError(f"the {kind} file {where} is damaged: it is nested too deep; use another copy of it") from None
    except json.JSONDecodeError as error:
        what = f"is damaged in line {error.lineno}" if text.endswith("\n}\n") else "is truncated"
        raise ValueError(f"the {kind} file {where} {what}; use another copy of it") from None
    except ValueError as error:  # a whole number of thousands of digits
        raise ValueError(f"the {kind} file {where} is damaged: {error}; use another copy of it") from None
    if document.get("version") != version:
        found = f"is in format version {document.get('version')}, but this release reads version {version}"
        raise ValueError(f"the {kind} file {where} {found}; use the release of scalar-autograd that wrote it")
    body = text[text.find('"content": ') + len('"content": ') : -len("\n}\n")]
    if document.get("sha256") != _digest(body):
        raise ValueError(f"the {kind} file {where} was damaged or changed since it was written; use another copy of it")
    content = document.get("content")
    if not isinstance(content, dict):
        what = "it has no content; give a file that this package wrote"
        raise ValueError(f"{where} is not a {kind} file: {what}")  # noqa: TRY004
    return content


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _as_list(item: Any) -> Any:
    if hasattr(item, "tolist"):
        return item.tolist()
    raise TypeError(f"a file can hold numbers, texts, lists and dicts, but not {item!r} of type {type(item).__name__}")
