"""The SDKs as packages, which this server hands out at /sdk: the ones that fit it, wherever it is installed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pivotal_server.site.agents import SAMPLE_ADDRESS
from pivotal_server.site.documents import Document, generated

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parent / "packages"
PREFIX = "/sdk/"
_TYPES = {".whl": "application/zip", ".tgz": "application/gzip"}
_LANGUAGES = {".whl": ("Python", "pip install"), ".tgz": ("TypeScript and JavaScript", "npm install")}
_PACKAGE = """## {language}

Version {version}:

```sh
{command} {address}
```
"""
_VERSION = re.compile(r"-(\d+\.\d+\.\d+[^-]*?)(?:-py3-none-any\.whl|\.tgz)$")
_PAGE = """# Packages

Every Pivotal server hands out the SDKs that fit it{versions}.

A package stays at its address for as long as the server has this version. The SHA-256 of the file comes with it, as the
`ETag`.

{packages}"""


class Package(NamedTuple):
    """One file that installs an SDK.

    Attributes:
        name: the file's, with the version in it.
        content_type: what it is.
        content: all of it.
    """

    name: str
    content_type: str
    content: bytes

    @property
    def version(self) -> str:
        """The version that its name tells."""
        found = _VERSION.search(self.name)
        return found[1] if found else ""


def read_packages(folder: Path = FOLDER) -> dict[str, Package]:
    """Return the packages that were built into a folder, by their names."""
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return {
        file.name: Package(file.name, _TYPES[file.suffix], file.read_bytes()) for file in files if file.suffix in _TYPES
    }


def packages_page(packages: Iterable[Package]) -> list[Document]:
    """Bring the page that says which packages there are."""
    parts, versions = [], []
    for package in packages:
        language, command = _LANGUAGES[Path(package.name).suffix]
        address = f"{SAMPLE_ADDRESS}{PREFIX}{package.name}"
        versions.append(f"{package.version} for {language}")
        parts.append(_PACKAGE.format(language=language, version=package.version, command=command, address=address))
    told = f": {' and '.join(versions)}" if versions else ""
    return [generated("sdks/packages", _PAGE.format(packages="\n".join(parts), versions=told))]
