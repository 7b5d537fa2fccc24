"""The extractors: HTML in, the article's body out."""

from collections.abc import Callable, Sequence
from typing import Any

import trafilatura
from newspaper import Article as NewspaperArticle
from parsel import Selector
from readability import Document

from benchmarks.reader.pages import BASE, read
from newsbot.html.blocks import read_document

Extractor = Callable[[str], str | None]


def newsbot(page: str) -> str | None:
    """Read all that `read` does: all fields, the boxes, every date."""
    article = read(page, f"{BASE}article.aspx?id=1").article
    return article.article_body if article else None


def with_trafilatura(page: str) -> str | None:
    return trafilatura.extract(page, include_comments=False)


def with_readability(page: str) -> str | None:
    summary = Document(page).summary()
    return "\n".join(block.text for block in read_document(summary, BASE).blocks)


def with_newspaper(page: str) -> str | None:
    article = NewspaperArticle(BASE)
    article.download(input_html=page)
    article.parse()
    return str(article.text)


def parse_alone(page: str) -> str | None:
    """Build the tree that `read` walks, and no more: how fast this machine is at the moment."""
    Selector(page)
    return None


EXTRACTORS: dict[str, Extractor] = {
    "newsbot": newsbot,
    "trafilatura": with_trafilatura,
    "readability-lxml": with_readability,
    "newspaper4k": with_newspaper,
}


def is_exact(found: str | None, body: str) -> bool:
    """Compare paragraph by paragraph, however they are separated."""
    return _lines(found) == _lines(body)


def is_exact_but_for_its_frame(found: str | None, article: dict[str, Any]) -> bool:
    """Compare, but forgive the article's other words before and behind its body."""
    lines = _lines(found)
    frame = [_lines(article[name]) for name in ("headline", "description", "credit_text")]
    while lines and lines[:1] in frame:
        lines = lines[1:]
    while lines and (lines[-1:] in frame or lines[-1].startswith("©")):
        lines = lines[:-1]
    return lines == _lines(article["article_body"])


def _lines(text: str | None) -> Sequence[str]:
    return [" ".join(line.split()) for line in (text or "").splitlines() if line.strip()]
