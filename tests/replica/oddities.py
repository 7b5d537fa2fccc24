"""Stories on order: copies, and texts that a hasty reader stumbles over."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from tests.replica.story import Block, Run, Story, paragraph, subheading


def copy_of(story: Story, article_id: int, published: datetime, **changes: object) -> Story:
    """The same words under another id; `changes` are fields of Story, such as `section`."""
    return replace(story, id=article_id, published=published, **changes)  # type: ignore[arg-type]


def near_copy_of(story: Story, article_id: int, published: datetime) -> Story:
    """Nearly the same words: Jaccard of 5-word shingles above 0.8, and below 1."""
    blocks = (*story.blocks, paragraph("More follows."))
    return replace(story, id=article_id, published=published, blocks=blocks)


def _headed(headline: str) -> Callable[[Story], Story]:
    return lambda story: replace(story, headline=headline)


def _with_paragraph(text: str) -> Callable[[Story], Story]:
    """The text as a paragraph of its own in the middle of the body."""

    def change(story: Story) -> Story:
        middle = len(story.blocks) // 2
        before, after = story.blocks[:middle], story.blocks[middle:]
        return replace(story, blocks=(*before, paragraph(text), *after))

    return change


def _short(story: Story) -> Story:
    return replace(story, blocks=(paragraph(story.blocks[0].text),), credit=None)


def _without_headings(story: Story) -> Story:
    return replace(story, blocks=tuple(block for block in story.blocks if not block.heading))


def _with_headings(story: Story) -> Story:
    plain = _without_headings(story)
    first, *others = plain.blocks
    return replace(plain, blocks=(first, subheading("How it began"), *others))


def _in_many_typefaces(story: Story) -> Story:
    block = Block(
        (
            Run("It was "),
            Run("un", "i"),
            Run("believ", "b"),
            Run("able", "i"),
            Run(" ("),
            Run("so the report says", "a", "https://example.org/report?a=1&b=2"),
            Run("), and "),
            Run("nobody", "b"),
            Run(": not the mayor, not "),
            Run("the board", "a", "article.aspx?id=1"),
            Run(", had seen it."),
        )
    )
    first, *others = story.blocks
    return replace(story, blocks=(block, first, *others))


ODDITIES: dict[str, Callable[[Story], Story]] = {
    "ampersand": _headed("Profit up at Marrow & Sons as R&D costs fall"),
    "less-than": _headed("Waits now < 3 hours for > 90% of patients, hospital says"),
    "entity in the text": _headed("Why the sign said &amp; when it meant &"),
    "smart quotes": _headed("\u2018It\u2019s over\u2019: the women\u2019s \u201clast\u201d bus"),
    "dashes": _headed("Napier\u2013Gisborne line shut \u2014 opened \u2014 and shut again"),
    "double hyphen": _headed("Ferry fares go up -- then down -- within a week"),
    "macrons": _headed("Tūī count in Whangārei, Ōtāhuhu and Kaikōura beats Māhia\u2019s"),
    "no-break space": _headed("Council finds $3.4\u00a0million for 12\u00a0km of path"),
    "emoji": _headed("The \U0001f95d that broke the scales"),
    "Today's News in the body": _with_paragraph("Today's News"),
    "a day in the body": _with_paragraph("19 Aug: the first letter reaches the council"),
    "a copyright line in the body": _with_paragraph("© 1998 Harbour Almanac"),
    "typefaces": _in_many_typefaces,
    "one paragraph": _short,
    "no sub-heading": _without_headings,
    "a sub-heading": _with_headings,
    "no credit": lambda story: replace(story, credit=None),
    "a credit": lambda story: replace(story, credit="Harbour News/wires"),
    "all rights reserved": lambda story: replace(story, all_rights_reserved=True),
    "no date line": lambda story: replace(story, has_date_line=False),
    "a source": lambda story: replace(story, source_line="article from www.example.org"),
    "a source without a date": lambda story: replace(
        story, source_line="- article from www.example.org", has_date_line=False
    ),
    "a caption that begins the text": lambda story: replace(
        story,
        image_caption="Fonterra",
        blocks=(paragraph("Fonterra says it pays more."), *story.blocks),
    ),
    "no body": lambda story: replace(story, blocks=(), credit=None, sponsor=""),
    "five words": lambda story: replace(story, blocks=(paragraph("It rains in Gore today."),)),
    "a broken sentence": lambda story: replace(
        story, blocks=(paragraph("It rained in Gore, and also"), paragraph("- they say - in Bluff"))
    ),
    "several stories": lambda story: replace(
        story,
        blocks=(
            *story.blocks,
            paragraph(""),
            paragraph("and"),
            paragraph(""),
            paragraph("Tennis is on."),
        ),
    ),
    "a long headline": _headed(f"{'the ferry ' * 20}sails (04.01.26)."),
    "a headline that trails off": _headed("And then it sailed.."),
    "two holders": lambda story: replace(
        story, holder="NZCity, NewsTalkZB", all_rights_reserved=False
    ),
}
