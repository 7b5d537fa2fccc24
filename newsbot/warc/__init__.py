"""WARC files, written and read."""
