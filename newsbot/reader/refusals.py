"""Answers that are no page of the site: pictures, walls against robots, and "no such article"."""

import re
from collections.abc import Iterable

from newsbot.items import Reason

_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"PK\x03\x04", b"RIFF", b"\x1f\x8b", b"BM")
_BINARY_TYPES = ("image/", "audio/", "video/", "font/", "application/pdf", "application/octet")
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")

_NO_SUCH_ARTICLE = re.compile(
    r"""\bno\ such\ (?:article|story|page)\b
    | \b(?:article|story|page)\b.{0,60}?
      \b(?:not\ (?:be\ )?found|no\ longer|(?:does|did)(?:n['’]t|\ not)\ exist
        |(?:been|was)\ (?:removed|deleted|withdrawn)|unavailable|not\ available|expired)\b
    | \b(?:could|can)(?:n['’]t|\ ?not)\ find\b.{0,40}\b(?:article|story|page)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_NOTICE_LENGTH = 200
_JAVASCRIPT_WALL = re.compile(
    r"(?:enable|requires?|needs?|turn on|activate)\W+(?:\w+\W+){0,3}java ?script"
    r"|java ?script\W+(?:\w+\W+){0,4}(?:disabled|required|enabled|turned off)",
    re.IGNORECASE,
)
_BLOCK_PAGE = re.compile(
    r"""\baccess\ (?:is\ |has\ been\ )?(?:denied|blocked|forbidden)\b
    | \brequest\ (?:was\ )?blocked\b | \b(?:you|your\ ip)\b.{0,40}\bblocked\b
    | \bcaptcha\b | \bunusual\ (?:traffic|activity)\b
    | \bare\ (?:you\ )?(?:a\ )?(?:human|robot)\b | \bverify\b.{0,30}\bhuman\b | \bnot\ a\ robot\b
    | \bjust\ a\ moment\b | \bchecking\ your\ browser\b | \battention\ required\b
    | \btoo\ many\ requests\b | \brate\ limit | \bincident\ id\b | \bray\ id\b
    | \bsecurity\ (?:check|service)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def looks_binary(body: bytes, content_type: str) -> bool:
    """Tell whether a body is a picture, a document or other bytes that no browser shows as text."""
    kind = content_type.strip().lower()
    if kind.startswith(_BINARY_TYPES) or body.startswith(_MAGIC):
        return True
    sample = body[:4096]
    return len(_CONTROL.findall(sample)) * 10 > len(sample)


def says_no_such_article(texts: Iterable[str]) -> bool:
    """Tell whether one of a page's short texts is the notice that the article does not exist."""
    return any(len(text) <= _NOTICE_LENGTH and _NO_SUCH_ARTICLE.search(text) for text in texts)


def wall(html: str, texts: Iterable[str]) -> Reason | None:
    """Return which wall a page without any of the site's words is, or None if it seems to be none.

    The visible text is asked first: a page that is for robots only says so where one can see it.
    """
    visible = " ".join(texts)[:2000]
    if _BLOCK_PAGE.search(visible):
        return Reason.BLOCK_PAGE
    if _JAVASCRIPT_WALL.search(visible) or _JAVASCRIPT_WALL.search(html[:20_000]):
        return Reason.JAVASCRIPT_WALL
    return None
