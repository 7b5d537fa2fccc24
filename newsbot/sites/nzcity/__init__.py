"""NZCity (home.nzcity.co.nz): everything that newsbot knows of this site is in this folder."""

from newsbot.site import Site
from newsbot.sites.nzcity.addresses import SECTIONS, id_in, section_in
from newsbot.sites.nzcity.dates import NEW_ZEALAND
from newsbot.sites.nzcity.page import read
from newsbot.sites.nzcity.words import is_syndicated

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
    reader=read,
    cat_in=section_in,
    sections=SECTIONS,
    is_syndicated=is_syndicated,
)
