"""The words of a document once more, when the audit is done."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hepaspot.archive.documents import Document
from hepaspot.archive.store_files import bring, head, named_as
from hepaspot.archive.stores import is_in_store
from hepaspot.intake import HEAD_BYTES, is_picture, open_report, plain_words
from hepaspot.reading import is_picture_file
from hepaspot.remote.servers import Away


def words_again(document: Document) -> str | None:
    """The words as they were read; None of a picture. A store is asked once.

    Raises
    ------
    Away
        If its store cannot be reached.
    HepaspotError
        If it is gone, or is not a report by now.
    """
    if document.text is not None:
        return plain_words(document.text, "the report")
    path = document.path or ""
    if not is_in_store(path):
        return None if is_picture_file(path) else open_report(Path(path)).text
    if is_picture(head(path, HEAD_BYTES)):
        return None
    with TemporaryDirectory(prefix="hepaspot-") as folder:
        file = Path(folder, named_as(path))
        bring(path, file)
        return open_report(file).text


class Again:
    """Reads words of many documents; a store that was away once is not asked again."""

    def __init__(self) -> None:
        self._away: set[str] = set()

    def words(self, document: Document) -> str | None:
        """As `words_again`."""
        store = "/".join((document.path or "").split("/")[:3])
        if store in self._away:
            raise Away("the store cannot be reached")
        try:
            return words_again(document)
        except Away:
            self._away.add(store)
            raise
