"""Fills a database and says what it costs: `python -m benchmarks.scale 10000 100000`."""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from benchmarks.scale.asking import crawl_start, questions, searches
from benchmarks.scale.bulk import pour
from benchmarks.scale.filling import fill
from benchmarks.scale.news import FIRST_ID
from benchmarks.scale.storing import cost
from newsbot.sites import ZONES
from newsbot.store.engine import open_engine
from newsbot.store.migrate import migrate
from newsbot.store.writer import Writer

SIZES = [10_000, 100_000]
REAL = 100_000
TOGETHER, ALONE = 3000, 500


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES, help="rising; in articles")
    parser.add_argument(
        "--real", type=int, default=REAL, help="articles from here on are poured in, see bulk.py"
    )
    parser.add_argument("--folder", type=Path, default=Path("data/scale"), help="for the database")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    path = arguments.folder / "scale.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine, ZONES)
    for size in sorted(arguments.sizes or SIZES):
        report = measure(engine, path, size, arguments.real)
        with (arguments.folder / "scale.jsonl").open("a") as file:
            file.write(json.dumps(report) + "\n")
        show(report)
    engine.dispose()


def measure(engine: Engine, path: Path, size: int, real: int) -> dict[str, Any]:
    """Grow the database to about `size` articles; a larger one stays as it is."""
    began, before = time.monotonic(), articles_in(engine)
    if before < min(size, real):
        with Writer(engine) as writer:
            fill(writer, last_id(engine), min(size, real) - before)
    if (missing := size - articles_in(engine)) > 0:
        pour(engine, last_id(engine), missing)
    filled = articles_in(engine)
    report: dict[str, Any] = {
        "articles": filled,
        "filled": filled - before,
        "fill_seconds": time.monotonic() - began,
        "bytes_an_article": sum(each.stat().st_size for each in path.parent.glob("scale.db*"))
        / filled,
        "memory_mb": memory(),
        "together": cost(engine, last_id(engine), TOGETHER, alone=False),
        "alone": cost(engine, last_id(engine), ALONE, alone=True),
    }
    report |= crawl_start(f"sqlite:///{path}")
    reader = open_engine(f"sqlite:///{path}", read_only=True)
    report["questions"] = questions(reader)
    report["searches"] = searches(reader)
    reader.dispose()
    return report


def articles_in(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM articles")).scalar_one())


def last_id(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(
            connection.execute(text("SELECT max(id_number) FROM pages")).scalar() or FIRST_ID
        )


def memory() -> float:
    """What this process holds now, in MB; the next part loads a vocabulary besides."""
    status = Path("/proc/self/status").read_text().split()
    return int(status[status.index("VmRSS:") + 1]) / 1024


def show(report: dict[str, Any]) -> None:
    print(f"\n## {report['articles']:,} articles\n")
    print(f"{report['filled']:,} filled in {report['fill_seconds']:.0f} s; ", end="")
    print(f"{report['bytes_an_article'] / 1000:.1f} kB an article in the file; ", end="")
    print(f"{report['memory_mb']:.0f} MB of memory\n")
    print("| a new article, ms | CPU | time | CPU of deduplication | CPU of row and index |")
    print("| --- | --- | --- | --- | --- |")
    for name in ("together", "alone"):
        part = report[name]
        columns = ("cpu", "wall", "deduplication", "row and search index")
        print(f"| {name} | {' | '.join(f'{part[column]:.2f}' for column in columns)} |")
    print(f"\n| question | ms |\n| --- | --- |\n| crawl start | {report['crawl start']:.1f} |")
    for name, spent in report["questions"].items():
        print(f"| {name} | {spent:.1f} |")
    print("\n| word in | order | p50 ms | p95 ms |\n| --- | --- | --- | --- |")
    for share, order, p50, p95 in report["searches"]:
        print(f"| {share:.3%} | {order} | {p50:.1f} | {p95:.1f} |")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
