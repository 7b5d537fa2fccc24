"""`make demo`: three real crawls of the replica, a day apart, and what they stored."""

import shutil
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import CursorResult, text

from newsbot.store.engine import open_engine
from tests.crawling import ROOT
from tests.demo_archive import crawl_demo

FOLDER = Path("data/demo")
QUERY = """SELECT article_section, count(*) AS stories, max(date_published) AS newest
FROM articles
GROUP BY article_section
ORDER BY stories DESC"""


def main() -> int:
    console = Console()
    shutil.rmtree(ROOT / FOLDER, ignore_errors=True)
    (ROOT / FOLDER).mkdir(parents=True)
    console.print("Three evenings of a replica of NZCity, each crawled with: scrapy crawl nzcity")
    for evening, (_, run) in enumerate(crawl_demo(ROOT / FOLDER), 1):
        console.print(f"  evening {evening}: {run.last_line}", highlight=False)
        if run.exit_code:
            return run.exit_code
    console.print()
    show(console)
    return 0


def show(console: Console) -> None:
    database = FOLDER / "newsbot.db"
    engine = open_engine(f"sqlite:///{ROOT / database}", read_only=True)
    with engine.connect() as connection:
        console.print(
            table(
                connection.execute(
                    text(
                        "SELECT source_id AS id, date_published AS published, "
                        "article_section AS section, headline FROM articles "
                        "ORDER BY date_published DESC LIMIT 10"
                    )
                ),
                "The newest stories (times are UTC)",
            )
        )
        console.print(table(connection.execute(text(QUERY)), "Stories by section"))
    engine.dispose()
    console.print("The last table is the answer to this query; ask your own the same way:\n")
    console.print(f'sqlite3 -box {database} "{QUERY}"', highlight=False, soft_wrap=True)


def table(result: CursorResult[Any], title: str) -> Table:
    shown = Table(*result.keys(), title=title, title_justify="left")
    for column in shown.columns[:-1]:
        column.no_wrap = True
    for row in result:
        shown.add_row(*(str(value or "") for value in row))
    return shown


if __name__ == "__main__":
    sys.exit(main())
