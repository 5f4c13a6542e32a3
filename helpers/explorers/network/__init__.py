"""Inside a network: every layer of a small one on one picture, and where each number came from."""
