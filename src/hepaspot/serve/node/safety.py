"""TLS for what is listened on and what is connected to: version 1.2 at least (PS3.15, B.12)."""

from __future__ import annotations

import ssl
from typing import Final

from hepaspot.errors import InputError
from hepaspot.serve.node.settings import TlsClient, TlsServer

UNLOCKED: Final = "none"
"""Given for every key: one that is locked is refused, instead of asked for on the terminal."""


def server_context(tls: TlsServer) -> ssl.SSLContext:
    """How a server shows who it is, and, with ``client_ca``, asks who calls.

    Raises
    ------
    InputError
        If the certificate, the key or the authority cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(tls.certificate, tls.key, password=UNLOCKED)
        if tls.client_ca is not None:
            context.load_verify_locations(tls.client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
    except (ssl.SSLError, OSError):
        raise InputError(
            "listen.tls: its certificate, key or client_ca cannot be used; give them as PEM, the key unlocked"
        ) from None
    return context


def client_context(tls: TlsClient, where: str) -> ssl.SSLContext:
    """How a client checks whom it talks to, and, with a certificate, shows who it is.

    Raises
    ------
    InputError
        If a file cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=tls.ca)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if tls.certificate is not None:
            context.load_cert_chain(tls.certificate, tls.key, password=UNLOCKED)
    except (ssl.SSLError, OSError):
        raise InputError(
            f"{where}: its ca, certificate or key cannot be used; give them as PEM, the key unlocked"
        ) from None
    return context
