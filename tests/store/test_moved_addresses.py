"""The site redirects an article for good: its form of address is taken over by all others."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsbot.items import Page as PageItem
from newsbot.store import ledger
from newsbot.store.tables import Article, Page
from tests.helpers.made_up import NOON, SITE, a_list_page, a_listing, a_page, hours, minute, save


def moved(number: int, body: str = "A body.", hour: int = 0) -> PageItem:
    page = a_page(number, body, at=NOON + hours(hour))
    page.moved_to = new_url(number)
    return page


def new_url(number: int) -> str:
    return f"https://news.example/story.aspx?id={number}"


def test_the_addresses_of_all_articles_change(session: Session) -> None:
    save(session, a_page(7, "One body."))
    save(session, moved(8))

    for table in (Page, Article):
        urls = session.scalars(select(table.url).order_by(table.id)).all()
        assert urls == [new_url(7), new_url(8)]


def test_an_article_listed_later_is_asked_for_there(session: Session) -> None:
    save(session, moved(7))
    save(session, a_list_page([a_listing(8, minute(NOON))], at=NOON + hours(1)))

    asked = ledger.to_fetch(session.connection(), SITE, NOON + hours(2), 9)
    assert [ask.url for ask in asked] == [new_url(8)]


def test_a_row_that_is_older_than_the_form_is_corrected(session: Session) -> None:
    save(session, moved(7))
    session.execute(Page.__table__.update().values(url="http://old.example/"))  # type: ignore[attr-defined]

    save(session, moved(7, hour=1))

    assert session.scalars(select(Page.url)).all() == [new_url(7)]


def test_an_address_without_the_id_changes_nothing(session: Session) -> None:
    page = a_page(7)
    page.moved_to = "https://news.example/front"
    save(session, page)

    assert session.scalars(select(Page.url)).all() == [page.url]
