"""One task: worked, drafted, completed, amended, and the letters and contacts that belong to it."""
