"""`make demo`: three real crawls of the replica, a day apart, and what they stored."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import CursorResult, text

from newsbot.store.engine import open_engine
from tests.helpers.demo_archive import EVENINGS
from tests.replica import scenarios

ROOT = Path(__file__).parent.parent
FOLDER = Path("data/demo")
QUERY = """SELECT article_section, count(*) AS stories, max(date_published) AS newest
FROM articles
GROUP BY article_section
ORDER BY stories DESC"""


def main() -> int:
    console = Console()
    shutil.rmtree(ROOT / FOLDER, ignore_errors=True)
    with scenarios.demo() as replica:
        command = ["scrapy", "crawl", "nzcity", "-a", f"start_url={replica.url}"]
        console.print(f"A replica of NZCity, on three evenings: {' '.join(command)}")
        for evening in EVENINGS:
            replica.clock.set(scenarios.evening(evening))
            exit_code = crawl(command)
            if exit_code:
                return exit_code
    console.print()
    show(console)
    return 0


def crawl(command: list[str]) -> int:
    program = Path(sys.executable).with_name(command[0])
    # The replica has no limit of its own, so the demo need not wait.
    return subprocess.call(
        [program, *command[1:], "-s", "RATE_LIMIT_REQUESTS=0"],
        cwd=ROOT,
        env=os.environ
        | {
            "NEWSBOT_DATABASE_URL": f"sqlite:///{FOLDER}/newsbot.db",
            "NEWSBOT_ARCHIVE_DIR": f"{FOLDER}/warc",
        },
    )


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
