"""What is told of a fault of hepaspot itself: never its message, which may quote the patient."""

from __future__ import annotations

import traceback
from pathlib import Path


def kind_and_place(error: Exception) -> str:
    """What kind of error it is and where it was raised, such as ``KeyError at weigh/rows.py:12``."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).parent.name}/{Path(frame.filename).name}:{frame.lineno}"
    return f"{type(error).__name__} at {place}"
