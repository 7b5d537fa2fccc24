"""What `record()` costs beside the statements that it runs."""
