"""The picture back: annotated stills, contact sheets of clips, the profile of a focus.

Drawing needs the extra ``picture`` (the profile needs ``plot``), telling in words does not.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hepaspot.explain.picture.annotated import annotate

__all__ = ["annotate"]


def __getattr__(name: str) -> object:
    """Load what draws on first use: who tells in words waits for no drawing library."""
    if name != "annotate":
        raise AttributeError(f"module 'hepaspot.explain.picture' has no attribute {name!r}")
    from hepaspot.explain.picture.annotated import annotate

    return annotate
