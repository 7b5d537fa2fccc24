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
    ("TBU/wires", "TBU Tasman Broadcasting Union", True),
    ("AAP", "Australian Associated Press", True),
    ("Reuters/TBU", "TBU Tasman Broadcasting Union", True),
    ("AFP/Southern Wire", "Southern Wire", False),
)
_LOCAL_SOURCES = (
    (None, "NZCity, NewsTalkZB", False),
    (None, "Newstalk ZB News", False),
    (None, "NZCity", False),
    ("The Dialogue", "The Dialogue Trust", True),
    ("Court Reporting Pool", "NZCity, Southern Wire", False),
)


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
        credit, holder, rights = random.choice(_FOREIGN_SOURCES if foreign else _LOCAL_SOURCES)

        def address() -> str:
            return random.choice(("https://example.org/r", f"article.aspx?id={slot.id - 40}"))

        return Story(
            id=slot.id,
            published=slot.published,
            section=slot.section,
            category=slot.category,
            headline=style.set(self._headline(writer)),
            standfirst=style.set(writer.pick("standfirst")),
            blocks=tuple(
                block if block.heading else decorated(block.text, random, address)
                for block in _body(writer, random, style)
            ),
            credit=credit,
            holder=holder,
            year=slot.published.astimezone(NEW_ZEALAND).year,
            all_rights_reserved=rights,
            teaser=style.set(writer.pick("teaser")) if random.random() < 0.15 else None,
            caption=style.set(writer.pick("caption")),
        )

    def _headline(self, writer: Writer) -> str:
        headline = writer.pick("headline")
        while headline in self._headlines:
            headline = writer.pick("headline")
        self._headlines.add(headline)
        return headline


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
