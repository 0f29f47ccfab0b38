"""Whose work it is: the inbox and its filters, promises, waits, caseloads and conflicts of interest."""
