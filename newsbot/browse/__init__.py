"""The archive in a browser: Datasette on the database, told what it holds."""
