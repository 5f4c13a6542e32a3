"""The book's shared package."""
