"""Everything that needs PyTorch (chapter 10): networks, training, transfer, and what a unit answers to."""
