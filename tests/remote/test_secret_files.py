"""Files with a token or a password: what they hold, and what is said where they hold none."""

from __future__ import annotations

import pytest

from hepaspot.errors import InputError
from hepaspot.remote.secret_files import secret


def test_a_secret_is_the_one_line_of_its_file(tmp_path):
    path = tmp_path / "token"
    path.write_text(" a word \n")
    assert secret(path) == "a word"
    assert secret(None) is None


@pytest.mark.parametrize("content", [b"", b" \n", b"one\ntwo\n", b"a\0b"])
def test_a_file_without_one_line_is_no_secret_and_is_not_quoted(tmp_path, content):
    path = tmp_path / "token"
    path.write_bytes(content)
    line = r"token: holds no token or password in one line; write one into it$"
    with pytest.raises(InputError, match=line):
        secret(path)


def test_a_secret_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(InputError, match=r": cannot be read; check the path and your rights$"):
        secret(tmp_path / "none")
