"""One crawl at a time on one database."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url

from newsbot.crawl.lock import Lock, lock_path
from newsbot.errors import DatabaseUnusable, LockHeld

HOLDER = """
import sys
from sqlalchemy import make_url
from newsbot.crawl.lock import Lock
lock = Lock(make_url({url!r}))
print("held", flush=True)
sys.stdin.read()
"""


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    url = make_url(f"sqlite:///{tmp_path}/a.db")
    with Lock(url), pytest.raises(LockHeld, match=r"a\.db.*nothing was done"):
        Lock(url)


def test_a_lock_can_be_taken_again(tmp_path: Path) -> None:
    url = make_url(f"sqlite:///{tmp_path}/a.db")
    Lock(url).release()

    with Lock(url):
        assert lock_path(url).exists()


def test_a_kill_frees_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HOLDER.format(url=url),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LockHeld):
            Lock(make_url(url))
        holder.kill()
        holder.wait()

    with Lock(make_url(url)):
        pass


def test_other_databases_have_other_locks(tmp_path: Path) -> None:
    with (
        Lock(make_url(f"sqlite:///{tmp_path}/a.db")),
        Lock(make_url(f"sqlite:///{tmp_path}/b.db")),
    ):
        pass


def test_a_server_has_its_lock_in_the_temporary_folder() -> None:
    one = lock_path(make_url("postgresql://user:secret@host/archive"))
    other = lock_path(make_url("postgresql://user:secret@host/other"))

    assert one != other
    assert "secret" not in str(one)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="can't be opened"):
        Lock(make_url(f"sqlite:///{tmp_path}/no/a.db"))
