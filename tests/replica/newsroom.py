"""Made-up news: the same seed writes the same stories, whatever the machine."""

from datetime import date
from random import Random

from tests.replica.clock import NEW_ZEALAND
from tests.replica.grammar import DESK_NAMES, Writer, desk_phrases, phrases
from tests.replica.schedule import ARTICLES_A_DAY, Slot, slots
from tests.replica.story import Block, Story, paragraph, subheading
from tests.replica.typesetting import HouseStyle, any_style, decorated

FIRST_ID = 433_000

_DESKS = {phrases(desk)["section"][0]: desk for desk in DESK_NAMES}

# Credit line, copyright holder, whether "All rights reserved" follows.
_FOREIGN_SOURCES = (
    ("ABC/wires", "ABC Australian Broadcasting Corporation", True),
    ("ABC", "ABC Australian Broadcasting Corporation", True),
    ("Reuters/AFP", "ABC Australian Broadcasting Corporation", True),
    (None, "Newstalk ZB, NZCity", False),
)
_LOCAL_SOURCES = ((None, "Newstalk ZB, NZCity", False),)
_GOSSIP_SOURCES = ((None, "Bang Showbiz, NZCity", False),)
_SPORTS = {"Rugby", "Netball"}
_SPONSOR = "{section} WITH SOMEBODY's BOOTS. ASK FOR A SECOND PAIR"


class Newsroom:
    """Writes stories; no two of one newsroom share a headline."""

    def __init__(self, seed: int = 1) -> None:
        self._seed = seed
        self._headlines: set[str] = set()

    def stories(
        self,
        first_day: date,
        days: int,
        *,
        per_day: int = ARTICLES_A_DAY,
        first_id: int = FIRST_ID,
        holes: float = 0.0,
    ) -> list[Story]:
        """The news of some New Zealand days, oldest first.

        `holes` is the share of ids that never hold an article.
        """
        random = Random(f"{self._seed}/slots")
        return [
            self.story(slot)
            for slot in slots(
                first_day, days, per_day=per_day, first_id=first_id, holes=holes, random=random
            )
        ]

    def story(self, slot: Slot) -> Story:
        """The story in a slot, drawn from the seed and the slot's id."""
        random = Random(f"{self._seed}/{slot.id}")
        writer = Writer(desk_phrases(_DESKS[slot.section]), random)
        _cast(writer, random)
        style = any_style(random)
        foreign = slot.section == "International"
        gossip = slot.section == "Entertainment"
        sources = _FOREIGN_SOURCES if foreign else _GOSSIP_SOURCES if gossip else _LOCAL_SOURCES
        credit, holder, rights = random.choice(sources)
        headline = style.set(self._headline(writer))
        is_essay = slot.section in {"Politics", "Environment"} and random.random() < 0.1
        sells = slot.section in _SPORTS and random.random() < 0.4
        is_local = not (foreign or gossip or is_essay)
        standfirst = style.set(writer.pick("standfirst"))
        blocks = _body(writer, random, style)
        if is_local:
            blocks = _briefly([each for each in blocks if not each.heading], random)

        def address() -> str:
            return random.choice(("https://example.org/r", f"article.aspx?id={slot.id - 40}"))

        return Story(
            id=slot.id,
            published=slot.published,
            section=slot.section,
            category=slot.category,
            headline=headline,
            standfirst=headline if is_local else standfirst,
            blocks=tuple(
                block if block.heading else decorated(block.text, random, address)
                for block in blocks
            ),
            credit=credit if not is_essay else None,
            holder=holder if not is_essay else "The Conversation",
            author=_byline(writer, random) if is_essay else "",
            publisher="The Conversation" if is_essay else "",
            image_caption=style.set(writer.pick("caption")) if random.random() < 0.07 else "",
            sponsor=_SPONSOR.format(section=slot.section.upper()) if sells else "",
            year=slot.published.astimezone(NEW_ZEALAND).year,
            all_rights_reserved=rights,
        )

    def _headline(self, writer: Writer) -> str:
        headline = writer.pick("headline")
        while headline in self._headlines:
            headline = writer.pick("headline")
        self._headlines.add(headline)
        return headline


def _byline(writer: Writer, random: Random) -> str:
    """`Name, Post, University`, once or twice."""
    authors = [
        f"{writer.pick('first_name')} {writer.pick('last_name')}, {post}, University of {place}"
        for post, place in (("Senior Lecturer in Law", "Elsewhere"), ("Professor", "the South"))
    ]
    return ", ".join(authors[: random.choice((1, 2))])


def _briefly(blocks: list[Block], random: Random) -> list[Block]:
    """A few paragraphs as a radio's newsroom writes them, with a gap where a sound clip was."""
    kept = blocks[: random.choice((1, 2, 3, 3, 4, 4, 5, 7))]
    if len(kept) > 2 and random.random() < 0.25:
        kept.insert(2, paragraph(""))
    return kept


def _cast(writer: Writer, random: Random) -> None:
    """Who and what the story is about: these stay the same throughout it."""
    for name in ("place", "actor", "thing", "role"):
        writer.bind(name, f"{{{name}}}")
    writer.bind("second_role", writer.any_of("role"))
    for person, name in (("person", "name"), ("second", "second_name")):
        last_name = writer.pick("last_name")
        writer.bind(person, f"{{first_name}} {last_name}")
        writer.bind(name, f"{random.choice(('Ms', 'Mr', 'Dr'))} {last_name}")


def _body(writer: Writer, random: Random, style: HouseStyle) -> list[Block]:
    """A lead, paragraphs of one to three sentences with sub-headings among them, a closing."""
    left = random.randint(290, 580)
    sentences = writer.templates("sentence")
    random.shuffle(sentences)
    texts = [writer.pick("lead")]
    while left > 0:
        count = random.choice((1, 1, 2, 2, 3))
        texts.append(" ".join(writer.write(sentences.pop()) for _ in range(count)))
        left -= len(texts[-1].split())
    texts.append(writer.pick("closing"))
    blocks = [paragraph(style.set(text)) for text in texts]
    headings = random.sample(range(2, len(blocks) - 1), random.choice((0, 0, 1, 2, 3)))
    for place in sorted(headings, reverse=True):
        blocks.insert(place, subheading(style.set(writer.pick("heading"))))
    return blocks
