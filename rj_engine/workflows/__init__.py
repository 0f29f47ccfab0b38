"""The engine and the commands on it: the only place where a case moves."""
