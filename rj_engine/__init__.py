"""Restorative justice cases on diagrams that the service itself edits."""
