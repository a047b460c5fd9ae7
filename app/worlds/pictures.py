"""Pictures for people who have none: quiet patterns, the same for the same seed."""

import io
import math
from collections.abc import Callable
from random import Random
from typing import Final

from PIL import Image, ImageDraw

from app.worlds.world import Drawing

SIDE: Final = 320
SCALE: Final = 2
"""Drawn larger and made smaller, which smooths the edges."""

Palette = tuple[str, str, str, str, str]

PALETTES: Final[tuple[Palette, ...]] = (
    ("#f4e9d8", "#e8b98a", "#d97b5b", "#8c4a4a", "#3d2b3d"),
    ("#e3eef0", "#a7cdd1", "#5c9ea8", "#2f6673", "#17343f"),
    ("#f2efe2", "#cfd6a5", "#93a96b", "#56744d", "#2b4035"),
    ("#efe6f3", "#cdb4dc", "#9c7fb8", "#614f86", "#2f2a4f"),
    ("#fdf0e6", "#f7c8a8", "#ec9490", "#b55d79", "#5b3557"),
    ("#eaf2fb", "#b5cff0", "#7ba3db", "#4469a8", "#22365f"),
    ("#fbf4dc", "#f2d680", "#dfa94a", "#a4682f", "#4d3524"),
    ("#e9f3ee", "#aedbc5", "#68b09a", "#367a70", "#1b4346"),
    ("#f6ebe9", "#e0b9b4", "#bb8487", "#7d5563", "#3b2f42"),
    ("#edeef2", "#c2c7d3", "#8a93a8", "#566078", "#2a3042"),
)


def draw(drawing: Drawing) -> bytes:
    """Draw one as PNG."""
    chance = Random(f"{drawing.motif} {drawing.seed}")
    palette = PALETTES[drawing.seed % len(PALETTES)]
    image = Image.new("RGB", (SIDE * SCALE, SIDE * SCALE), palette[0])
    MOTIFS[drawing.motif](ImageDraw.Draw(image), palette, chance)
    small = image.resize((SIDE, SIDE), Image.Resampling.BOX)
    buffer = io.BytesIO()
    small.save(buffer, "PNG", compress_level=4)
    return buffer.getvalue()


Pen = ImageDraw.ImageDraw
FULL: Final = SIDE * SCALE


def _disc(pen: Pen, centre: tuple[float, float], radius: float, colour: str) -> None:
    x, y = centre
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _dunes(pen: Pen, palette: Palette, chance: Random) -> None:
    """Draw rolling hills under a low sun."""
    _disc(
        pen,
        (FULL * chance.uniform(0.25, 0.75), FULL * chance.uniform(0.2, 0.4)),
        FULL * chance.uniform(0.1, 0.18),
        palette[1],
    )
    for layer, colour in enumerate(palette[1:]):
        height = FULL * (0.42 + 0.15 * layer)
        swing = FULL * chance.uniform(0.04, 0.1)
        turn, phase = chance.uniform(0.6, 1.5), chance.uniform(0, math.tau)
        ridge = [
            (x, height + swing * math.sin(turn * math.tau * x / FULL + phase))
            for x in range(0, FULL + 8, 8)
        ]
        pen.polygon([(0, FULL), *ridge, (FULL, FULL)], fill=colour)


def _peaks(pen: Pen, palette: Palette, chance: Random) -> None:
    """Draw mountains, one range behind the other."""
    _disc(pen, (FULL * chance.uniform(0.2, 0.8), FULL * 0.26), FULL * 0.12, palette[1])
    for layer, colour in enumerate(palette[1:]):
        base = FULL * (0.5 + 0.14 * layer)
        ridge: list[tuple[float, float]] = []
        x = -FULL * chance.uniform(0.05, 0.3)
        while x < FULL * 1.2:
            step = FULL * chance.uniform(0.16, 0.3)
            ridge += [(x, base), (x + step / 2, base - FULL * chance.uniform(0.08, 0.24))]
            x += step
        pen.polygon([(0, FULL), *ridge, (FULL, FULL)], fill=colour)


def _petals(pen: Pen, palette: Palette, chance: Random) -> None:
    """Draw a flower seen from above."""
    count = chance.choice((5, 6, 7, 8))
    start = chance.uniform(0, math.tau)
    rings = ((0.27, 0.0, palette[1]), (0.19, 0.5, palette[2]), (0.12, 0.5, palette[3]))
    for ring, turn, colour in rings:
        for petal in range(count):
            angle = start + math.tau * (petal + turn) / count
            centre = (
                FULL * (0.5 + ring * math.cos(angle)),
                FULL * (0.5 + ring * math.sin(angle)),
            )
            _disc(pen, centre, FULL * ring * 0.62, colour)
    _disc(pen, (FULL / 2, FULL / 2), FULL * 0.09, palette[4])


def _rings(pen: Pen, palette: Palette, chance: Random) -> None:
    """Draw circles inside one another, drifting."""
    x, y = FULL * chance.uniform(0.35, 0.65), FULL * chance.uniform(0.35, 0.65)
    drift = FULL * chance.uniform(-0.03, 0.03), FULL * chance.uniform(-0.03, 0.03)
    for step, radius in enumerate((0.62, 0.5, 0.39, 0.29, 0.2, 0.11)):
        centre = (x + drift[0] * step, y + drift[1] * step)
        _disc(pen, centre, FULL * radius, palette[(1, 2, 3, 4, 1, 0)[step]])


