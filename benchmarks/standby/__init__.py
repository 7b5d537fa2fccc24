"""Two machines with one PostgreSQL: the one that works is killed, again and again."""
