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
from pathlib import Path
from typing import Any, TypeVar

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from sqlalchemy.orm import Session

from newsbot.browse.archived import Place, as_html, as_text, find_story
from newsbot.browse.filters import diff
from newsbot.browse.plot import plot
from newsbot.errors import ArchiveUnusable, BadQuery
from newsbot.formats.atom import Entry, feed, story_entry
from newsbot.items import Reason
from newsbot.site import Site
from newsbot.store.engine import explained, open_engine
from newsbot.store.reading.queries import Change, Choice, Shown, changes, shown, stream
from newsbot.store.reading.search import Order, count, search, sections
from newsbot.store.reading.status import attention, first_and_last_day, overview

T = TypeVar("T")

STORIES = 20
"""On a page of search results."""
_LAST_PAGE = 500
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


class Pages:
    """The pages of a database.

    Args:
        path: the database's file.
        site: the site whose stories it holds.
        archive: the folder of its WARC files, or None.
        now: returns the time.
    """

    def __init__(
        self, path: Path, site: Site, archive: Path | None, now: Callable[[], datetime]
    ) -> None:
        self._engine = open_engine(f"sqlite:///{path}", read_only=True)
        self._site = site
        self._archive = archive
        self._now = now

    def routes(self) -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
        """Return the addresses of the pages, as expressions, with the method for each."""
        return [
            (r"/$", self._start),
            (r"/search$", self._search),
            (r"/story/(?P<id>\w+)$", self._story),
            (r"/story/(?P<id>\w+)/archived(?P<form>\.html|\.txt)$", self._archived),
            (r"/changes$", self._changes),
            (r"/attention$", self._attention),
            (r"/feed\.atom$", self._feed),
            (r"/changes\.atom$", self._changes_feed),
        ]

    async def _read(self, work: Callable[[Session], T]) -> T:
        def read() -> T:
            with explained(self._engine), Session(self._engine) as session:
                return work(session)

        return await asyncio.to_thread(read)

    async def _page(
        self, datasette: Datasette, request: Request, template: str, **context: Any
    ) -> Response:
        context = {"site": self._site, "error": None, **context}
        text = await datasette.render_template(f"{template}.html", context, request=request)
        return Response.html(text, status=400 if context["error"] else 200)

    async def _start(self, datasette: Datasette, request: Request) -> Response:
        zone, now = self._site.zone, self._now()

        def read(session: Session) -> dict[str, Any]:
            found = overview(session)
            day = (found.last_crawl or now).astimezone(zone).date()
            midnight = self._midnight(day)
            return {
                "overview": found,
                "day": "today" if day == now.astimezone(zone).date() else f"on {day}",
                "changes": changes(
                    session, midnight + timedelta(days=2), since=midnight, limit=_CHANGES
                ),
                "hits": search(session, None, limit=12),
            }

        return await self._page(datasette, request, "start", **await self._read(read))

    async def _search(self, datasette: Datasette, request: Request) -> Response:
        args = request.args
        words = (args.get("q") or "").strip()
        chosen = [name for name in args.getlist("section") if name]
        page = int(args["page"]) if (args.get("page") or "").isdecimal() else 1
        first = (min(max(page, 1), _LAST_PAGE) - 1) * STORIES
        order: Order = "best" if args.get("order") == "best" and words else "newest"
        context: dict[str, Any] = {
            "words": words,
            "chosen": chosen,
            "order": order,
            "page": first // STORIES + 1,
            "first": first + 1,
            "sections": await self._read(sections),
        }
        try:
            since, until = _day(args.get("since")), _day(args.get("until"))
            filters: dict[str, Any] = {
                "section": chosen or None,
                "since": since and self._midnight(since),
                "until": until and self._midnight(until + timedelta(days=1)),
            }
            find = partial(search, words=words or None, order=order, offset=first, **filters)
            hits = await self._read(partial(find, limit=STORIES + 1))
            context |= {
                "hits": hits[:STORIES],
                "more": len(hits) > STORIES,
                "total": await self._read(partial(count, words=words or None, **filters)),
            }
        except (BadQuery, ValueError) as error:
            context["error"] = str(error)
        return await self._page(datasette, request, "search", **context)

    async def _story(self, datasette: Datasette, request: Request) -> Response:
        found = await self._found(request)
        place, seen_at = await asyncio.to_thread(self._archived_story, found)
        return await self._page(
            datasette,
            request,
            "story",
            found=found,
            page=found.page,
            article=found.story,
            last_seen=_last_seen(found),
            has_run_out=found.page.reason == Reason.EXPIRED,
            archived_at=place and seen_at,
            holds_story=seen_at == _last_seen(found),
        )

    async def _archived(self, request: Request) -> Response:
        place, _ = await asyncio.to_thread(self._archived_story, await self._found(request))
        if place is None:
            raise NotFound("The WARC archive has no response of this page.")
        is_html = request.url_vars["form"] == ".html"
        try:
            text = await asyncio.to_thread(as_html if is_html else as_text, place)
        except ArchiveUnusable as error:
            raise NotFound(str(error)) from error
        kind = "text/html" if is_html else "text/plain"
        return Response(text, headers=dict(_SANDBOX), content_type=f"{kind}; charset=utf-8")

    async def _found(self, request: Request) -> Shown:
        source_id = request.url_vars["id"]
        found = await self._read(partial(shown, source=self._site.name, source_id=source_id))
        if found is None:
            raise NotFound("The database has no story with this id.")
        return found

    def _archived_story(self, found: Shown) -> tuple[Place | None, datetime | None]:
        """Return where the last response with the story is, and its instant.

        If the archive lacks it, or there is no story, the page's last response is meant.
        """
        page, seen_at = found.page, _last_seen(found)
        if self._archive is None:
            return None, None
        if seen_at and page.source_id and seen_at != page.last_fetched_at:
            with suppress(ArchiveUnusable):
                place = find_story(self._archive, self._site, page.source_id, seen_at)
                if place:
                    return place, seen_at
        if page.warc_file is None or page.warc_offset is None:
            return None, None
        return (self._archive / page.warc_file, page.warc_offset), page.last_fetched_at

    async def _changes(self, datasette: Datasette, request: Request) -> Response:
        until = self._now() + timedelta(days=1)
        with suppress(ValueError):
            until = datetime.fromisoformat(request.args.get("before") or "")
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        found = await self._read(partial(changes, until=until, limit=_CHANGES + 1))
        older = found[_CHANGES - 1].changed_at if len(found) > _CHANGES else None
        return await self._page(
            datasette, request, "changes", changes=found[:_CHANGES], older=older
        )

    async def _attention(self, datasette: Datasette, request: Request) -> Response:
        args = request.args
        typed = args.get("q") or ""
        words = list(dict.fromkeys(filter(None, map(str.strip, typed.split(",")))))[:_WORDS]
        context: dict[str, Any] = {
            "words": typed,
            "step": "week" if args.get("by") == "week" else "day",
        }
        oldest, newest = await self._read(first_and_last_day)
        try:
            last = _day(args.get("until")) or newest or self._now().date()
            lately = last - timedelta(days=_DAYS - 1)
            first = _day(args.get("since")) or min(last, max(lately, oldest or lately))
            context |= {"first": first, "last": last}
            if first > last:
                raise ValueError("The first day is after the last one.")  # noqa: TRY301
            found = await self._read(
                partial(attention, words=words, first=first, last=last, step=context["step"])
            )
            lines: dict[str, Any] = {name: found.share(name) for name in words}
            form = ".1%" if lines else ""
            lines = lines or {"stories": found.stories}
            context |= {"found": found, "plot": plot(found.starts, lines, form)}
        except (BadQuery, ValueError) as error:
            context["error"] = str(error)
        return await self._page(datasette, request, "attention", **context)

    async def _feed(self, request: Request) -> Response:
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

    async def _changes_feed(self, request: Request) -> Response:
        until = self._now() + timedelta(days=1)
        found = await self._read(partial(changes, until=until, limit=_IN_FEED))
        title = f"{self._site.title}: changes"
        return _atom(request, feed(self._site, "changes", title, map(_change_entry, found)))

    def _midnight(self, day: date) -> datetime:
        """Return the start of a day at the site, in UTC."""
        return datetime.combine(day, time(), self._site.zone).astimezone(UTC)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{text!r} is not a day; write 2025-08-20.") from None


def _last_seen(found: Shown) -> datetime | None:
    """Return when a page last showed its story."""
    return max((version.last_observed_at for version in found.versions), default=None)


def _change_entry(change: Change) -> Entry:
    text = diff(change.before, change.after)
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
