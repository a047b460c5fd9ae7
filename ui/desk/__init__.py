"""The testers' desk: a few people of one world side by side, each an ordinary session."""
