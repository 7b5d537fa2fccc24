"""Faults of what the page says: notices, walls, a redesign, missing parts."""

from dataclasses import dataclass, replace

from tests.replica.faults.base import Exchange
from tests.replica.markups import redesign
from tests.replica.message import Answer, html_answer
from tests.replica.site import NO_SUCH_ARTICLE


@dataclass(frozen=True)
class Notice:
    """A whole page with status 200 that says something in an article's place."""

    text: str = NO_SUCH_ARTICLE

    def apply(self, answer: Answer, exchange: Exchange) -> Answer:
        if exchange.page is None:
            return answer
        page = replace(exchange.page, story=None, section=None, notice=self.text)
        return replace(answer, status=200, body=exchange.show(page))


@dataclass(frozen=True)
class Renamed:
    """The page with other words for some of its own: a list under another heading, say."""

    old: str
    new: str

    def apply(self, answer: Answer, _exchange: Exchange) -> Answer:
        body = answer.body
        for old in (self.old, self.old.replace("'", "&#39;")):
            body = body.replace(old.encode(), self.new.encode())
        return replace(answer, body=body)


@dataclass(frozen=True)
class BlockPage:
    """A firewall's page in place of the site's."""

    code: int = 200

    def apply(self, _answer: Answer, _exchange: Exchange) -> Answer:
        return html_answer(
            "<!DOCTYPE html><html><head><title>Access denied</title></head><body>"
            "<h1>Access denied</h1><p>You don't have permission to open this page on this "
            "server.</p><p>Your address has been blocked because of unusual traffic. "
            "Reference 18.5f6a1702.1755641580.2b6c</p></body></html>",
            self.code,
        )


@dataclass(frozen=True)
class JavaScriptWall:
    """A page that wants a script to run before it shows anything."""

    code: int = 200

    def apply(self, _answer: Answer, _exchange: Exchange) -> Answer:
        return html_answer(
            "<!DOCTYPE html><html><head><title>Just a moment...</title>"
            '<meta http-equiv="refresh" content="35"></head><body>'
            "<noscript><p>Enable JavaScript and cookies to continue</p></noscript>"
            '<div id="challenge">Checking your browser before you go on.</div>'
            '<script>window._c = {t: "9f31", n: 71};</script>'
            '<script src="/cdn-challenge/orchestrate.js"></script></body></html>',
            self.code,
        )


@dataclass(frozen=True)
class Redesign:
    """The same news in other words: none of the site's landmarks is left."""

    def apply(self, answer: Answer, exchange: Exchange) -> Answer:
        if exchange.page is None:
            return answer
        return replace(answer, body=redesign.render(exchange.page, exchange.base_url).encode())


@dataclass(frozen=True)
class NoBoxes:
    """The article is whole, but there is no box beside it."""

    def apply(self, answer: Answer, exchange: Exchange) -> Answer:
        if exchange.page is None:
            return answer
        return replace(answer, body=exchange.show(replace(exchange.page, boxes=())))


@dataclass(frozen=True)
class HalfEmpty:
    """Boxes keep their first entries only, and articles their first paragraphs."""

    entries: int = 1
    paragraphs: int = 1

    def apply(self, answer: Answer, exchange: Exchange) -> Answer:
        page = exchange.page
        if page is None:
            return answer
        boxes = tuple(replace(box, entries=box.entries[: self.entries]) for box in page.boxes)
        story = page.story and replace(page.story, blocks=page.story.blocks[: self.paragraphs])
        return replace(answer, body=exchange.show(replace(page, boxes=boxes, story=story)))
