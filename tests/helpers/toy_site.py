"""A second site, made up: other addresses, another zone, another grammar. And a server for it."""

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from newsbot.crawl.spider import SiteSpider
from newsbot.html.blocks import read_document
from newsbot.items import Article, Date, Listing, ListKind, NewsList, Precision, Reason
from newsbot.site import Answer, Reading, Role, Site

_LATEST = NewsList(ListKind.TODAY, "Siste nytt")
_ENTRY = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) (.+)")
STORIES = {number: f"Fjord number {number} freezes over early" for number in (1, 2, 3, 5)}


def id_in(url: str) -> str | None:
    match = re.search(r"/story/(\d+)", url)
    return match[1] if match else None


def read(site: Site, answer: Answer) -> Reading:
    """Read a page of lines: `##` before a headline, `--` behind the text, then the latest news."""
    blocks = read_document(answer.body.decode(), answer.url).blocks
    reading = Reading(blocks=blocks, boxes=[_LATEST])
    for block in blocks:
        if match := _ENTRY.fullmatch(block.text):
            at = datetime.fromisoformat(match[1]).replace(tzinfo=site.zone).astimezone(UTC)
            source_id = next(filter(None, map(site.article_id, block.urls)))
            url, date = site.article_url(source_id), Date(at, Precision.MINUTE)
            reading.listings.append(Listing(source_id, url, _LATEST, None, match[2], date))
    texts = [block.text for block in blocks]
    if "--" not in texts:
        reading.reason = Reason.NOT_AN_ARTICLE
        return reading
    headline, standfirst, *body = texts[: texts.index("--")]
    reading.roles[0] = Role.HEADLINE
    reading.article = Article(headline, standfirst, "\n\n".join(body), "Nature", "Nature")
    return reading


SITE = Site(
    name="toy",
    title="Toy News",
    zone=ZoneInfo("Europe/Oslo"),
    language="no",
    start_url="https://toy.example/",
    hosts=frozenset({"toy.example"}),
    article_path="/story/{id}",
    section_path="/section/{cat}/{page}",
    rss_url="",
    id_in=id_in,
    reader=read,
)


class ToySpider(SiteSpider):
    name = SITE.name
    site = SITE


def _page(path: str) -> str:
    latest = "".join(
        f"<p>2026-07-01 0{number}:30 <a href='/story/{number}?from=list'>{title}</a></p>"
        for number, title in STORIES.items()
    )
    number = id_in(path)
    title = STORIES.get(int(number or 0))
    article = f"<h1>{title}</h1><p>It is cold.</p><p>Ice on {title}.</p><p>--</p>" if title else ""
    return f"<html><body>{article}<h2>Siste nytt</h2>{latest}</body></html>"


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.path == "/" or int(id_in(self.path) or 0) in STORIES
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(_page(self.path).encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def server() -> Iterator[str]:
    """Serve the site on loopback; yield the address of its front page."""
    served = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{served.server_port}/"
    finally:
        served.shutdown()
        served.server_close()
        thread.join()
