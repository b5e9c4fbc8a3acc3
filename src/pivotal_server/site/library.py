"""The library: every document of every section, found by path, and what comes before and after it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from pivotal_server.site.contents import read_sections

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pivotal_server.site.contents import Section
    from pivotal_server.site.documents import Document, Source


class Library:
    """All documents.

    Args:
        sections: in order.

    Attributes:
        sections: as given.
        documents: of all sections, in order.
    """

    def __init__(self, sections: Sequence[Section]) -> None:
        self.sections = tuple(sections)
        self.documents = tuple(document for section in sections for document in section.documents)
        self._places = {document.path: place for place, document in enumerate(self.documents)}
        self._addresses = {document.file: document.address for document in self.documents}
        self._of = {document.path: section for section in sections for document in section.documents}

    @classmethod
    def read(cls, folder: Path, sources: Mapping[str, Source]) -> Library:
        """Return what the folder's ``contents.yml`` lists.

        Args:
            folder: as ``docs_folder`` gives it.
            sources: those of generated documents, by the names that ``contents.yml`` has for them.

        Raises:
            ContentsError: it does not fit the files.
        """
        return cls(read_sections(folder, sources))

    def find(self, path: str) -> Document | None:
        """Return the document of a path such as ``webhooks/signing``, or None."""
        place = self._places.get(path)
        return None if place is None else self.documents[place]

    def find_section(self, folder: str) -> Section | None:
        """Return the section of a folder, or None."""
        return next((section for section in self.sections if section.folder == folder), None)

    def section_of(self, document: Document) -> Section:
        """Return the section that a document stands in."""
        return self._of[document.path]

    def address_of(self, file: str) -> str | None:
        """Return where the document of a file below the repository is served; None where it is none."""
        return self._addresses.get(file)

    def around(self, document: Document) -> tuple[Document | None, Document | None]:
        """Return the documents that are read before and after this one."""
        place = self._places[document.path]
        before = self.documents[place - 1] if place else None
        after = self.documents[place + 1] if place + 1 < len(self.documents) else None
        return before, after

    @functools.cached_property
    def paths(self) -> list[str]:
        """The paths of all documents."""
        return list(self._places)
