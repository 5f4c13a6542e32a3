"""How a wrong answer is held against the right one until its cause is found; ``naming`` says in which order."""
