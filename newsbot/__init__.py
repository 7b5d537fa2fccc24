"""A complete, honest, queryable archive of one news site."""

__version__ = "0.1.0"

DISTRIBUTION = "newsbot-nzcity"
"""What to call it to pip."""
