"""NZCity (home.nzcity.co.nz): everything that newsbot knows of this site is in this folder."""

from newsbot.items import ListKind, Precision
from newsbot.site import Answer, Expected, Reading, Site
from newsbot.sites.nzcity.addresses import SECTIONS, id_in, section_in
from newsbot.sites.nzcity.dates import NEW_ZEALAND
from newsbot.sites.nzcity.words import is_syndicated


def _read(site: Site, answer: Answer) -> Reading:
    # A command that only asks the database reads no page, and parsers take long to import.
    from newsbot.sites.nzcity.page import read  # noqa: PLC0415

    return read(site, answer)


_EXPECTED = Expected(
    entries={
        ListKind.SECTION: range(7, 8),
        ListKind.TOP: range(2, 3),
        ListKind.TODAY: range(1, 11),
        ListKind.SECTION_PAGE: range(8, 13),
    },
    dates={
        ListKind.SECTION: Precision.DAY,
        ListKind.TODAY: Precision.MINUTE,
        ListKind.SECTION_PAGE: Precision.DAY,
        ListKind.FEED: Precision.MINUTE,
    },
    has_date_line=True,
    has_clock=True,
    in_section="&cat={cat}",
    minutes="27",
    articles_a_day=63,
    expires=True,
)

SITE = Site(
    name="nzcity",
    title="NZCity",
    zone=NEW_ZEALAND,
    language="en-NZ",
    start_url="https://home.nzcity.co.nz/news/",
    hosts=frozenset(f"{name}.nzcity.co.nz" for name in ("home", "s7", "s10", "chart", "images")),
    article_path="/news/article.aspx?id={id}",
    section_path="/news/default.aspx?cat={cat}&page={page}",
    rss_url="http://channels.nzcity.co.nz/rss/news.aspx?catid={cat}",
    id_in=id_in,
    reader=_read,
    cat_in=section_in,
    sections=SECTIONS,
    is_syndicated=is_syndicated,
    expected=_EXPECTED,
)
