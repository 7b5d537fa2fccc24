"""Everything ever fetched, read again by the reader of today, without asking the site."""