def _tiles(pen: Pen, palette: Palette, chance: Random) -> None:
    """Draw quarter circles in a grid (after Truchet)."""
    count = chance.choice((3, 4))
    cell = FULL / count
    for row in range(count):
        for column in range(count):
            left, top = column * cell, row * cell
            ground, figure = chance.sample(palette, 2)
            pen.rectangle((left, top, left + cell, top + cell), fill=ground)
            corner = chance.choice(((0, 0), (1, 0), (0, 1), (1, 1)))
            x, y = left + corner[0] * cell, top + corner[1] * cell
            start = {(0, 0): 0, (1, 0): 90, (1, 1): 180, (0, 1): 270}[corner]
            box = (x - cell, y - cell, x + cell, y + cell)
            pen.pieslice(box, start, start + 90, fill=figure)


def _waves(pen: Pen, palette: Palette, chance: Random) -> None:
    """Draw the scales of the sea."""
    size = FULL / chance.choice((2.5, 3))
    shades = [palette[1], palette[2], palette[3], palette[4]]
    chance.shuffle(shades)
    for row in range(-1, 13):
        y = row * size * 0.42 + size / 2
        for column in range(-1, 7):
            x = (column + 0.5 * (row % 2)) * size
            for ring in range(4):
                _disc(pen, (x, y), size * (0.5 - 0.125 * ring), (palette[0], *shades)[ring])


def _leaves(pen: Pen, palette: Palette, chance: Random) -> None:
    """Draw a branch with leaves."""
    lean = chance.uniform(-0.12, 0.12)
    stem = [(FULL * (0.5 + lean * (t - 0.5)), FULL * (1.02 - t)) for t in (0, 0.5, 0.94)]
    pen.line(stem, fill=palette[4], width=FULL // 60)
    for index in range(8):
        t = 0.12 + index * 0.1
        root = (FULL * (0.5 + lean * (t - 0.5)), FULL * (1.02 - t))
        side = 1 if index % 2 else -1
        angle = -math.pi / 2 + side * chance.uniform(0.75, 1.05)
        _leaf(pen, root, angle, FULL * (0.36 - 0.02 * index), palette[1 + index % 3])


def _leaf(pen: Pen, root: tuple[float, float], angle: float, length: float, colour: str) -> None:
    along, across = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
    edge: list[tuple[float, float]] = []
    for side in (1, -1):
        steps = range(21) if side == 1 else range(20, -1, -1)
        for step in steps:
            t = step / 20
            width = side * length * 0.22 * math.sin(math.pi * t**0.8)
            edge.append(
                (
                    root[0] + along[0] * length * t + across[0] * width,
                    root[1] + along[1] * length * t + across[1] * width,
                )
            )
    pen.polygon(edge, fill=colour)


def _arches(pen: Pen, palette: Palette, chance: Random) -> None:
    """Draw rainbows in rows of doors."""
    count = chance.choice((2, 3))
    width = FULL / count
    rows = count
    for row in range(rows):
        for column in range(count):
            shades = list(palette[1:])
            chance.shuffle(shades)
            x, floor = (column + 0.5) * width, (row + 1) * FULL / rows
            for ring, colour in enumerate(shades):
                radius = width * (0.46 - 0.1 * ring)
                top = floor - FULL / rows * 0.92 + width * 0.1 * ring + radius
                pen.pieslice((x - radius, top - radius, x + radius, top + radius), 180, 360, colour)
                pen.rectangle((x - radius, top, x + radius, floor), fill=colour)


def _moons(pen: Pen, palette: Palette, chance: Random) -> None:
    """Draw a night sky: one moon, some stars, its mirror in the water."""
    pen.rectangle((0, 0, FULL, FULL), fill=palette[4])
    for _ in range(26):
        star = (chance.uniform(0, FULL), chance.uniform(0, FULL * 0.62))
        _disc(pen, star, FULL * chance.uniform(0.003, 0.008), palette[1])
    x, radius = FULL * chance.uniform(0.35, 0.65), FULL * chance.uniform(0.15, 0.21)
    _disc(pen, (x, FULL * 0.36), radius, palette[0])
    bite = radius * chance.uniform(0.45, 0.8)
    _disc(pen, (x + bite, FULL * 0.36 - bite * 0.35), radius, palette[4])
    pen.rectangle((0, FULL * 0.68, FULL, FULL), fill=palette[3])
    for line in range(6):
        half, y = FULL * (0.17 - 0.022 * line), FULL * (0.72 + 0.045 * line)
        shift = FULL * chance.uniform(-0.03, 0.03)
        pen.rounded_rectangle(
            (x - half + shift, y, x + half + shift, y + FULL * 0.014), FULL * 0.007, palette[2]
        )


def _weave(pen: Pen, palette: Palette, chance: Random) -> None:
    """Draw ribbons over and under."""
    count = chance.choice((5, 6))
    cell = FULL / count
    warp = [chance.choice(palette[1:3]) for _ in range(count)]
    weft = [chance.choice(palette[3:]) for _ in range(count)]
    gap = cell * 0.1
    for row in range(count):
        for column in range(count):
            left, top = column * cell, row * cell
            across = (left - gap, top + gap, left + cell + gap, top + cell - gap)
            down = (left + gap, top - gap, left + cell - gap, top + cell + gap)
            over = (row + column) % 2
            pen.rectangle(across if over else down, fill=weft[row] if over else warp[column])


MOTIFS: Final[dict[str, Callable[[Pen, Palette, Random], None]]] = {
    "arches": _arches,
    "dunes": _dunes,
    "leaves": _leaves,
    "moons": _moons,
    "peaks": _peaks,
    "petals": _petals,
    "rings": _rings,
    "tiles": _tiles,
    "waves": _waves,
    "weave": _weave,
}
