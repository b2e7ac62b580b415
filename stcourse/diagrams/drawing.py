"""A drawing of boxes, circles, arrows and texts, which gives one SVG text.

The SVG stands inside a page, and so takes the page's colour of text: it can be read in a light and
in a dark theme. It has no style sheet and no ids, so that neither the page nor a second drawing on
it is disturbed; heads of arrows are polygons for that reason.
"""

import html
import math
import re
from dataclasses import dataclass, field

INK = "currentColor"
BLUE, ORANGE, GREEN = "#0173b2", "#de8f05", "#029e73"  # of `stlearn.plots.style.COLOURS`
TEXT, SMALL = 16, 13  # pixels; nothing is smaller
_HEAD = 9  # length of an arrow's head
_LOOK = (
    "max-width: 100%; height: auto; color: var(--jp-content-font-color1, currentColor); "
    "font-family: var(--jp-content-font-family, system-ui, sans-serif)"
)


@dataclass
class Drawing:
    """A picture that is drawn piece by piece; x grows to the right, y downwards, in pixels.

    Words may hold subscripts, as in "w_{1}".

    Example:
        >>> from stcourse.diagrams.drawing import Drawing
        >>> drawing = Drawing(120, 40)
        >>> drawing.box(60, 20, 100, 30, "w_{1} = 2")
        >>> "<rect" in drawing.svg("A box.")
        True
    """

    width: int
    height: int
    marks: list = field(default_factory=list)

    def __str__(self):
        return f"Drawing, {self.width} by {self.height} pixels"

    def text(self, x, y, words, size=TEXT, anchor="middle", strong=False):
        """Write words, y being their middle; anchor is "start", "middle" or "end"."""
        weight = ' font-weight="600"' if strong else ""
        self.marks.append(
            f'<text x="{_short(x)}" y="{_short(y + 0.35 * size)}" font-size="{size}" '
            f'text-anchor="{anchor}" fill="{INK}"{weight}>{_with_subscripts(words)}</text>'
        )

    def box(self, x, y, width, height, words="", colour=INK, size=TEXT, dashed=False, strong=False):
        """Draw a box around (x, y), with words in it, a line each."""
        self.marks.append(
            f'<rect x="{_short(x - width / 2)}" y="{_short(y - height / 2)}" '
            f'width="{_short(width)}" height="{_short(height)}" rx="5" {_filled(colour, dashed)}/>'
        )
        self._lines(x, y, words, size, strong)

    def circle(self, x, y, radius, words="", colour=INK, size=TEXT, solid=False):
        """Draw a circle around (x, y), with words in it, a line each."""
        fill = f'fill="{colour}"' if solid else _filled(colour)
        self.marks.append(
            f'<circle cx="{_short(x)}" cy="{_short(y)}" r="{_short(radius)}" {fill}/>'
        )
        self._lines(x, y, words, size, False)

    def line(self, points, colour=INK, dashed=False, width=1.5):
        """Draw a line through points (x, y)."""
        through = " ".join(f"{_short(x)},{_short(y)}" for x, y in points)
        dashes = ' stroke-dasharray="5 4"' if dashed else ""
        self.marks.append(
            f'<polyline points="{through}" fill="none" stroke="{colour}" '
            f'stroke-width="{width}"{dashes}/>'
        )

    def arrow(self, points, colour=INK, dashed=False, width=1.5):
        """Draw a line through points (x, y), with a head at the last."""
        (from_x, from_y), (x, y) = points[-2:]
        length = math.hypot(x - from_x, y - from_y)
        along_x, along_y = (x - from_x) / length, (y - from_y) / length
        neck_x, neck_y = x - _HEAD * along_x, y - _HEAD * along_y
        self.line([*points[:-1], (neck_x, neck_y)], colour, dashed, width)
        half = 0.45 * _HEAD
        corners = [
            (x, y),
            (neck_x - half * along_y, neck_y + half * along_x),
            (neck_x + half * along_y, neck_y - half * along_x),
        ]
        through = " ".join(f"{_short(a)},{_short(b)}" for a, b in corners)
        self.marks.append(f'<polygon points="{through}" fill="{colour}"/>')

    def svg(self, sentence):
        """Return the SVG text.

        Args:
            sentence: What the drawing shows, for those who can't see it.
        """
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" '
            f'aria-label="{html.escape(sentence)}" width="{self.width}" height="{self.height}" '
            f'viewBox="0 0 {self.width} {self.height}" style="{_LOOK}">{"".join(self.marks)}</svg>'
        )

    def _lines(self, x, y, words, size, strong):
        lines = words.split("\n") if words else []
        for place, line in enumerate(lines):
            self.text(x, y + (place - (len(lines) - 1) / 2) * 1.2 * size, line, size, strong=strong)


def written(number):
    """Write a number with three digits, and no more than three after the point.

    Example:
        >>> written(0.46212), written(-0.00001), written(1234.5)
        ('0.462', '0', '1,230')
    """
    short = float(f"{round(number, 3):.3g}") + 0.0  # no negative zero
    return f"{short:,.0f}" if abs(short) >= 1000 else f"{short:g}"


def _short(number):
    return f"{round(float(number), 1):g}"


def _filled(colour, dashed=False):
    fill = "none" if colour == INK else f'{colour}" fill-opacity="0.2'
    dashes = ' stroke-dasharray="5 4"' if dashed else ""
    return f'fill="{fill}" stroke="{colour}" stroke-width="1.5"{dashes}'


def _with_subscripts(words):
    """Text of an SVG, escaped; what stands in _{ } is lowered, and what follows raised again."""
    pieces = re.split(r"_\{([^}]*)\}", words)
    parts, low = [], 0
    for place, piece in enumerate(pieces):
        wanted = 4 if place % 2 else 0
        size = f' font-size="{SMALL}"' if place % 2 else ""
        if piece:
            shift = f' dy="{wanted - low}"' if wanted != low else ""
            text = html.escape(piece)
            parts.append(f"<tspan{shift}{size}>{text}</tspan>" if shift or size else text)
            low = wanted
    return "".join(parts)
