"""The picture back: annotated stills, contact sheets of clips, the profile of a focus.

Needs the extra ``picture`` (the profile needs ``plot``); nothing else of `hepaspot.explain`
imports this.
"""

from hepaspot.explain.picture.annotated import annotate

__all__ = ["annotate"]
