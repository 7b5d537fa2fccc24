"""Readers with a fault, put in the place of the sound one in a process of their own."""

from dataclasses import replace

from newsbot.html.addresses import article_id

from newsbot.html import answers
from newsbot.items import Reason
from newsbot.sites.nzcity.page import Reading, read


def reject_a_third() -> None:
    """Find no body on every third page."""

    def reject(body: bytes, url: str, **given: object) -> Reading:
        reading = read(body, url, **given)  # type: ignore[arg-type]
        if reading.article is not None and int(article_id(url) or 0) % 3 == 0:
            reading.article, reading.reason = None, Reason.NO_BODY
        return reading

    answers.read = reject  # type: ignore[attr-defined]


def misread() -> None:
    """Take the first paragraph of the text for all of it, and list every box under one name."""

    def shorten(body: bytes, url: str, **given: object) -> Reading:
        reading = read(body, url, **given)  # type: ignore[arg-type]
        if reading.article is not None:
            first = reading.article.article_body.partition("\n\n")[0]
            reading.article = replace(reading.article, article_body=first)
        reading.listings = [replace(each, list_name="News") for each in reading.listings]
        reading.boxes = ["News"]
        return reading

    answers.read = shorten  # type: ignore[attr-defined]
