"""Public holidays by country and subdivision, of the ``holidays`` library.

Loading the library takes about half a second and 45 MB, so it waits until somebody's calendar has holidays in it.
"""

import asyncio
import functools
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

_LANGUAGE = "en_US"
_SMALL_WORDS = frozenset({"and", "of", "the"})


@dataclass(frozen=True, slots=True)
class Country:
    """A country whose holidays are known.

    Attributes:
        code: ISO 3166, such as ``DE``.
        name: in English.
        subdivisions: the names of those that have holidays of their own, by code.
    """

    code: str
    name: str
    subdivisions: Mapping[str, str]


async def load() -> None:
    """Load the library where that is still to be done, without holding up other requests."""
    if not countries.cache_info().currsize:
        await asyncio.to_thread(countries)


@functools.cache
def countries() -> Mapping[str, Country]:
    """Return the countries whose holidays are known, by code; call ``load`` first."""
    import holidays  # noqa: PLC0415 - the module's docstring says why
    from holidays.registry import COUNTRIES  # noqa: PLC0415

    known = holidays.list_supported_countries(include_aliases=False)
    names = {code: _words(module) for module, (_, code, *_) in COUNTRIES.items()}
    found = []
    for code, subdivisions in known.items():
        labels = getattr(holidays, code).subdivisions_aliases
        # Later entries would win, and the first name of a subdivision is its usual one.
        usual = {subdivision: label for label, subdivision in reversed(labels.items())}
        found.append(Country(code, names[code], {name: usual.get(name, name) for name in subdivisions}))
    return {country.code: country for country in sorted(found, key=lambda country: country.name)}


def holidays_in(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    """Return the English names of a year's holidays by date; call ``load`` first.

    There are none in years that the library knows nothing of, and none of a country or subdivision that it does not
    know any more: a calendar that was valid stays usable.
    """
    import holidays  # noqa: PLC0415 - the module's docstring says why

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it knows nothing of the year, or some dates by estimate only
        try:
            found = holidays.country_holidays(country, subdivision, year, expand=False, language=_LANGUAGE)
        except NotImplementedError:
            return {}
    return {day: name for day, name in found.items() if day.year == year}


def _words(module: str) -> str:
    """Return a country's name by the name of its module: ``isle_of_man`` is the Isle of Man."""
    return " ".join(word if word in _SMALL_WORDS else word.capitalize() for word in module.split("_"))
