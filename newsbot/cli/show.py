"""`newsbot show`: show one story and everything known about it."""

import re
from collections.abc import Iterator
from itertools import pairwise

import click

from newsbot.cli.options import database_option, reading
from newsbot.cli.output import local, plural, print_diff, print_rows, print_text
from newsbot.sites import DEFAULT as SITE
from newsbot.store.reading.queries import Shown, shown, whole
from newsbot.store.tables import Article, ArticleVersion
from newsbot.word_diff import condensed, word_diff

# An article's page in `newsbot browse`.
_BROWSED = re.compile(r"/articles/(\d+)(?:[.?#].*)?$", re.ASCII)


@click.command()
@click.argument("page", metavar="ID|URL")
@database_option
def command(*, page: str, database: str) -> None:
    r"""Show a story as text, where it was listed, near duplicates, and how its text changed.

    ID is the site's, as in the address (…?id=433912) and in what `newsbot search` prints; if the
    site has no such id, it is the one in the story's address in `newsbot browse`. URL is an address
    of the site, or of a story in `newsbot browse`. Times are local to the site. If the text
    changed, each later version shows the words that were removed [-like this-] and those that were
    added {+like this+}; on a terminal, in red and green.

    \b
    Examples:
      newsbot show 433912
      newsbot show http://127.0.0.1:8001/newsbot/articles/17
    """
    browsed = _BROWSED.search(page)
    source_id = SITE.article_id(page) if "://" in page else page
    if source_id is None and browsed is None:
        raise click.UsageError(f"{page} is not an article's address.")
    with reading(database) as session:
        article_id = browsed[1] if browsed else page
        found = shown(session, SITE.name, source_id, article_id if article_id.isdecimal() else None)
        if found is None:
            raise click.ClickException(f"The database has no page {page}.")
        for line in _story(found):
            print_text(line)
        _print_duplicates(found)
        _print_listings(found)
        _print_versions(found)


def _story(found: Shown) -> Iterator[tuple[str, str]]:
    """Yield the lines of the story, each with its style."""
    page, story = found.page, found.story
    if story is None:
        yield page.url, ""
        yield ": ".join(filter(None, [page.status, page.reason])), ""
        return
    yield story.headline, "bold"
    about = [
        story.section_path,
        local(story.date_published, story.date_published_precision) or "undated",
        story.author,
        story.credit_text,
        plural(story.word_count, "word"),
    ]
    yield " · ".join(filter(None, about)), "dim"
    yield page.url, "dim"
    if page.status != "stored":
        yield f"{page.status}: {page.reason}", "red"
    if story.image_caption:
        yield f"[image: {story.image_caption}]", "dim"
    for paragraph in filter(None, [story.description, *story.article_body.split("\n\n")]):
        yield f"\n{paragraph}", ""
    if story.copyright_holder:
        yield f"\n© {story.copyright_holder}", "dim"


def _print_duplicates(found: Shown) -> None:
    def near(what: str, story: Article, later: Article) -> tuple[str, str, str, str]:
        return what, story.source_id, f"{later.similarity:.0%}", story.headline

    rows = [("the same text", page.source_id or "", "", page.url) for page in found.same]
    if found.repeats and found.story:
        rows.append(near("nearly repeats", found.repeats, found.story))
    rows += [near("nearly repeated by", story, story) for story in found.repeated_by]
    if rows:
        print_rows("Duplicates", ["", "Id", "Similarity", "Headline or address"], rows)


def _print_listings(found: Shown) -> None:
    rows = [
        (
            each.list_name,
            local(each.date_listed, each.date_listed_precision),
            each.category or "",
            local(each.first_seen_at),
            local(each.last_seen_at),
            each.title,
        )
        for each in found.listings
    ]
    if rows:
        headings = ["List", "Date", "Category", "First seen", "Last seen", "Title"]
        print_rows("Listings", headings, rows)


def _print_versions(found: Shown) -> None:
    if len(found.versions) < 2:  # noqa: PLR2004 - the only version is the text above
        return
    click.echo(f"\nVersions\n{_seen(found.versions[0])}")
    for former, later in pairwise(found.versions):
        click.echo(f"\n{_seen(later)}")
        print_diff(condensed(word_diff(whole(former), whole(later))))


def _seen(version: ArticleVersion) -> str:
    first, last = local(version.observed_at), local(version.last_observed_at)
    return f"{version.version}: seen {first}" + (f" to {last}" if last != first else "")
