"""HTML in, what the page says out: pure functions, no network, no database."""
