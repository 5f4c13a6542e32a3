"""Networks that come with their weights, run by the book's own operations."""
