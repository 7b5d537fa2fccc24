"""The archive's database: the only room that knows SQL; it knows nothing of Scrapy."""
