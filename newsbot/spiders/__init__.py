"""Which page to ask for next: one spider a site."""
