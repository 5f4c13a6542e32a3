"""The web edition: the stored notebooks as pages that need no kernel, no server and no network."""
