"""Colours: read in any spelling that people use, corrected until they can be read, and nothing but three numbers."""

import itertools
import re

import pytest

from pivotal_server.branding.colours import PIVOTAL, READABLE, contrast, parse, stylesheet, to_hex, to_oklch, uses_of

STEPS = range(0, 256, 51)
COLOURS = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in itertools.product(STEPS, STEPS, STEPS)]
# Purples of which screens cut something off, and one whose lightness lies between dark and light.
HARD = ["#a500ff", "#a50fff", "#963cff", "#e10f00", "#874bf0"]


@pytest.mark.parametrize(
    ("text", "colour"),
    [("#4F46E5", "#4f46e5"), ("4f46e5", "#4f46e5"), (" #f0a ", "#ff00aa"), ("f0a", "#ff00aa"), (PIVOTAL, PIVOTAL)],
)
def test_a_colour_is_read_as_people_write_it(text: str, colour: str) -> None:
    assert parse(text) == colour


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#",
        "red",
        "#12345",
        "#1234567",
        "#ggg",
        "rgb(0,0,0)",
        "#fff;}body{color:red",
        "#fff\n}",
        "#\uff11\uff12\uff13",
    ],
)
def test_nothing_else_is_a_colour(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize("colour", [*COLOURS[::7], *HARD])
def test_whatever_is_chosen_can_be_read(colour: str) -> None:
    assert min(use.shown for use in uses_of(colour)) >= READABLE
    assert re.fullmatch(r":root\{--brand-h:[\d.]+;--brand-c:[\d.e-]+;--brand-l:[\d.]+\}\n", stylesheet(colour))


def test_the_arithmetic_is_that_of_the_standards() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert [round(part, 3) for part in to_oklch("#ff0000")] == [0.628, 0.258, 29.234]
    assert all(to_hex(to_oklch(colour)) == colour for colour in COLOURS)


def test_pivotals_own_colour_is_shown_as_it_is() -> None:
    buttons, light, _ = uses_of(PIVOTAL)
    assert buttons.colour == PIVOTAL
    assert not buttons.corrected
    assert not light.corrected
