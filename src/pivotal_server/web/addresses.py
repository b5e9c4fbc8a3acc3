"""Readable addresses of pages: ``/customers/12-aurora-outfitters``, of which only the number counts."""


def reference_of(place: str) -> str:
    """Return the cuid or display_id in a place such as ``12-aurora-outfitters``."""
    return place.partition("-")[0]
