"""What several commands take: a database, an archive, sections, dates; and how they open them."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from newsbot import settings
from newsbot.crawl.database import Lock, database_url, project_path
from newsbot.errors import BadSetting
from newsbot.sites import DEFAULT as SITE
from newsbot.sites import ZONES
from newsbot.store.engine import explained, open_engine
from newsbot.store.migrate import migrate, require_current
from newsbot.store.search import sections

NUMBER = click.IntRange(1, 2**31 - 1)
"""How many: what every database takes."""

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DURATION = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,5})s)?", re.ASCII)
_WEEK = re.compile(r"\d{4}-?W\d\d", re.ASCII)
_DAYS_AGO = re.compile(r"(\d{1,5})d", re.ASCII)


class Duration(click.ParamType[timedelta]):
    """`90m`, `2h`, `1d12h`: days, hours, minutes and seconds, as a timedelta."""

    name = "duration"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Return the span, or fail with a sentence."""
        span = _span(value)
        if not span:
            self.fail(f"{value!r} is no span of time; write 2h, 90m or 1d12h.", param, ctx)
        return span


class LocalDate(click.ParamType[datetime]):
    """A day, a week or an instant of the site's time, as an instant in UTC.

    Of a day (`2025-08-20`, `yesterday`, `7d` for the seventh day before today) or a week
    (`2025-W34`) it is the start, or with `last` the start of the next one. `12h` is an instant.
    """

    name = "date"

    def __init__(self, *, last: bool = False) -> None:
        self._last = last

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the instant, or fail with a sentence."""
        try:
            return self._days(value.strip()) or _instant(value.strip())
        except (ValueError, OverflowError):
            self.fail(
                f"{value!r} is no date; write 2025-08-20, '2025-08-20 10:13', yesterday or 7d.",
                param,
                ctx,
            )

    def _days(self, value: str) -> datetime | None:
        """Return the start of the days that `value` names, or of what follows; None: it is none."""
        today = datetime.now(SITE.zone).date()
        days = 1
        if value in {"today", "yesterday"}:
            first = today - timedelta(days=value == "yesterday")
        elif ago := _DAYS_AGO.fullmatch(value):
            first = today - timedelta(days=int(ago[1]))
        else:
            try:
                first = date.fromisoformat(value)
            except ValueError:
                return None
            days = 7 if _WEEK.fullmatch(value) else 1
        day = first + timedelta(days=days if self._last else 0)
        return datetime.combine(day, time(), SITE.zone).astimezone(UTC)


def database_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--database`; the command gets it as `database`, a URL."""
    return click.option(
        "--database",
        metavar="PATH|URL",
        callback=read_database,
        help="Database to work on. Default: NEWSBOT_DATABASE_URL, or data/newsbot.db.",
    )(command)


def read_database(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str:
    """Return the URL of the database that an option names; without a value, the default one's."""
    if value == "":
        raise click.BadParameter("it is empty; name a file or a URL.")
    try:
        return database_url(value or settings.DATABASE_URL, from_here=value is not None)
    except BadSetting as error:
        raise click.BadParameter(str(error)) from error


def archive_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--archive`; the command gets it as `archive`, a path, and fails if there is none."""
    return _archive_option(command, _needed_archive)


def optional_archive_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--archive`; the command gets it as `archive`, None where ARCHIVE_DIR is empty."""
    return _archive_option(command, _archive)


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--section`, `--since`, `--until` and `--seen-since`.

    The command gets the names as typed, in `section`, and instants in UTC.
    """
    options = (
        click.option(
            "--section",
            metavar="NAME",
            multiple=True,
            help="Only this section; may be given several times.",
        ),
        click.option(
            "--since",
            type=LocalDate(),
            metavar="DATE",
            help="Only published from this day or time on, in the site's time: 2025-08-20, "
            "2025-W34, '2025-08-20 10:13', yesterday, 7d (days ago), 12h (hours ago).",
        ),
        click.option(
            "--until",
            type=LocalDate(last=True),
            metavar="DATE",
            help="Only published up to this day, itself included, or before this time.",
        ),
        click.option(
            "--seen-since",
            type=LocalDate(),
            metavar="DATE",
            help="Only stored since then, whatever their own date.",
        ),
    )

    @wraps(command)
    def checked(*args: Any, since: datetime | None, until: datetime | None, **kwargs: Any) -> Any:
        if since and until and since >= until:
            raise click.UsageError("--since is not before --until: nothing is between them.")
        return command(*args, since=since, until=until, **kwargs)

    for option in reversed(options):
        checked = option(checked)
    return checked


@contextmanager
def reading(database: str) -> Iterator[Session]:
    """Yield a session that sees one state of the database and holds up no crawl.

    Raises:
        DatabaseUnusable: there is no database, it can't be read, or it is not this newsbot's.
    """
    engine = open_engine(database, read_only=True)
    try:
        require_current(engine)
        with explained(engine), Session(engine) as session:
            yield session
    finally:
        engine.dispose()


@contextmanager
def changing(database: str) -> Iterator[Session]:
    """Yield a session whose changes are kept when the block ends well; no crawl runs meanwhile.

    Raises:
        DatabaseUnusable: there is no database, or it can't be written.
        LockHeld: a crawl works on it.
    """
    # A mistyped path must not become an empty database.
    open_engine(database, read_only=True).dispose()
    engine = open_engine(database)
    try:
        with Lock(engine.url):
            migrate(engine, ZONES)
            with explained(engine), Session(engine) as session, session.begin():
                yield session
    finally:
        engine.dispose()


def as_stored(session: Session, names: Sequence[str]) -> list[str]:
    """Return sections' names as they are stored, whatever their capitals; name those not there."""
    if not names:
        return []
    known = {section.casefold(): section for section in sections(session)}
    for name in names:
        if name.casefold() not in known:
            said = ", ".join(known.values()) or "none yet"
            click.echo(f"There is no section {name!r} in the database. It has: {said}.", err=True)
    return [known.get(name.casefold(), name) for name in names]


def _archive_option(
    command: Callable[..., Any], callback: Callable[..., Path | None]
) -> Callable[..., Any]:
    return click.option(
        "--archive",
        metavar="FOLDER",
        callback=callback,
        help="Folder of the WARC files. Default: NEWSBOT_ARCHIVE_DIR, or data/warc.",
    )(command)


def _needed_archive(context: click.Context, parameter: click.Parameter, value: str | None) -> Path:
    folder = _archive(context, parameter, value)
    if folder is None:
        raise click.BadParameter("ARCHIVE_DIR is empty, so there is no archive; name its folder.")
    return folder


def _archive(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> Path | None:
    path = settings.ARCHIVE_DIR if value is None else value
    try:
        return project_path(path, from_here=value is not None) if path else None
    except BadSetting as error:
        raise click.BadParameter(str(error)) from error


def _span(value: str) -> timedelta:
    match = _DURATION.fullmatch(value)
    numbers = [int(number or 0) for number in match.groups()] if match else [0, 0, 0, 0]
    return timedelta(**dict(zip(_UNITS.values(), numbers, strict=True)))


def _instant(value: str) -> datetime:
    if span := _span(value):
        return datetime.now(UTC) - span
    at = datetime.fromisoformat(value)
    return (at if at.tzinfo else at.replace(tzinfo=SITE.zone)).astimezone(UTC)
