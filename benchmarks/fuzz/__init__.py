"""Searches for input that newsbot does not stand: odd bytes, words, addresses and dates."""
