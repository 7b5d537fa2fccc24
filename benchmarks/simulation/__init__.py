"""Plays weeks of hourly crawls against the replica, and counts what came of them."""
