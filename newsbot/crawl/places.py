"""Paths and URLs as people give them: where the database and the archive are."""

import re
from pathlib import Path
from urllib.parse import unquote

from newsbot.errors import BadSetting

_CONFIGURATION = "scrapy.cfg"
_SQLITE = "sqlite:///"
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE | re.ASCII)


def database_url(value: str, *, from_here: bool = False) -> str:
    """Return the URL of a database that is given as a URL or as a path, a path made absolute.

    Args:
        value: `~/news.db`, `data/news.db`, `sqlite:///data/news.db`, `postgresql://host/name`.
        from_here: whether a relative path starts at the current folder, see `project_path`.

    Raises:
        BadSetting: the path can't be made absolute.
    """
    path = value
    if _SCHEME.match(value):
        path = unquote(value.removeprefix(_SQLITE)) if value.startswith(_SQLITE) else ""
        # What is no file, or has options, is for the engine to look at.
        if not path or path.startswith("/") or "?" in value:
            return value
    # What means something in a URL is escaped; other characters are as good as they are.
    absolute = str(project_path(path, from_here=from_here)).replace("%", "%25").replace("?", "%3F")
    return f"{_SQLITE}{absolute}"


def database_file(url: str) -> Path | None:
    """Return the file of a SQLite URL as `database_url` returns it; None for a server's."""
    return Path(unquote(url.removeprefix(_SQLITE))) if url.startswith(_SQLITE) else None


def file_of(url: str) -> tuple[int, int] | None:
    """Return which file a SQLite URL leads to now: its device, and its number there.

    None where there is none, or the database is a server's.
    """
    try:
        path = database_file(url)
        status = path.stat() if path else None
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino) if status else None


def project_path(path: str, *, from_here: bool = False) -> Path:
    """Return `path` as seen from the folder of scrapy.cfg, or from here where there is none.

    As Scrapy does, it looks for scrapy.cfg here and in the folders above; Scrapy itself takes long
    to import. With `from_here` it does not look. `~` is the user's home.

    Raises:
        BadSetting: there is no home, or the current folder has been removed.
    """
    try:
        # Of `./~x`, a path keeps only `~x`.
        given = Path(path).expanduser() if path.startswith("~") else Path(path)
        if given.is_absolute():
            return given
        return (Path.cwd() if from_here else _project()) / given
    except RuntimeError as error:
        raise BadSetting(f"{path} can't be found: this user has no home; write it out.") from error
    except FileNotFoundError as error:
        raise BadSetting("The current folder has been removed; change to another one.") from error


def _project() -> Path:
    here = Path.cwd()
    folders = (each for each in (here, *here.parents) if (each / _CONFIGURATION).exists())
    return next(folders, here)
