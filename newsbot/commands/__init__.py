"""Commands that replace those of Scrapy."""
