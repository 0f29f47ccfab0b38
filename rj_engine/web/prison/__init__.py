"""The prison board, its figures, the places, and the prison steps of one case."""
