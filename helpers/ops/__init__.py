"""Operations in NumPy, named and used like those of torch.nn.functional; NumPy is all they need."""
