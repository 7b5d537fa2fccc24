"""A complete, honest, queryable archive of one news site."""

from importlib.metadata import version

__version__ = version("newsbot")
