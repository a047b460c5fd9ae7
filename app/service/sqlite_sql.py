"""Values of many rows side by side in one parameter of SQLite, and how its SQL takes them out."""

from collections.abc import Sequence
from typing import cast


def packed(values: Sequence[int | bytes | None], hole: str) -> tuple[bytes, str]:
    """Return values side by side in one parameter, and what takes the one of row `n.key` out."""
    if isinstance(values[0], bytes):
        return _packed_bytes(cast("Sequence[bytes]", values), hole)
    texts = ["" if value is None else str(value) for value in values]
    width = max(map(len, texts))
    data = "".join([text.ljust(width) for text in texts]).encode()
    text = f"CAST(substr({hole}, 1 + {width} * n.key, {width}) AS TEXT)"
    if None in values:
        text = f"NULLIF({text}, '{' ' * width}')"
    return data, f"CAST({text} AS INTEGER)"


def _packed_bytes(values: Sequence[bytes], hole: str) -> tuple[bytes, str]:
    width = max(map(len, values))
    if all(len(value) == width for value in values):
        return b"".join(values), f"substr({hole}, 1 + {width} * n.key, {width})"
    data = b"".join([b"%04d%b" % (len(value), value.ljust(width, b"\0")) for value in values])
    start = f"{width + 4} * n.key"
    size = f"CAST(CAST(substr({hole}, 1 + {start}, 4) AS TEXT) AS INTEGER)"
    return data, f"substr({hole}, 5 + {start}, {size})"
