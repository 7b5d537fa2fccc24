"""Kills crawls at random moments."""
