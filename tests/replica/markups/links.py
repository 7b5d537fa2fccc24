"""Addresses in the forms that a site of many hands links to one article."""

from collections.abc import Callable
from urllib.parse import urlsplit

Link = Callable[[int], str]

_FORMS = (
    "/news/article.aspx?id={id}",
    "article.aspx?id={id}",
    "{origin}/news/article.aspx?id={id}",
    "//{host}/news/article.aspx?id={id}",
    "/News/Article.aspx?fm=psp,tsp&ID={id}#top",
    "/news/article.aspx?id={id}&fm=psp%2Ctsp",
    "article.aspx?cat=978&fm=newsarticle+-+Politics%2Cnrhl&id={id}",
    "https://s10.nzcity.co.nz/news/article.aspx?fm=newsmain%2Cnrhl&id={id}",
)


def plain_links(_base_url: str) -> Link:
    """Every link in the plainest form."""
    return lambda article_id: _FORMS[0].format(id=article_id)


def mixed_links(base_url: str) -> Link:
    """Relative, absolute, without a scheme, tracked, in odd case: each link its own way."""
    parts = urlsplit(base_url)
    origin = f"{parts.scheme}://{parts.netloc}"

    def link(article_id: int) -> str:
        form = _FORMS[article_id % len(_FORMS)]
        return form.format(id=article_id, origin=origin, host=parts.netloc)

    return link


def slug(words: str) -> str:
    """An address for a link that leads to no article."""
    return "/" + words.lower().replace(" ", "-") + "/"
