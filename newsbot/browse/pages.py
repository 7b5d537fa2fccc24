"""The pages to read: start, search, story, changes, attention; and the feeds.

They are made on the server and run no script. Everything that comes from an article is escaped by
markupsafe or by Jinja; nothing is marked safe.
"""

import asyncio
import hashlib
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, TypeVar, cast

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlalchemy.orm import Session

from newsbot.browse.archived import as_html, as_text
from newsbot.browse.plot import plot
from newsbot.errors import ArchiveUnusable, BadQuery
from newsbot.formats.atom import Entry, feed, story_entry
from newsbot.items import Reason
from newsbot.site import Site
from newsbot.store.engine import explained, open_engine
from newsbot.store.queries import Change, Choice, archived, changes, shown, stream
from newsbot.store.search import Order, count, search, sections
from newsbot.store.status import Step, attention, first_and_last_day, overview
from newsbot.word_diff import condensed, word_diff

T = TypeVar("T")

STORIES = 20
"""On a page of search results."""
_CHANGES = 30
_IN_FEED = 50
_DAYS = 60
_WORDS = 5

# What came from the site may do nothing at all: no script, form, frame, image, style sheet.
_SANDBOX = {
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "x-content-type-options": "nosniff",
    "x-dns-prefetch-control": "off",
}

View = Callable[[Request], Awaitable[Response]]


