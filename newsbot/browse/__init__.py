"""The archive in a browser: pages of its own, and Datasette."""
