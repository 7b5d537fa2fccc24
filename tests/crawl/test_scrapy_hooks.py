"""What newsbot uses of Scrapy is there, and nothing private of it is overridden."""

import importlib
import inspect
import pkgutil
import re

import pytest
import scrapy
from scrapy.commands.crawl import Command
from scrapy.core.downloader import Downloader
from scrapy.core.engine import ExecutionEngine
from scrapy.core.scheduler import Scheduler
from scrapy.core.scraper import Scraper, Slot
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.robotstxt import RobotParser
from scrapy.utils.log import get_scrapy_root_handler

import newsbot

USED: dict[type, str] = {
    AsyncCrawlerProcess: "create_crawler crawl start spider_loader",
    Command: "run crawler_process",
    Crawler: "crawling engine get_downloader_middleware get_extension settings signals spider "
    "spidercls",
    Downloader: "active",
    ExecutionEngine: "download_async downloader scheduler scraper",
    RedirectMiddleware: "from_crawler process_response crawler",
    RobotParser: "allowed crawl_delay from_crawler",
    Scheduler: "has_pending_requests",
    Scraper: "slot",
    Slot: "is_idle",
}


@pytest.mark.parametrize(("kind", "name"), [(k, n) for k in USED for n in USED[k].split()])
def test_what_is_used_is_there(kind: type, name: str) -> None:
    source = "".join(inspect.getsource(each) for each in kind.__mro__[:-1])
    is_set = re.search(rf"self\.{name}\b.* = |^    {name}: ", source, re.MULTILINE)

    assert is_set or hasattr(kind, name), f"Scrapy {scrapy.__version__}: no {kind.__name__}.{name}"


def modules() -> list[str]:
    found = pkgutil.walk_packages(newsbot.__path__, "newsbot.")
    return [each.name for each in found if not each.name.endswith("__main__")]


def test_nothing_private_is_overridden() -> None:
    overridden = {
        f"{kind.__module__}.{kind.__name__}.{name}"
        for module in modules()
        if module.split(".")[1] in {"crawl", "commands", "cli", "spiders", "pipelines"}
        for _, kind in inspect.getmembers(importlib.import_module(module), inspect.isclass)
        if kind.__module__ == module
        for base in kind.__mro__[1:]
        if base.__module__.startswith("scrapy.")
        for name, method in vars(kind).items()
        if name.startswith("_") and not name.startswith("__")
        if inspect.isfunction(method) and name in vars(base)
    }

    assert overridden == set()
    assert callable(get_scrapy_root_handler)
