"""Worlds: people, relations, rules and happenings, made through the public calls alone."""