class Pages:
    """The pages of a database.

    Args:
        path: of the database.
        site: whose stories it holds.
        archive: the folder of its WARC files.
        now: tells the time.
    """

    def __init__(
        self, path: Path, site: Site, archive: Path | None, now: Callable[[], datetime]
    ) -> None:
        self._engine = open_engine(f"sqlite:///{path}", read_only=True)
        self._site = site
        self._archive = archive
        self._now = now

    def routes(self, datasette: Datasette) -> list[tuple[str, View]]:
        """Return the addresses of the pages, as expressions, and what answers them."""
        views: dict[str, Callable[[Datasette, Request], Awaitable[Response]]] = {
            r"/": self._start,
            r"/search": self._search,
            r"/story/(?P<id>\w+)": self._story,
            r"/story/(?P<id>\w+)/archived(?P<form>\.html|\.txt)": self._archived,
            r"/changes": self._changes,
            r"/attention": self._attention,
            r"/feed\.atom": self._feed,
            r"/changes\.atom": self._changes_feed,
        }

        def answering(view: Callable[[Datasette, Request], Awaitable[Response]]) -> View:
            async def answer(request: Request) -> Response:
                return await view(datasette, request)

            return answer

        return [(f"{path}$", answering(view)) for path, view in views.items()]

    async def _read(self, work: Callable[[Session], T]) -> T:
        def read() -> T:
            with explained(self._engine), Session(self._engine) as session:
                return work(session)

        return await asyncio.to_thread(read)

    async def _page(
        self, datasette: Datasette, request: Request, template: str, **context: Any
    ) -> Response:
        context |= {"site": self._site, "error": context.get("error")}
        text = await datasette.render_template(f"{template}.html", context, request=request)
        return Response.html(text, status=400 if context["error"] else 200)

    async def _start(self, datasette: Datasette, request: Request) -> Response:
        zone, now = self._site.zone, self._now()

        def read(session: Session) -> dict[str, Any]:
            found = overview(session)
            day = (found.last_crawl or now).astimezone(zone).date()
            midnight = datetime.combine(day, time(), zone).astimezone(UTC)
            latest = changes(session, midnight + timedelta(days=2), since=midnight, limit=_CHANGES)
            is_today = day == now.astimezone(zone).date()
            newest = search(session, None, limit=12)
            return {
                "overview": found,
                "day": "today" if is_today else f"on {day}",
                "changes": latest,
                "hits": newest,
            }

        return await self._page(datasette, request, "start", **await self._read(read))

    async def _search(self, datasette: Datasette, request: Request) -> Response:
        args = request.args
        words = (args.get("q") or "").strip()
        chosen = [name for name in args.getlist("section") if name]
        order = "best" if args.get("order") == "best" and words else "newest"
        error, (since, until) = None, (None, None)
        try:
            since, until = self._days(args.get("since")), self._days(args.get("until"), last=True)
        except ValueError as wrong:
            error = str(wrong)
        page = int(args["page"]) if (args.get("page") or "").isdecimal() else 1
        page = min(max(page, 1), 500)
        filters: dict[str, Any] = {"section": chosen or None, "since": since, "until": until}

        def read(session: Session) -> dict[str, Any]:
            hits = search(
                session,
                words or None,
                **filters,
                order=cast("Order", order),
                limit=STORIES + 1,
                offset=(page - 1) * STORIES,
            )
            return {
                "hits": hits[:STORIES],
                "more": len(hits) > STORIES,
                "total": count(session, words or None, **filters),
            }

        found: dict[str, Any] = {"hits": [], "more": False, "total": 0}
        try:
            found = found if error else await self._read(read)
        except BadQuery as wrong:
            error = str(wrong)
        return await self._page(
            datasette,
            request,
            "search",
            **found,
            words=words,
            chosen=chosen,
            order=order,
            page=page,
            first=(page - 1) * STORIES + 1,
            sections=await self._read(sections),
            error=error,
        )

    async def _story(self, datasette: Datasette, request: Request) -> Response:
        found = await self._read(
            lambda session: shown(session, self._site.name, request.url_vars["id"])
        )
        if found is None:
            raise NotFound("The database has no story with this id.")
        last_seen = max((version.last_observed_at for version in found.versions), default=None)
        page, story = found.page, found.story
        return await self._page(
            datasette,
            request,
            "story",
            found=found,
            page=page,
            article=story,
            last_seen=last_seen,
            has_run_out=page.reason == Reason.EXPIRED,
            has_archive=self._archive is not None and page.warc_file is not None,
        )

    async def _archived(self, _datasette: Datasette, request: Request) -> Response:
        place = await self._read(
            lambda session: archived(session, self._site.name, request.url_vars["id"])
        )
        if not (self._archive and place and place.warc_file and place.warc_offset is not None):
            raise NotFound("The WARC archive has no response of this page.")
        make = as_html if request.url_vars["form"] == ".html" else as_text
        kind = "text/html" if make is as_html else "text/plain"
        try:
            text = await asyncio.to_thread(make, self._archive / place.warc_file, place.warc_offset)
        except ArchiveUnusable as error:
            raise NotFound(str(error)) from error
        return Response(text, headers=dict(_SANDBOX), content_type=f"{kind}; charset=utf-8")

    async def _changes(self, datasette: Datasette, request: Request) -> Response:
        until = self._now() + timedelta(days=1)
        with suppress(ValueError):
            until = datetime.fromisoformat(request.args.get("before") or "")
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        found = await self._read(partial(changes, until=until, limit=_CHANGES + 1))
        return await self._page(
            datasette,
            request,
            "changes",
            changes=found[:_CHANGES],
            older=found[_CHANGES - 1].changed_at if len(found) > _CHANGES else None,
        )

    async def _attention(self, datasette: Datasette, request: Request) -> Response:
        args = request.args
        typed = args.get("q") or ""
        words = list(dict.fromkeys(filter(None, map(str.strip, typed.split(",")))))[:_WORDS]
        step: Step = "week" if args.get("by") == "week" else "day"
        oldest, newest = await self._read(first_and_last_day)
        newest = newest or self._now().date()
        context: dict[str, Any] = {"words": typed, "step": step}
        try:
            last = self._day(args.get("until")) or newest
            lately = last - timedelta(days=_DAYS - 1)
            first = self._day(args.get("since")) or min(last, max(lately, oldest or lately))
            context |= {"first": first, "last": last}
            if first > last:
                raise ValueError("The first day is after the last one.")  # noqa: TRY301
            found = await self._read(
                lambda session: attention(session, words, first, last, step=step)
            )
            lines = {name: found.share(name) for name in words}
            context |= {
                "found": found,
                "plot": plot(
                    found.starts, lines or {"stories": found.stories}, "" if not lines else ".1%"
                ),
            }
        except (BadQuery, ValueError) as error:
            context["error"] = str(error)
        return await self._page(datasette, request, "attention", **context)

    async def _feed(self, _datasette: Datasette, request: Request) -> Response:
        words = (request.args.get("q") or "").strip() or None
        chosen = sorted(filter(None, request.args.getlist("section")))
        choice = Choice(words=words, section=chosen or None, limit=_IN_FEED)
        title = ": ".join(filter(None, [self._site.title, words, ", ".join(chosen)]))
        try:
            rows = await self._read(lambda session: list(stream(session, choice)))
        except BadQuery as error:
            return Response.text(f"{error}\n", status=400)
        key = "\n".join(["stories", words or "", *chosen])
        return _atom(request, feed(self._site, key, title, map(story_entry, rows)))

    async def _changes_feed(self, _datasette: Datasette, request: Request) -> Response:
        until = self._now() + timedelta(days=1)
        found = await self._read(partial(changes, until=until, limit=_IN_FEED))
        title = f"{self._site.title}: changes"
        return _atom(request, feed(self._site, "changes", title, map(_change_entry, found)))

    def _day(self, text: str | None) -> date | None:
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise ValueError(f"{text!r} is no day; write 2025-08-20.") from None

    def _days(self, text: str | None, *, last: bool = False) -> datetime | None:
        day = self._day(text)
        if day is None:
            return None
        start = datetime.combine(day + timedelta(days=last), time(), self._site.zone)
        return start.astimezone(UTC)


def _change_entry(change: Change) -> Entry:
    marks = {"=": "{}", "-": "<del>{}</del>", "+": "<ins>{}</ins>"}
    pieces = condensed(word_diff(change.before, change.after), words=12)
    text = "".join(marks[piece.sign].format(escape(piece.text)) for piece in pieces)
    key = f"{change.url}#{change.kind}#{change.changed_at.isoformat()}"
    return Entry(
        id=uuid.uuid5(uuid.NAMESPACE_URL, key).urn,
        title=f"{change.kind.capitalize()}: {change.headline}",
        url=change.url,
        updated=change.changed_at,
        content=f"<p>{text}</p>" if text else "",
        category=change.kind,
    )


def _atom(request: Request, document: bytes) -> Response:
    tag = f'"{hashlib.sha256(document).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    asked = request.headers.get("if-none-match", "")
    if tag in {each.strip().removeprefix("W/") for each in asked.split(",")} or asked == "*":
        return Response("", status=304, headers=headers)
    return Response(document, headers=headers, content_type="application/atom+xml; charset=utf-8")
