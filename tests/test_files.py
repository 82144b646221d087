"""Files that are whole or not there, whoever writes them, and however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from autograd.engine import files
from autograd.engine.files import write_whole

POSIX = pytest.mark.skipif(os.name != "posix", reason="permissions, locks and links are POSIX's")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.txt"


def test_text_is_written_in_utf_8_and_bytes_as_they_are(path: Path) -> None:
    write_whole(path, "größe\n")
    assert path.read_bytes() == "größe\n".encode()
    write_whole(path, b"\r\n\xff")
    assert path.read_bytes() == b"\r\n\xff"


@POSIX
def test_a_file_keeps_its_permissions(path: Path) -> None:
    write_whole(path, "old")
    for mode in (0o600, 0o640, 0o444):
        path.chmod(mode)
        write_whole(path, "new")
        assert path.stat().st_mode & 0o777 == mode


@POSIX
def test_a_new_file_has_the_permissions_that_the_user_wants_new_files_to_have(path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(path, "new")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o640


def test_many_threads_may_write_one_file_at_once(path: Path) -> None:
    contents = {str(i) * 100_000 for i in range(8)}
    failures: list[Exception] = []

    def write(content: str) -> None:
        try:
            for _ in range(20):
                write_whole(path, content)
        except Exception as error:  # noqa: BLE001 (whatever it is, the test has failed)
            failures.append(error)

    threads = [threading.Thread(target=write, args=[content]) for content in contents]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        if path.exists():
            assert path.read_text() in contents
    assert failures == []
    assert os.listdir(path.parent) == ["file.txt"]


@POSIX
def test_what_a_killed_writer_left_is_swept_away_and_what_a_living_one_writes_is_not(path: Path) -> None:
    code = """if True:
        import os, sys, time
        from autograd.engine import files
        def stop(descriptor):
            print("stopped", flush=True)
            time.sleep(60)
        os.fsync = stop
        files.write_whole(sys.argv[1], "half")
    """
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, cwd=os.getcwd())
        for _ in range(2)
    ]
    try:
        for writer in writers:
            assert writer.stdout is not None
            writer.stdout.readline()
        assert len(os.listdir(path.parent)) == 2
        writers[0].send_signal(signal.SIGKILL)
        writers[0].wait()
        write_whole(path, "whole")
        assert len(os.listdir(path.parent)) == 2  # the file, and what the living one is about to rename
        assert path.read_text() == "whole"
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
            writer.stdout.close()  # type: ignore[union-attr]


def test_the_content_is_on_the_disk_before_it_gets_its_name_and_the_name_after_it(path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    done = []
    monkeypatch.setattr(files.os, "fsync", lambda descriptor: done.append("flush"))
    replace = os.replace
    monkeypatch.setattr(files.os, "replace", lambda *names: (done.append("rename"), replace(*names)))
    write_whole(path, "content")
    assert done == ["flush", "rename", "flush"] if os.name == "posix" else ["flush", "rename"]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    write_whole(path, "old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="cannot write '.*file.txt': No space left on device; give a path"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(path.parent) == ["file.txt"]


@POSIX
def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_whole(pipe, "through it")
    reader.join()
    assert read == ["through it"] and pipe.is_fifo()
