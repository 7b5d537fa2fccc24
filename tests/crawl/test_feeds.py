"""Scrapy's own feeds: what a crawl hands on is an article a line."""

import json
from pathlib import Path

from tests.helpers.crawling import Archive
from tests.replica import scenarios
from tests.replica.clock import Clock
from tests.replica.server import Replica

COLUMNS = """source_id, url, headline, description, article_body, article_section, credit_text,
copyright_holder, section_path, author, image_caption, day_printed"""


def test_a_crawl_writes_each_article_as_a_line(tmp_path: Path) -> None:
    feed = tmp_path / "articles.jsonl"
    site = scenarios.plain(days=1, per_day=20)

    with Replica(site, Clock(scenarios.evening(1))) as replica:
        archive = Archive(tmp_path, replica.url)
        run = archive.crawl("-O", str(feed))

    assert run.exit_code == 0
    lines = [json.loads(line) for line in feed.read_text().splitlines()]
    stored = archive.rows(f"SELECT {COLUMNS} FROM articles")  # noqa: S608
    assert len(lines) > 10
    names = [name.strip() for name in COLUMNS.split(",")]
    assert sorted(tuple(line[name] for name in names) for line in lines) == sorted(stored)
