"""What a reader's machine runs before anything is installed: only Python's own library may be used here."""
