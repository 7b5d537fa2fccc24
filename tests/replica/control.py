"""The control endpoints, under a path that no site would have.

They are not logged, not limited and meet no fault.

    GET    /__replica__/truth.json[?id=433912]   what a right reader finds, as of now
    GET    /__replica__/log.json                 requests so far, oldest first
    GET    /__replica__/clock                    the replica's instant
    POST   /__replica__/clock                    {"advance": 3600} | {"set": ISO} | {"speed": 60}
    POST   /__replica__/faults                   {"fault": "Status", "code": 403, "times": 2}
    DELETE /__replica__/faults                   takes all back
    POST   /__replica__/edit                     {"id": 433912, "headline": "…", "at": ISO}
    POST   /__replica__/remove                   {"id": 433912, "at": ISO}
    POST   /__replica__/set                      {"robots": "allow", "unknown": "notice",
                                                  "limit": {"requests": 15, "period": 300}}
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.replica.application import Application, Robots, Unknown
from tests.replica.limit import RateLimit
from tests.replica.message import Answer, Request
from tests.replica.truth import page_truth

PREFIX = "/__replica__/"

Order = dict[str, Any]


def control(application: Application, request: Request) -> Answer:
    """Carry out an order, or answer a question; 400 with the reason if it can't be done."""
    handler = _HANDLERS.get((request.method, request.path.removeprefix(PREFIX)))
    if handler is None:
        return _json({"error": "no such endpoint"}, 404)
    try:
        order = json.loads(request.body) if request.body else dict(request.query)
        return _json(handler(application, order))
    except (ValueError, TypeError, LookupError) as error:
        return _json({"error": repr(error)}, 400)


def truth(application: Application, article_id: int) -> dict[str, Any] | None:
    """What a right reader finds on an article's page as it is served now; None if none is."""
    page = application.site.page(article_id, application.clock.now())
    return None if page is None else page_truth(page)


def _truth(application: Application, order: Order) -> Any:
    if "id" in order:
        return truth(application, int(order["id"]))
    ids = application.site.ids(application.clock.now())
    return {str(article_id): truth(application, article_id) for article_id in ids}


def _log(application: Application, _order: Order) -> Any:
    return [entry.as_json() for entry in application.log]


def _clock(application: Application, _order: Order) -> Any:
    return {"now": application.clock.now().isoformat(), "speed": application.clock.speed}


def _set_clock(application: Application, order: Order) -> Any:
    if "set" in order:
        application.clock.set(datetime.fromisoformat(order["set"]))
    if "advance" in order:
        application.clock.advance(order["advance"])
    if "speed" in order:
        application.clock.run(order["speed"])
    return _clock(application, order)


def _add_fault(application: Application, order: Order) -> Any:
    return {"set": repr(application.faults.add_json(order))}


def _clear_faults(application: Application, _order: Order) -> Any:
    application.faults.clear()
    return {"set": None}


def _edit(application: Application, order: Order) -> Any:
    article_id, at = _article_and_time(application, order)
    application.site.edit(article_id, at, **order)
    return truth(application, article_id)


def _remove(application: Application, order: Order) -> Any:
    application.site.remove(*_article_and_time(application, order))
    return {"removed": True}


def _article_and_time(application: Application, order: Order) -> tuple[int, datetime]:
    article_id, at = int(order.pop("id")), order.pop("at", None)
    return article_id, datetime.fromisoformat(at) if at else application.clock.now()


def _set(application: Application, order: Order) -> Any:
    if "robots" in order:
        application.robots = Robots(order["robots"])
    if "unknown" in order:
        application.unknown = Unknown(order["unknown"])
    if "limit" in order:
        application.limit = RateLimit(**order["limit"]) if order["limit"] else None
    return {"set": order}


def _json(value: Any, status: int = 200) -> Answer:
    body = json.dumps(value, ensure_ascii=False, indent=1).encode()
    return Answer(status, body, {"Content-Type": "application/json; charset=utf-8"})


_HANDLERS: dict[tuple[str, str], Callable[[Application, Order], Any]] = {
    ("GET", "truth.json"): _truth,
    ("GET", "log.json"): _log,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _set_clock,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "edit"): _edit,
    ("POST", "remove"): _remove,
    ("POST", "set"): _set,
}
