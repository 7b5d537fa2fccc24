"""JSON Lines: an article a line, https://jsonlines.org."""

import json
from collections.abc import Iterable, Mapping
from typing import IO, Any

from newsbot.formats.schema_org import news_article
from newsbot.site import Site


def write(rows: Iterable[Mapping[str, Any]], out: IO[bytes], site: Site) -> None:
    """Write rows of `articles` as schema.org's NewsArticle, in UTF-8."""
    for row in rows:
        line = json.dumps(news_article(row, site), ensure_ascii=False)
        out.write(line.encode() + b"\n")
