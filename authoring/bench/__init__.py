"""What takes how long: operations, training, explorers and chapters."""
