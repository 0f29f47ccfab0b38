"""The REST API, as a program sees it."""
