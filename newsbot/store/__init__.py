"""The database: the only package that knows SQL; it knows nothing of Scrapy.

`recording.record.record` is the only way in for pages, and `recording.refetch` holds the rules of
what is fetched again. `reading` answers questions.
"""

PUBLIC = frozenset(
    """
    aside budget comparing copy crawls engine ledger migrate reading.queries reading.search
    reading.search_text reading.status recording.known recording.load recording.record
    recording.refetch search_index tables views watches writer
    """.split()
)
"""The modules that other packages may import; a test holds them to it."""
