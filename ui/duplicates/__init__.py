"""The same person twice: who, why, and the way to one card."""
