"""What takes how long, operations, training, explorers and chapters; and what the checkers name."""
