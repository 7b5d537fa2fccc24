"""Formats in which articles leave the database."""
