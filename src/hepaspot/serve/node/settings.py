"""What a node is told: the sections of its configuration file, their defaults and bounds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

TITLE: Final = r"^(?! )[ -\[\]-~]{1,16}(?<! )\Z"
NAME: Final = r"^[a-z0-9][a-z0-9_-]{0,31}\Z"
HOST: Final = r"^[^\s/@]+\Z"
URL: Final = r"^https?://[^\s/@?#]+[^\s@?#]*\Z"
WORD: Final = r"^.+\Z"

IN_WORDS: Final = {
    TITLE: "a title of 1 to 16 letters of ASCII, without a backslash or a space at its ends",
    NAME: "a name of 1 to 32 small letters, digits, - and _",
    HOST: "the name or the address of a machine",
    URL: "an address that starts with http:// or https://, without a user, ? or #",
    WORD: "something in it",
}
"""What each pattern asks for, as a user is told."""

Title = Annotated[str, Meta(pattern=TITLE)]
"""An application entity title (PS3.5, 6.2)."""

Host = Annotated[str, Meta(pattern=HOST)]
Url = Annotated[str, Meta(pattern=URL)]
Port = Annotated[int, Meta(ge=1, le=65535)]
Seconds = Annotated[float, Meta(gt=0, le=86_400)]
Named = Annotated[str, Meta(pattern=NAME)]

SendFormat = Literal["sr", "sc", "pdf", "seg"]
"""What can be put into a PACS."""


class Section(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=False
):
    """Base of all sections."""


class TlsServer(Section, frozen=True, kw_only=True):
    """TLS for what is listened on: with ``client_ca``, only clients that it signed get in."""

    certificate: Path
    key: Path
    client_ca: Path | None = None


class TlsClient(Section, frozen=True, kw_only=True):
    """TLS for what is connected to; the system's authorities are trusted where none is named."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


class Listen(Section, frozen=True, kw_only=True):
    """The Storage SCP."""

    host: Host = "127.0.0.1"
    port: Port = 11112
    anyone: bool = False
    """Take exams from every calling title."""

    most_associations: Annotated[int, Meta(ge=1, le=512)] = 64
    """Associations at once; more are turned away for the moment."""

    idle_s: Seconds = 60.0
    """A peer that says nothing for so long is let go."""

    largest_mib: Annotated[int, Meta(ge=1, le=4096)] = 1024
    """Largest instance that is taken."""

    reserve_mib: Annotated[int, Meta(ge=0)] = 512
    """Disk that is left free: below it nothing is taken."""

    tls: TlsServer | None = None


class Caller(Section, frozen=True, kw_only=True):
    """A title that may send exams, from any address or from one."""

    ae_title: Title
    address: str | None = None


class Reading(Section, frozen=True, kw_only=True):
    """How a study is read, and what is made of it."""

    quiet_s: Seconds = 60.0
    """A study to which nothing came for so long is taken to be whole."""

    workers: Annotated[int, Meta(ge=0, le=64)] = 1
    """Processes that read; 0 where they run on other machines."""

    longest_s: Seconds = 1800.0
    """A reading that takes longer is ended."""

    tries: Annotated[int, Meta(ge=1, le=10)] = 3
    """How often a study is begun whose reading ends the process."""

    language: Literal["en", "zh"] = "en"
    setting: Literal["health-check", "symptomatic"] | None = None
    region: Literal["east_asia", "south_east_asia", "elsewhere"] | None = None
    keep_h: Annotated[float, Meta(ge=0, le=87_600)] = 24.0
    """How long pictures and results are kept here after all was delivered."""


class Destination(Section, frozen=True, kw_only=True):
    """Base of where results are sent."""

    name: Named
    formats: tuple[SendFormat, ...] = ("sr", "sc")
    tls: TlsClient | None = None
    wait_s: Seconds = 5.0
    """The first wait after a failure; it doubles with each."""

    longest_wait_s: Seconds = 600.0
    answer_s: Seconds = 60.0
    """A peer that has not answered by then has failed."""

    tries: Annotated[int, Meta(ge=1, le=1000)] = 8
    """How often an object is sent that the peer refuses; then it is a dead letter."""


class DicomDestination(Destination, frozen=True, kw_only=True, tag_field="kind", tag="dicom"):
    """A Storage SCP, such as a PACS."""

    host: Host
    port: Port
    ae_title: Title
    commitment: bool = False
    """Ask the peer to commit itself to what it took (PS3.4, annex J)."""

    commitment_s: Seconds = 600.0
    """How long to wait for its word before it is asked again."""


class StowDestination(Destination, frozen=True, kw_only=True, tag_field="kind", tag="stow"):
    """A DICOMweb server; ``url`` is what ``/studies`` is put behind."""

    url: Url
    token_file: Path | None = None
    user: str | None = None
    password_file: Path | None = None


class Pull(Section, frozen=True, kw_only=True):
    """A DICOMweb server that studies are fetched from on request."""

    url: Url
    tls: TlsClient | None = None
    token_file: Path | None = None
    user: str | None = None
    password_file: Path | None = None
    wait_s: Seconds = 5.0
    longest_wait_s: Seconds = 600.0
    answer_s: Seconds = 60.0
    tries: Annotated[int, Meta(ge=1, le=1000)] = 8


class Watch(Section, frozen=True, kw_only=True):
    """The page for those who watch: health, metrics, the queue."""

    host: Host = "127.0.0.1"
    port: Port = 8421
    token_file: Path | None = None
    """Needed where ``host`` is not this machine's own."""


class NodeSettings(Section, frozen=True, kw_only=True):
    """The whole file."""

    folder: Path
    """Where exams and results lie until they are delivered."""

    ae_title: Title = "HEPASPOT"
    store: Annotated[str, Meta(pattern=WORD)] | None = None
    """Database of the queue: a file, or postgresql://...; ``node.sqlite`` in ``folder``."""

    listen: Listen = Listen()
    calling: tuple[Caller, ...] = ()
    reading: Reading = Reading()
    send: tuple[DicomDestination | StowDestination, ...] = ()
    pull: Pull | None = None
    watch: Watch = Watch()

    @property
    def formats(self) -> tuple[str, ...]:
        """All formats that some destination wants."""
        return tuple(dict.fromkeys(each for to in self.send for each in to.formats)) or ("sr",)

    @property
    def database(self) -> str:
        """Where the queue is."""
        return self.store or str(self.folder / "node.sqlite")

    def destination(self, name: str) -> DicomDestination | StowDestination | None:
        """The destination of that name, if there still is one."""
        return next((each for each in self.send if each.name == name), None)
