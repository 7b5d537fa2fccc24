"""WARC files, written and read: what went over the wire, whatever was made of it later."""
