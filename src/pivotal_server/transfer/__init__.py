"""A workspace's data on its way out: lists as CSV, and everything as one file, made in the background."""
