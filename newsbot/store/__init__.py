"""The database: the only package that contains SQL. It does not import Scrapy.

Pages are stored by `record.record` alone; `refetch` has the rules for fetching them again.
"""

PUBLIC = frozenset(
    """
    aside budget comparing copy crawls engine known ledger load migrate queries record
    refetch robots search search_index search_text status tables views watches writer
    """.split()
)
"""The modules that other packages may import; tests/test_house.py enforces it."""
