"""Blocks and fields as bits of one number, for the store."""

from app.domain import Block, Field

_BLOCKS = tuple(Block)
_FIELDS = tuple(Field)
_BLOCKS_OF = tuple(
    tuple(block for bit, block in enumerate(_BLOCKS) if mask >> bit & 1) for mask in range(4)
)


def blocks_to_mask(blocks: tuple[Block, ...]) -> int:
    """Write blocks as bits."""
    return sum(1 << _BLOCKS.index(block) for block in set(blocks))


def mask_to_blocks(mask: int) -> tuple[Block, ...]:
    """Read blocks from bits, in their one order."""
    return _BLOCKS_OF[mask]


def fields_to_mask(fields: tuple[Field, ...]) -> int:
    """Write fields as bits."""
    return sum(1 << _FIELDS.index(field) for field in set(fields))


def mask_to_fields(mask: int) -> tuple[Field, ...]:
    """Read fields from bits, in the order in which they are shown."""
    return tuple(field for bit, field in enumerate(_FIELDS) if mask >> bit & 1)
