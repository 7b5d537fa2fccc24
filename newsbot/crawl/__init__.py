"""What is between Scrapy and the world, one component a file."""
