"""A worker's day: what is next, the inbox, a task and what was finished."""
