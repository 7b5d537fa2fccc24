"""The lines above and below an article's body, in whatever element a markup gives a line."""

from collections.abc import Callable

from tests.replica.story import Story

Line = Callable[[str], str]
Image = Callable[[str], str]


def above(story: Story, line: Line, image: Image, dated: Line | None = None) -> str:
    """Byline, publisher, date and source, image with its caption: those that the story has."""
    parts = [line(text) for text in (story.author, story.publisher) if text]
    if story.date_line:
        parts.append((dated or line)(story.date_line))
    if story.image_caption:
        parts.append(image(story.image_caption))
    return "\n".join(parts)


def below(story: Story, line: Line) -> str:
    """Credit and sponsor: those that the story has."""
    return "\n".join(line(text) for text in (story.credit, story.sponsor) if text)
