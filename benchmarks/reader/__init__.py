"""How fast and how exactly the reader reads, beside the best generic extractors."""
