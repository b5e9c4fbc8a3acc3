"""Texts in files that spreadsheets open: one that would run as a formula is marked as text."""

# With which a spreadsheet takes a text for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MARK = "'"


def marked(text: str) -> str:
    """Return a text as it stands in a file: with a mark before what a spreadsheet would run.

    What begins with marks before a formula gets one more, so that ``meant`` gives every text back.
    """
    return _MARK + text if _runs(text) else text


def meant(cell: str) -> str:
    """Return the text that ``marked`` made a cell of."""
    return cell.removeprefix(_MARK) if _runs(cell) else cell


def _runs(text: str) -> bool:
    return text.lstrip(_MARK).startswith(_FORMULA)
