"""Where things are kept: relative paths start at the folder of scrapy.cfg."""

from pathlib import Path

_CONFIGURATION = "scrapy.cfg"
_SQLITE = "sqlite:///"


def database_url(url: str) -> str:
    """Return `url` with a relative SQLite path made absolute."""
    path = url.removeprefix(_SQLITE)
    if path == url or not path or path.startswith("/"):
        return url
    return f"{_SQLITE}{project_path(path)}"


def file_of(url: str) -> tuple[int, int] | None:
    """Return which file a SQLite URL leads to now: its device, and its number there.

    None where there is none, or the database is a server's.
    """
    if not url.startswith(_SQLITE):
        return None
    try:
        status = Path(url.removeprefix(_SQLITE)).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def project_path(path: str) -> Path:
    """Return `path` as seen from the folder of scrapy.cfg, or from here where there is none.

    As Scrapy does, it looks here and in the folders above; Scrapy itself takes long to import.
    """
    here = Path.cwd()
    folders = (each for each in (here, *here.parents) if (each / _CONFIGURATION).exists())
    return next(folders, here) / path
