"""A change as whoever decides on it needs to see it: what it does, what speaks for it, how to undo it."""
