"""How an audit gets into a server: files that hold a token, a password, an authority."""

from __future__ import annotations

import ssl

import msgspec

from hepaspot.errors import InputError
from hepaspot.remote.secret_files import secret
from hepaspot.remote.servers import Login


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """Files, and no secrets: it travels to the workers of a cluster, which have these files."""

    token_file: str | None = None
    user: str | None = None
    password_file: str | None = None
    ca_file: str | None = None

    def login(self) -> Login:
        """What the files hold.

        Raises
        ------
        InputError
            If one cannot be read.
        """
        trusted = None
        if self.ca_file is not None:
            try:
                trusted = ssl.create_default_context(cafile=self.ca_file)
            except (OSError, ssl.SSLError):
                raise InputError(
                    f"{self.ca_file}: holds no certificate of an authority; give it as PEM"
                ) from None
        return Login(
            token=secret(self.token_file),
            user=self.user,
            password=secret(self.password_file) or "",
            trusted=trusted,
        )
