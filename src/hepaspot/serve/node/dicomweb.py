"""The DICOMweb server that a node fetches studies from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hepaspot.errors import InputError, TooLarge
from hepaspot.remote import dicomweb
from hepaspot.remote.dicomweb import FoundObject
from hepaspot.remote.servers import Away as ServerAway
from hepaspot.remote.servers import Refused, Server
from hepaspot.serve.node.carriers import Away
from hepaspot.serve.node.classes import TAKEN
from hepaspot.serve.node.settings import Pull
from hepaspot.serve.node.web import client


class NoStudy(InputError):
    """The server has nothing to read of it."""


class DicomWeb:
    """A server to fetch from.

    Parameters
    ----------
    pull : Pull
    most_bytes : int
        What is larger is not fetched.
    """

    def __init__(self, pull: Pull, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._server = Server(pull.url, client(pull, "pull"))

    def listed(self, uid: str) -> Iterator[FoundObject]:
        """The objects of a study that can be read.

        Raises
        ------
        Away
            If the server, not the study, is at fault.
        NoStudy
        """
        with _told():
            for found in dicomweb.objects(self._server, uid):
                if found.sop_class in TAKEN:
                    yield found

    def bring(self, uid: str, found: FoundObject, write: Callable[[bytes], object]) -> None:
        """Hand on one object of a study piece by piece, as it is stored there.

        Raises
        ------
        Away
            If the server, not the object, is at fault; what was written is not whole.
        NoStudy
        """
        with _told():
            dicomweb.bring(self._server, uid, found, write, most_bytes=self._most_bytes)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except ServerAway as away:
        raise Away(str(away)) from None
    except TooLarge:
        raise NoStudy("an object of the study is larger than listen.largest_mib") from None
    except Refused as refused:
        raise NoStudy(str(refused)) from None
