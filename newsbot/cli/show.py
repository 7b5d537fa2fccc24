"""`newsbot show`: one story, and all that the archive knows of it."""

import sys
from collections.abc import Iterator
from itertools import pairwise

import click
from rich.console import Console
from rich.text import Text

from newsbot.cli._options import database_option
from newsbot.cli._output import print_rows
from newsbot.cli._reading import reading
from newsbot.cli._times import local
from newsbot.cli._word_diff import Piece, condensed, marked, styled, word_diff
from newsbot.sites import DEFAULT as SITE
from newsbot.store.showing import Shown, shown
from newsbot.store.tables import Article, ArticleVersion


@click.command()
@click.argument("source_id", metavar="ID")
@database_option
def command(*, source_id: str, database: str) -> None:
    r"""Show a story as text, where it was listed, near duplicates, and how its text changed.

    ID is the site's, as in the address (…?id=433912) and in what `newsbot search` prints. Times are
    local to the site. Of a text that changed, each later version shows the words that went
    [-like this-] and those that came {+like this+}; on a terminal, in red and green.

    \b
    Example:
      newsbot show 433912
    """
    with reading(database) as session:
        found = shown(session, SITE.name, source_id)
        if found is None:
            raise click.ClickException(f"The ledger has no page {source_id}.")
        console = Console(highlight=False) if sys.stdout.isatty() else None
        _print_text(found, console)
        _print_like(found)
        _print_listings(found)
        _print_versions(found, console)


def _print_text(found: Shown, console: Console | None) -> None:
    story = found.story
    if story is None:
        why = f": {found.page.reason}" if found.page.reason else ""
        click.echo(f"{found.page.url}\n{found.page.status}{why}")
        return
    for text, style in _text(story, found):
        if console is None:
            click.echo(text)
        else:
            console.print(Text(text, style))


def _text(story: Article, found: Shown) -> Iterator[tuple[str, str]]:
    published = local(story.date_published, story.date_published_precision) or "undated"
    yield story.headline, "bold"
    about = [
        story.section_path,
        published,
        story.author,
        story.credit_text,
        f"{story.word_count} words",
    ]
    yield " · ".join(part for part in about if part), "dim"
    yield found.page.url, "dim"
    if found.page.status != "stored":
        yield f"{found.page.status}: {found.page.reason}", "red"
    if story.image_caption:
        yield f"[image: {story.image_caption}]", "dim"
    for paragraph in filter(None, [story.description, *story.article_body.split("\n\n")]):
        yield f"\n{paragraph}", ""
    if story.copyright_holder:
        yield f"\n© {story.copyright_holder}", "dim"


def _print_like(found: Shown) -> None:
    rows = [("the same text", page.source_id or "", "", page.url) for page in found.same]
    if found.repeats and found.story:
        rows.append(_near("nearly repeats", found.repeats, found.story))
    rows += [_near("nearly repeated by", story, story) for story in found.repeated_by]
    if rows:
        print_rows("Duplicates", ["", "Id", "Similarity", "Headline or address"], rows)


def _near(what: str, story: Article, later: Article) -> tuple[str, str, str, str]:
    return what, story.source_id, f"{later.similarity:.0%}", story.headline


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
        headings = ["List", "Dated", "Category", "First seen", "Last seen", "Title"]
        print_rows("Listed", headings, rows)


def _print_versions(found: Shown, console: Console | None) -> None:
    if len(found.versions) < 2:  # noqa: PLR2004 - one version is the text above
        return
    click.echo("\nVersions")
    first = found.versions[0]
    click.echo(_seen(first))
    for former, later in pairwise(found.versions):
        pieces = list(condensed(word_diff(_whole(former), _whole(later))))
        click.echo(f"\n{_seen(later)}")
        _print_pieces(pieces, console)


def _print_pieces(pieces: list[Piece], console: Console | None) -> None:
    if console is None:
        click.echo(marked(pieces))
    else:
        console.print(styled(pieces))


def _seen(version: ArticleVersion) -> str:
    first, last = local(version.observed_at), local(version.last_observed_at)
    return f"{version.version}: seen {first}" + (f" to {last}" if last != first else "")


def _whole(version: ArticleVersion) -> str:
    return f"{version.headline}\n\n{version.description}\n\n{version.article_body}"
