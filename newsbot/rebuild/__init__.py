"""Reads all archived responses again with the current reader, without requests to the site."""
