"""A book on its way in: choose it, see what it would do, watch it, read what became of it."""
