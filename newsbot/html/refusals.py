"""Recognise responses that are not pages of the site: pictures, bot walls, "no such article"."""

import re
from collections.abc import Iterable

from newsbot.items import Reason
from newsbot.text import is_prose

_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"PK\x03\x04", b"RIFF", b"\x1f\x8b")
_OTHER_TYPES = (
    *("image/", "audio/", "video/", "font/", "application/pdf", "application/octet"),
    *("application/json", "application/javascript", "text/javascript", "text/css", "text/xml"),
    *("application/xml", "application/rss", "application/atom"),
)
_CONTROL = bytes(set(range(1, 32)) - set(b"\t\n\v\f\r\x1b"))

_NO_SUCH_ARTICLE = re.compile(
    r"""\bno\ such\ (?:article|story|page)\b
    | \b(?:article|story|page)\b.{0,60}?
      \b(?:not\ (?:be\ )?found|no\ longer|(?:does|did)(?:n['’]t|\ not)\ exist
        |(?:been|was)\ (?:removed|deleted|withdrawn)|unavailable|not\ available|expired)\b
    | \b(?:can['’]t|couldn['’]t|can\ ?not|could\ not)\ find\b.{0,40}\b(?:article|story|page)\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Maintenance is no removal.
_FOR_NOW = re.compile(
    r"\b(?:temporar|current|try again|come back|moment|maintenance|later)", re.IGNORECASE
)
_NOTICE_LENGTH = 200
_NOTICE_SENTENCES = 3
_VISIBLE_LENGTH = 2_000
_HTML_LENGTH = 20_000
_JAVASCRIPT_WALL = re.compile(
    r"(?:enable|requires?|needs?|turn on|activate)\W+(?:\w+\W+){0,3}java ?script"
    r"|java ?script\W+(?:\w+\W+){0,4}(?:disabled|required|enabled|turned off)"
    r"|\bjust a moment\b|\bchecking your browser\b",
    re.IGNORECASE,
)
_BLOCK_PAGE = re.compile(
    r"""\baccess\ (?:is\ |has\ been\ )?(?:denied|blocked|forbidden)\b
    | \brequest\ (?:was\ )?blocked\b | \b(?:you|your\ ip)\b.{0,40}\bblocked\b
    | \bcaptcha\b | \bunusual\ (?:traffic|activity)\b
    | \bare\ (?:you\ )?(?:a\ )?(?:human|robot)\b | \bverify\b.{0,30}\bhuman\b | \bnot\ a\ robot\b
    | \battention\ required\b
    | \btoo\ many\ requests\b | \brate\ limit | \bincident\ id\b | \bray\ id\b
    | \bsecurity\ (?:check|service)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def is_not_html(body: bytes, content_type: str) -> bool:
    """Return whether a body is a picture, a document, data, or bytes that are not text."""
    kind = content_type.strip().lower()
    if kind.startswith(_OTHER_TYPES) or body.startswith(_MAGIC):
        return True
    sample = body[:4096]
    return len(sample.translate(None, _CONTROL)) * 10 < len(sample) * 9


def says_no_such_article(texts: Iterable[str]) -> bool:
    """Return whether a page says that the article does not exist, and little else.

    An article may say such words too.
    """
    texts = list(texts)
    return sum(map(is_prose, texts)) <= _NOTICE_SENTENCES and any(
        len(text) <= _NOTICE_LENGTH and _NO_SUCH_ARTICLE.search(text) and not _FOR_NOW.search(text)
        for text in texts
    )


def wall(title: str, texts: Iterable[str], html: str) -> Reason | None:
    """Return which bot wall a page without the site's words is, or None if it seems to be none.

    The visible text is searched first: a page that is meant for robots says so in it.
    """
    visible = " ".join([title, *texts])
    if _BLOCK_PAGE.search(visible[:_VISIBLE_LENGTH]):
        return Reason.BLOCK_PAGE
    if _JAVASCRIPT_WALL.search(visible[:_VISIBLE_LENGTH]) or (
        len(visible) <= _NOTICE_LENGTH and _JAVASCRIPT_WALL.search(html[:_HTML_LENGTH])
    ):
        return Reason.JAVASCRIPT_WALL
    return None
