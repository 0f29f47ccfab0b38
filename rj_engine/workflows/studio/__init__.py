"""The studio: drafts of pathways, their checks and proofs, publishing by two people, and moving cases over."""
