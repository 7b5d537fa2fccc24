"""Imports what a crawl imports, for the interpreter that the tests' crawls are forked from."""

import gc
import sys
import warnings
from importlib import import_module
from pkgutil import iter_modules

# Not newsbot.settings: it reads the environment, and each crawl has its own.
_PACKAGES = (
    "newsbot.commands",
    "newsbot.crawl",
    "newsbot.pipelines",
    "newsbot.spiders",
    "scrapy.commands",
    "scrapy.downloadermiddlewares",
    "scrapy.extensions",
    "scrapy.spidermiddlewares",
)
_MODULES = (
    "alembic.command",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.core.engine",
    "scrapy.pqueues",
    "scrapy.squeues",
    "sqlalchemy.dialects.sqlite",
    "tests.helpers.forks",
)

with warnings.catch_warnings():
    # Scrapy has extensions that nobody is to use any more.
    warnings.simplefilter("ignore")
    for package in map(import_module, _PACKAGES):
        for module in iter_modules(package.__path__, f"{package.__name__}."):
            import_module(module.name)
for name in _MODULES:
    import_module(name)

# A crawl installs the reactor that its settings name, and can't after another is there.
assert "twisted.internet.reactor" not in sys.modules

# What is imported is never collected: a fork that looked for garbage in it would copy its memory.
gc.freeze()
