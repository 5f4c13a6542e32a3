"""What authors use: a chapter's notebook is built from its text, held to the book's rules, and tested."""
