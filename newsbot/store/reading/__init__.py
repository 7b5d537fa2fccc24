"""Answers questions about the database: searches, the status, articles one by one."""
