"""The FEEL language, held to its standard, its budgets and its promises to authors."""
