"""Kills crawls, and looks at what is left: nothing that was said to be stored may be lost."""

import re
import signal

from tests.helpers.crawling import Archive
from tests.helpers.forks import ScrapyProcess

_STORED = re.compile(r"[?&]id=([0-9]+): stored$", re.MULTILINE)


def said_to_be_stored(process: ScrapyProcess) -> set[int]:
    """Return the ids of the articles that a crawl has called stored in its log (LOG_LEVEL=INFO)."""
    return {int(source_id) for source_id in _STORED.findall(process.stderr)}


def kill(process: ScrapyProcess, number: int = signal.SIGKILL) -> set[int]:
    """End a crawl by a signal, and return the ids that it had called stored by then."""
    process.send_signal(number)
    process.wait(60)
    return said_to_be_stored(process)


def check(archive: Archive, stored: set[int]) -> None:
    """Raise AssertionError if one of these ids is not stored, anything is there twice, or torn."""
    assert archive.value("PRAGMA integrity_check") == "ok"
    assert archive.rows("PRAGMA foreign_key_check") == []
    rows = archive.rows(
        "SELECT id_number, (SELECT count(*) FROM article_versions WHERE page_id = pages.id), "
        "(SELECT count(*) FROM articles_fts WHERE articles_fts.rowid = pages.article_id) "
        "FROM pages WHERE status = 'stored'"
    )
    assert {(versions, indexed) for _, versions, indexed in rows} <= {(1, 1)}
    lost = stored - {source_id for source_id, *_ in rows}
    assert not lost, f"lost: {sorted(lost)}"
    doubled = archive.rows("SELECT headline FROM articles GROUP BY text_hash HAVING count(*) > 1")
    assert doubled == []
    assert archive.value("SELECT count(*) FROM articles") == len(rows)
