"""Versions of pathways and decisions: checked, published, signed off."""
