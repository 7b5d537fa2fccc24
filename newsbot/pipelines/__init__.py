"""From a page as read to a page as stored: clean, deduplicate, store."""
