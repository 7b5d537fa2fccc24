"""Where things are kept: relative paths start at the folder of scrapy.cfg."""

from pathlib import Path

from scrapy.utils.conf import closest_scrapy_cfg

_SQLITE = "sqlite:///"


def database_url(url: str) -> str:
    """Return `url` with a relative SQLite path made absolute."""
    path = url.removeprefix(_SQLITE)
    if path == url or not path or path.startswith("/"):
        return url
    return f"{_SQLITE}{project_path(path)}"


def project_path(path: str) -> Path:
    """Return `path` as seen from the folder of scrapy.cfg, or from here where there is none."""
    configuration = closest_scrapy_cfg()
    return (Path(configuration).parent if configuration else Path.cwd()) / path
