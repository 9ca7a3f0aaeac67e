"""The pages' modules by their declared types, as strictly as the checker can."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHECKER = ROOT / "node_modules" / ".bin" / "tsc"


@pytest.mark.skipif(not CHECKER.exists(), reason="no type checker here; npm install brings it")
def test_what_is_declared_in_the_pages_modules_holds():
    run = subprocess.run(
        [str(CHECKER), "--project", str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout
