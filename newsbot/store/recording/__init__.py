"""Records what a page says: loads what is known, decides, writes what has changed."""
