"""Whether anything could be wrong, slow or lost without a test that says so."""
