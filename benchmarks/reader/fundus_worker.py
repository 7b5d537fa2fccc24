"""Reads pages with fundus: `fundus_worker.py ROUNDS`, pages on stdin, pace and bodies on stdout.

Runs in an environment that has fundus and nothing of newsbot. A page comes with the selectors of
its standfirst, its sub-headings and its paragraphs.
"""

import json
import math
import sys
import time
from typing import Any

from fundus.parser import ArticleBody, BaseParser, attribute
from fundus.parser.utility import extract_article_body_with_selector
from lxml.etree import XPath


def parser_for(selectors: list[str]) -> BaseParser:
    summary, subheadlines, paragraphs = map(XPath, selectors)

    class Parser(BaseParser):  # type: ignore[misc]
        @attribute  # type: ignore[untyped-decorator]
        def body(self) -> ArticleBody:
            return extract_article_body_with_selector(
                self.precomputed.doc,
                paragraph_selector=paragraphs,
                summary_selector=summary,
                subheadline_selector=subheadlines,
            )

    return Parser()


def text(parsed: dict[str, Any]) -> str | None:
    body = parsed["body"]
    if not isinstance(body, ArticleBody):
        return None
    lines = (line for section in body.sections for part in section for line in part)
    return "\n".join(lines)


def main() -> None:
    pages = [(parser_for(selectors), page) for selectors, page in json.load(sys.stdin)]
    best = [math.inf] * len(pages)
    parsed: list[dict[str, Any]] = [{}] * len(pages)
    for _ in range(int(sys.argv[1])):
        for place, (parser, page) in enumerate(pages):
            start = time.process_time()
            parsed[place] = parser.parse(page, error_handling="catch")
            best[place] = min(best[place], time.process_time() - start)
    json.dump([len(pages) / sum(best), [text(each) for each in parsed]], sys.stdout)


if __name__ == "__main__":
    main()
