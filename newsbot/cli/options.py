"""Options that several commands take, and how commands open the database."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from newsbot import settings
from newsbot.crawl.database import Lock, database_url, project_path
from newsbot.errors import BadQuery, BadSetting
from newsbot.sites import DEFAULT as SITE
from newsbot.sites import ZONES
from newsbot.store.engine import explained, open_engine
from newsbot.store.migrate import migrate, require_current
from newsbot.store.reading.search import sections

NUMBER = click.IntRange(1, 2**31 - 1)
"""A number of rows, as large as every database takes."""

_DURATION = re.compile(
    r"(?:(?P<days>\d{1,5})d)?(?:(?P<hours>\d{1,5})h)?(?:(?P<minutes>\d{1,5})m)?"
    r"(?:(?P<seconds>\d{1,5})s)?",
    re.ASCII,
)
_WEEK = re.compile(r"\d{4}-?W\d\d", re.ASCII)
_DAYS_AGO = re.compile(r"(\d{1,5})d", re.ASCII)


def duration(value: str) -> timedelta:
    """Return the time span that `90m`, `2h` or `1d12h` means.

    Raises:
        BadParameter: `value` is not a time span, or is zero.
    """
    match = _DURATION.fullmatch(value)
    given = match.groupdict(default="0") if match else {}
    span = timedelta(**{unit: int(number) for unit, number in given.items()})
    if not span:
        raise click.BadParameter(f"{value!r} is not a time span; write 2h, 90m or 1d12h.")
    return span


def since_date(value: str) -> datetime:
    """Return the instant, in UTC, at which a day, a week or a time at the site begins.

    A day is `2025-08-20`, `yesterday`, or `7d` for the seventh day before today; a week is
    `2025-W34`; `12h` is the instant twelve hours ago.

    Raises:
        BadParameter: `value` is not a date.
    """
    return _instant(value.strip(), is_end=False)


def until_date(value: str) -> datetime:
    """Return the end of what `since_date` returns the start of."""
    return _instant(value.strip(), is_end=True)


def _instant(value: str, *, is_end: bool) -> datetime:
    try:
        if first := _day(value):
            days = (7 if _WEEK.fullmatch(value) else 1) if is_end else 0
            return datetime.combine(first + timedelta(days), time(), SITE.zone).astimezone(UTC)
        if value and _DURATION.fullmatch(value):
            return datetime.now(UTC) - duration(value)
        at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=SITE.zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(
            f"{value!r} is not a date; write 2025-08-20, '2025-08-20 10:13', yesterday or 7d."
        ) from error


def _day(value: str) -> date | None:
    today = datetime.now(SITE.zone).date()
    if value in {"today", "yesterday"}:
        return today - timedelta(days=value == "yesterday")
    if ago := _DAYS_AGO.fullmatch(value):
        return today - timedelta(days=int(ago[1]))
    with suppress(ValueError):
        return date.fromisoformat(value)
    return None


def read_database(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str:
    """Return the URL of the database that an option names, or that of the default one."""
    if value == "":
        raise click.BadParameter("it is empty; name a file or a URL.")
    try:
        return database_url(value or settings.DATABASE_URL, from_here=value is not None)
    except BadSetting as error:
        raise click.BadParameter(str(error)) from error


def _read_archive(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> Path | None:
    path = settings.ARCHIVE_DIR if value is None else value
    try:
        return project_path(path, from_here=value is not None) if path else None
    except BadSetting as error:
        raise click.BadParameter(str(error)) from error


def needed(archive: Path | None) -> Path:
    """Return the folder that `archive_option` gave to a command that can't do without.

    Raises:
        UsageError: there is none.
    """
    if archive is None:
        raise click.UsageError(
            "ARCHIVE_DIR is empty, so there is no WARC archive; name its folder with --archive."
        )
    return archive


database_option = click.option(
    "--database",
    metavar="PATH|URL",
    callback=read_database,
    help="Database to work on. Default: NEWSBOT_DATABASE_URL, or data/newsbot.db.",
)
"""Adds `--database`; the command gets the URL as `database`."""

archive_option = click.option(
    "--archive",
    metavar="FOLDER",
    callback=_read_archive,
    help="Folder of the WARC files. Default: NEWSBOT_ARCHIVE_DIR, or data/warc.",
)
"""Adds `--archive`; the command gets a path as `archive`, or None if ARCHIVE_DIR is empty."""

limit_option = click.option(
    "--limit",
    type=NUMBER,
    default=20,
    show_default=True,
    help="Show at most this many.",
)
"""Adds `--limit`."""

section_option = click.option(
    "--section",
    metavar="NAME",
    multiple=True,
    help="Only this section; may be given several times.",
)
"""Adds `--section`; the command gets the names as typed, as `section`."""


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add WORDS, `--section`, `--since`, `--until` and `--seen-since`.

    The command gets the words as `words`, None without any, and the others as the dict `filters`,
    named as the arguments of `search` in newsbot/store/reading/search.py; instants are in UTC. A
    search text that can't be read ends the command with exit code 2.
    """

    @click.argument("words", nargs=-1)
    @section_option
    @click.option(
        "--since",
        type=since_date,
        metavar="DATE",
        help="Only published on or after this day or time at the site: 2025-08-20, 2025-W34, "
        "'2025-08-20 10:13', yesterday, 7d (days ago), 12h (hours ago).",
    )
    @click.option(
        "--until",
        type=until_date,
        metavar="DATE",
        help="Only published up to and including this day, or before this time.",
    )
    @click.option(
        "--seen-since",
        type=since_date,
        metavar="DATE",
        help="Only first seen since then, whenever they were published.",
    )
    @wraps(command)
    def filtered(
        words: tuple[str, ...],
        section: tuple[str, ...],
        since: datetime | None,
        until: datetime | None,
        seen_since: datetime | None,
        **others: Any,
    ) -> Any:
        if since and until and since >= until:
            raise click.UsageError("--since is not before --until: no date is between them.")
        filters = {"section": section, "since": since, "until": until, "seen_since": seen_since}
        try:
            return command(words=" ".join(words) if words else None, filters=filters, **others)
        except BadQuery as error:
            raise click.BadParameter(str(error), param_hint="WORDS") from error

    return filtered


