from datetime import date, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from newsbot.errors import BadQuery
from newsbot.store.reading.status import Attention, attention
from newsbot.store.tables import Article
from tests.helpers.rows import NOON, article

WEDNESDAY = date(2025, 8, 20)
DAY = timedelta(days=1)


@pytest.fixture
def stories(session: Session) -> Session:
    """Two stories of a Sunday, three of the Wednesday after it, one without a date."""
    rows = [article(number, date_published=NOON) for number in range(2)]
    rows.append(article(2, headline="Bus", description="", article_body="", date_published=NOON))
    rows += [article(number, date_published=NOON - 3 * DAY) for number in (3, 4)]
    rows.append(article(9, date_published=None, date_published_precision="unknown"))
    session.execute(insert(Article), rows)
    return session


def test_words_have_a_share_of_each_days_stories(stories: Session) -> None:
    found = attention(stories, ["ferr*", "bus"], WEDNESDAY - 4 * DAY, WEDNESDAY)

    assert found == Attention(
        starts=[WEDNESDAY - number * DAY for number in (4, 3, 2, 1, 0)],
        stories=[0, 2, 0, 0, 3],
        found={"ferr*": [0, 2, 0, 0, 2], "bus": [0, 0, 0, 0, 1]},
    )
    assert found.share("bus") == [None, 0.0, None, None, 1 / 3]


def test_a_week_begins_on_monday(stories: Session) -> None:
    found = attention(stories, ["bus"], WEDNESDAY - 3 * DAY, WEDNESDAY, step="week")

    assert found.starts == [date(2025, 8, 11), date(2025, 8, 18)]
    assert (found.stories, found.found["bus"]) == ([2, 3], [0, 1])


def test_what_can_not_be_read_is_refused(stories: Session) -> None:
    with pytest.raises(BadQuery):
        attention(stories, ["bus OR"], WEDNESDAY, WEDNESDAY)
