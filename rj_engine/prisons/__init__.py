"""Prisons: where somebody is held, what we have asked there, how long it takes, and what was answered."""
