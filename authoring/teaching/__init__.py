"""What a lecturer takes from the book: quizzes, assignments, a plan, and a class on JupyterHub."""
