"""A workspace's colour: what the app makes of it in both schemes, and how well it is read there.

The arithmetic is that of the tokens (frontend/src/css/tokens.css), which get three numbers and correct them.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

HEX = re.compile(r"#[0-9a-f]{6}", re.ASCII)
READABLE = 4.5
"""The contrast that text has to have at least (WCAG 2.2, AA)."""

PIVOTAL = "#525dcc"
"""The colour of a workspace that has none of its own, as the tokens have it."""

# By how much lightness a colour is made darker at a time.
_DARKER = 0.005

_Triple = tuple[float, float, float]


class Oklch(NamedTuple):
    """A colour by lightness (0 to 1), chroma and hue (degrees)."""

    lightness: float
    chroma: float
    hue: float


class Use(NamedTuple):
    """One way in which a colour is used.

    Attributes:
        name: what for, in a few words.
        scheme: ``light`` or ``dark``.
        colour: what the app makes of the colour there, as ``#rrggbb``.
        ground: what it stands on, or on what the words stand.
        chosen: the contrast that the colour would have as it was chosen.
        shown: the contrast that it has.
    """

    name: str
    scheme: str
    colour: str
    ground: str
    chosen: float
    shown: float

    @property
    def corrected(self) -> bool:
        """Whether the colour would not be read well as it was chosen."""
        return self.chosen < READABLE


def parse(text: str) -> str | None:
    """Return a colour as ``#rrggbb`` in lower case, or None where the text is none; ``f00`` will do for one."""
    plain = text.strip().lower().removeprefix("#")
    if len(plain) == 3:  # noqa: PLR2004 - the short form
        plain = "".join(digit * 2 for digit in plain)
    return f"#{plain}" if HEX.fullmatch(f"#{plain}") else None


def stylesheet(colour: str) -> str:
    """Return the stylesheet of a workspace's colour, which follows the app's own."""
    light, chroma, hue = _brand_of(colour)
    return f":root{{--brand-h:{hue};--brand-c:{chroma};--brand-l:{light}}}\n"


def uses_of(colour: str) -> list[Use]:
    """Return how a colour is used: below the words of buttons, and as words, in both schemes."""
    return _uses(colour, _brand_of(colour))


def _brand_of(colour: str) -> Oklch:
    """Return the three numbers of a colour, darker where words would be hard to read as screens show it."""
    light, chroma, hue = to_oklch(colour)
    # To a thousandth: between two of them the tokens would take the colour for half dark.
    brand = Oklch(round(light, 3), round(chroma, 4), round(hue, 1))
    while brand.lightness > _DARKER and any(use.shown < READABLE for use in _uses(colour, brand)):
        brand = brand._replace(lightness=round(min(brand.lightness, 0.535) - _DARKER, 3))
    return brand


def _uses(colour: str, brand: Oklch) -> list[Use]:
    light, chroma, hue = brand
    is_dark = min(max((0.575 - light) * 1000, 0), 1)
    button = to_hex(Oklch(min(light, 0.535) * is_dark + max(light, 0.62) * (1 - is_dark), chroma, hue))
    on_button = to_hex(Oklch(0.18 + 0.82 * is_dark, 0, 0))
    grounds = {"light": "#ffffff", "dark": to_hex(Oklch(0.2, 0.008, hue))}
    words = {
        "light": to_hex(Oklch(min(light, 0.5), chroma, hue)),
        "dark": to_hex(Oklch(max(light, 0.78), min(chroma, 0.12), hue)),
    }
    uses = [Use("Buttons", "both", button, on_button, contrast(colour, on_button), contrast(button, on_button))]
    uses += [
        Use("Links and marks", scheme, words[scheme], ground, contrast(colour, ground), contrast(words[scheme], ground))
        for scheme, ground in grounds.items()
    ]
    return uses


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def to_oklch(colour: str) -> Oklch:
    """Return a colour by lightness, chroma and hue (Björn Ottosson's Oklab)."""
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return Oklch(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)


def to_hex(colour: Oklch) -> str:
    """Return a colour as ``#rrggbb``; what no screen shows is cut off, as browsers do."""
    a = colour.chroma * math.cos(math.radians(colour.hue))
    b = colour.chroma * math.sin(math.radians(colour.hue))
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _curved(min(max(part, 0), 1))):02x}" for part in linear)


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: str) -> _Triple:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)  # noqa: PLR2004 - sRGB's
    return red, green, blue


def _curved(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055  # noqa: PLR2004 - likewise
