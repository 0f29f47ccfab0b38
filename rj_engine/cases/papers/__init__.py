"""Papers that people bring in: told by what they hold, made anew without what they tell of their makers, or refused."""
