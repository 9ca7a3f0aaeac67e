"""The picture back: annotated stills, contact sheets of clips, the profile of a focus.

Drawing needs the extra ``picture`` (the profile needs ``plot``), telling in words does not.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hepaspot.explain.picture.annotated import annotate
    from hepaspot.explain.picture.profile import Curves, plot_profile
    from hepaspot.explain.picture.sheet import chosen_frames, contact_sheet

__all__ = ["Curves", "annotate", "chosen_frames", "contact_sheet", "plot_profile"]

_MODULES: Final = {
    "Curves": "profile",
    "annotate": "annotated",
    "chosen_frames": "sheet",
    "contact_sheet": "sheet",
    "plot_profile": "profile",
}


def __getattr__(name: str) -> object:
    """Load what draws on first use: who tells in words waits for no drawing library."""
    if name not in _MODULES:
        raise AttributeError(f"module 'hepaspot.explain.picture' has no attribute {name!r}")
    return getattr(import_module(f"hepaspot.explain.picture.{_MODULES[name]}"), name)
