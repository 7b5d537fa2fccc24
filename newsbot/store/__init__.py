"""The archive's database: the only package that knows SQL; it knows nothing of Scrapy.

`record.record` is the only way in for pages; `refetch` holds the rules of what is fetched again.
"""

PUBLIC = frozenset(
    """
    aside budget comparing copy crawls engine known ledger load migrate queries record
    refetch robots search search_index search_text status tables views watches writer
    """.split()
)
"""The modules that other packages may import; a test holds them to it."""
