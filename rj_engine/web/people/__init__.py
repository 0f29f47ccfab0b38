"""The pages about staff: signing in, accounts, training, conflicts of interest and keys."""
