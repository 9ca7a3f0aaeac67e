"""The web page and the API: takes an exam, shows the answer, lets it be questioned.

Routes are thin: each parses, calls one function of a room to its left, and renders. Nothing is
kept unless a store is named. Needs the extra ``serve``.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hepaspot.serve.app import create_app
    from hepaspot.serve.settings import ServeSettings

__all__ = ["ServeSettings", "create_app"]


def __getattr__(name: str) -> object:
    """Load the web framework on first use: who reads on the command line waits for none."""
    if name == "create_app":
        from hepaspot.serve.app import create_app

        return create_app
    if name == "ServeSettings":
        from hepaspot.serve.settings import ServeSettings

        return ServeSettings
    raise AttributeError(f"module 'hepaspot.serve' has no attribute {name!r}")
