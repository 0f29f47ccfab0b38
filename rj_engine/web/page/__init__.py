"""What every page is made of: who may open it, its fields and words, what was posted, and what was said back."""
