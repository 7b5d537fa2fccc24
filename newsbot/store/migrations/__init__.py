"""Alembic's scripts: every step from an empty database to the current tables."""
