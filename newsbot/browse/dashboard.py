"""The plots, for datasette-dashboards; drawn by the Vega-Lite that it brings along."""

from typing import Any

from newsbot.store.questions import BY_DAY, BY_HOUR, COVERAGE, CRAWLS

_STATUSES = {"stored": "#4c78a8", "gone": "#9d9d9d", "rejected": "#e45756", "pending": "#f2cf5b"}


def _chart(title: str, query: str, mark: Any, **encoding: Any) -> dict[str, Any]:
    return {
        "title": title,
        "db": "newsbot",
        "query": query,
        "library": "vega-lite",
        "display": {"mark": mark, "encoding": encoding},
    }


def _axis(field: str, kind: str, title: str, **more: Any) -> dict[str, Any]:
    return {"field": field, "type": kind, "title": title, **more}


_DAY = _axis("day", "ordinal", "Day", axis={"labelOverlap": True})
_STARTED = _axis("started", "ordinal", "Crawl", axis={"labelOverlap": True})
_STATUS_COLOURS = {"domain": list(_STATUSES), "range": list(_STATUSES.values())}

DASHBOARD: dict[str, Any] = {
    "title": "The archive in plots",
    "description": "The last 60 days and 100 crawls, in the site's time.",
    "layout": [["by-day", "coverage"], ["by-hour", "requests"], ["waits", "waits"]],
    "charts": {
        "by-day": _chart(
            "Articles a day, by section",
            BY_DAY,
            {"type": "bar", "tooltip": True},
            x=_DAY,
            y=_axis("stories", "quantitative", "Articles"),
            color=_axis("section", "nominal", "Section"),
        ),
        "coverage": _chart(
            "Coverage: what became of each day's ids",
            COVERAGE,
            {"type": "bar", "tooltip": True},
            x=_DAY,
            y=_axis("ids", "quantitative", "Ids"),
            color=_axis("status", "nominal", "Status", scale=_STATUS_COLOURS),
        ),
        "by-hour": _chart(
            "Time of day",
            BY_HOUR,
            {"type": "bar", "tooltip": True},
            x=_axis("hour", "ordinal", "Hour"),
            y=_axis("stories", "quantitative", "Articles"),
        ),
        "requests": _chart(
            "Requests of each crawl",
            CRAWLS,
            {"type": "bar", "tooltip": True},
            x=_STARTED,
            y=_axis("requests", "quantitative", "Requests"),
            color=_axis("outcome", "nominal", "Outcome"),
        ),
        "waits": _chart(
            "Minutes each crawl waited for its budget",
            CRAWLS,
            {"type": "bar", "tooltip": True},
            x=_STARTED,
            y=_axis("minutes_waited", "quantitative", "Minutes"),
        ),
    },
}
