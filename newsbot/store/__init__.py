"""The archive's database: the only package that knows SQL; it knows nothing of Scrapy.

`record.record` is the only way in for pages; `refetch` holds the rules of what is fetched again.
"""

PUBLIC = frozenset(
    """
    aside budget changes comparing copy crawls engine estimates exporting failures faults
    fingerprints known ledger load migrate outcomes overview questions record refetch robots
    search search_index search_text showing status tables views watches writer
    """.split()
)
"""The modules that other packages may import; a test holds them to it."""
