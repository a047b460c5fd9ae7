"""Text from outside, made safe for a terminal."""


def plain(text: str) -> str:
    """Show what cannot be printed, such as escape codes and direction marks, as one mark."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
