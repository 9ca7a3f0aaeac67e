from __future__ import annotations

import pytest
from deidentify.canaries import KEY
from intake.dicoms import saved

from hepaspot.deidentify import Wish, deidentify


@pytest.fixture
def shared(tmp_path):
    """De-identifies the bytes of a file; gives the path of the new one."""

    def shared(data: bytes, *, key=KEY, wish=Wish(), folder: str = "out"):  # noqa: B008  frozen
        return deidentify(saved(tmp_path, data), tmp_path / folder, key, wish).path

    return shared