def as_stored(session: Session, names: Sequence[str]) -> list[str]:
    """Return section names as the database spells them; warn of those that it lacks."""
    if not names:
        return []
    known = {section.casefold(): section for section in sections(session)}
    for name in names:
        if name.casefold() not in known:
            said = ", ".join(known.values()) or "none yet"
            click.echo(f"There is no section {name!r} in the database. It has: {said}.", err=True)
    return [known.get(name.casefold(), name) for name in names]


@contextmanager
def reading(database: str) -> Iterator[Session]:
    """Yield a session that sees one state of the database and does not block a crawl.

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
def locked(database: str) -> Iterator[Engine]:
    """Yield an engine on a database, migrated, whose lock is held until the block ends.

    Raises:
        DatabaseUnusable: the database can't be written.
        LockHeld: another process holds its lock.
    """
    engine = open_engine(database)
    try:
        with Lock(engine.url):
            migrate(engine, ZONES)
            yield engine
    finally:
        engine.dispose()


@contextmanager
def changing(database: str) -> Iterator[Session]:
    """Yield a session whose changes are committed when the block ends well; no crawl runs then.

    Raises:
        DatabaseUnusable: there is no database, or it can't be written.
        LockHeld: a crawl works on it.
    """
    must_exist(database)
    with locked(database) as engine, explained(engine), Session(engine) as session, session.begin():
        yield session


def must_exist(database: str) -> None:
    """Refuse a mistyped path, which would otherwise become an empty database.

    Raises:
        DatabaseUnusable: there is no database, or it can't be read.
    """
    open_engine(database, read_only=True).dispose()
