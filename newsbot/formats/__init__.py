"""What articles look like outside of the database: one format a file."""
