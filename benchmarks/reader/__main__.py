"""Pages per second and exact bodies of each extractor, on the same pages of the replica."""

import time
from collections.abc import Callable

import trafilatura
from lxml import html as lxml_html
from newspaper import Article as NewspaperArticle
from readability import Document

from newsbot.reader.nzcity import read
from tests.replica import scenarios
from tests.replica.markups import MARKUPS, render
from tests.replica.truth import page_truth

BASE = "http://localhost/news/"
PAGE_SIZE = 25_000
FIELDS = (
    "headline",
    "description",
    "article_body",
    "article_section",
    "credit_text",
    "copyright_holder",
    "copyright_year",
)
# An extractor that is slow gets fewer rounds; the best of them counts.
SECONDS = 4.0

Extractor = Callable[[str], str | None]


def ours(page: str) -> str | None:
    article = read(page.encode(), BASE).article
    return article.article_body if article else None


def with_trafilatura(page: str) -> str | None:
    return trafilatura.extract(page, include_comments=False)


def with_readability(page: str) -> str | None:
    return "".join(map(str, lxml_html.fromstring(Document(page).summary()).itertext()))


def with_newspaper(page: str) -> str | None:
    article = NewspaperArticle(BASE)
    article.download(input_html=page)
    article.parse()
    return str(article.text)


EXTRACTORS: dict[str, Extractor] = {
    "newsbot": ours,
    "trafilatura": with_trafilatura,
    "readability-lxml": with_readability,
    "newspaper4k": with_newspaper,
}


def main() -> None:
    site = scenarios.plain(days=1, per_day=30)
    at = scenarios.evening(1)
    shown = [page for each in site.ids(at) if (page := site.page(each, at))]
    print("| markup | pages | fields right / asked |\n| --- | --- | --- |")
    pages: list[tuple[str, str]] = []
    for markup in MARKUPS:
        right = 0
        for page in shown:
            text = render(page, markup, BASE)
            truth = page_truth(page)["article"]
            article = read(text.encode(), BASE).article
            right += sum(getattr(article, name, None) == truth[name] for name in FIELDS)
            pages.append((padded(text), truth["article_body"]))
        print(f"| {markup} | {len(shown)} | {right} / {len(FIELDS) * len(shown)} |")
    sample = pages[::7]
    print(f"\n{len(sample)} pages of {PAGE_SIZE} bytes, one core\n")
    print(
        "| extractor | pages/s | of newsbot's | bodies exactly right |\n| --- | --- | --- | --- |"
    )
    pace = {name: measured(extract, sample) for name, extract in EXTRACTORS.items()}
    for name, extract in EXTRACTORS.items():
        exact = sum(same(extract(text), body) for text, body in sample)
        share = pace[name] / pace["newsbot"]
        print(f"| {name} | {pace[name]:.0f} | {share:.2f} | {exact} / {len(sample)} |")


def padded(text: str) -> str:
    """Bring a page to the size of a real one with what every reader must skip."""
    filler = max(PAGE_SIZE - len(text.encode()), 0)
    return text.replace("</head>", f"<script>//{'x' * filler}</script></head>", 1)


def measured(extract: Extractor, sample: list[tuple[str, str]]) -> float:
    """Return pages per second of CPU: the best of as many rounds as the time allows."""
    best = 0.0
    end = time.monotonic() + SECONDS
    while not best or time.monotonic() < end:
        start = time.process_time()
        for text, _ in sample:
            extract(text)
        best = max(best, len(sample) / (time.process_time() - start))
    return best


def same(found: str | None, body: str) -> bool:
    """Compare paragraph by paragraph, however they are parted."""
    paragraphs = [" ".join(line.split()) for line in (found or "").splitlines() if line.strip()]
    return paragraphs == body.split("\n\n")


if __name__ == "__main__":
    main()
