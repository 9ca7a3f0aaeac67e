"""No file can crash it, and one that fails leaves nothing: no output, no word of the patient."""

from __future__ import annotations

import io
import logging
import os
import struct
from pathlib import Path

import pydicom
import pytest
from deidentify.canaries import KEY, WORDS, canary, traces_in, with_odd_groups
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from intake.dicoms import deflate_bomb, deflated, dicom, meta, nested, saved, speckle, spliced

from hepaspot.deidentify import Key, Wish, deidentify
from hepaspot.errors import (
    EmptyInput,
    InputError,
    MissingInput,
    OutputError,
    TooLarge,
    UnreadableInput,
    UnsupportedInput,
)
from hepaspot.intake import picture_bounds as bounds

CANARY = with_odd_groups(canary())


def element(tag: int, vr: str, value: bytes) -> bytes:
    """One more element in a file of explicit little endian, before its pixels."""
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    if vr in {"OB", "OW", "SQ", "UN", "UT", "UC", "UR"}:
        return head + b"\0\0" + struct.pack("<I", len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def with_element(tag: int, vr: str, value: bytes) -> bytes:
    """A sound file with one element put in its place."""
    whole = canary()
    at = whole.rindex(b"\x28\x00\x02\x00US")
    return whole[:at] + element(tag, vr, value) + whole[at:]


REFUSED = {
    "nothing": (b"", EmptyInput, "is empty"),
    "words": (b"Qwangzhu " * 40, UnsupportedInput, "no picture of a known kind"),
    "no data set": (meta("1.2.840.10008.1.2.1"), UnsupportedInput, "another kind of DICOM object"),
    "a bomb": (deflate_bomb(bounds.INFLATED_BYTES * 2), TooLarge, "inflates to more than"),
    "deep sequences": (nested(2000), InputError, "export it again"),
    "an end in the header": (CANARY[:500], UnreadableInput, "export it again"),
    "an end in the pixels": (CANARY[:-3000], UnreadableInput, "holds only"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_hostile_file_is_refused_and_leaves_nothing(tmp_path, case):
    data, kind, words = REFUSED[case]
    with pytest.raises(kind, match=rf"picture\.dcm: .*{words}") as caught:
        deidentify(saved(tmp_path, data), tmp_path / "out", KEY, Wish())
    assert "\n" not in str(caught.value)
    assert not any(word in str(caught.value) for word in WORDS)
    assert not (tmp_path / "out").exists()


def test_a_header_of_more_values_than_any_is_refused_soon(tmp_path):
    many = b"\\".join(b"Q%d" % number for number in range(120_000))
    with pytest.raises(TooLarge, match=r"picture\.dcm: has more values than any picture's header"):
        deidentify(
            saved(tmp_path, with_element(0x00280105, "UC", many)), tmp_path / "out", KEY, Wish()
        )
    assert not (tmp_path / "out").exists()


def test_a_long_text_is_taken_out_and_searched_for_by_its_start(shared):
    text = b"Qwangzhu was here " * 200_000
    path = shared(with_element(0x00280105, "UT", text))
    assert traces_in(path.read_bytes()) == []


@pytest.mark.parametrize("instead", [b"\x08\x00\x17\x00UI", b"\x08\x00\x18\x00FD"])
def test_a_file_without_an_instance_uid_is_refused(tmp_path, instead):
    data = spliced(canary(), b"\x08\x00\x18\x00UI", instead)
    with pytest.raises(UnreadableInput, match=r"has no SOP Instance UID \(0008,0018\); export it"):
        deidentify(saved(tmp_path, data), tmp_path / "out", KEY, Wish())


ODD = {
    "a number that is none": (0x00200013, "IS", b"Qwangzhu"),
    "an age that is none": (0x00101010, "AS", b"Qwangzhu"),
    "a number of bytes that is none": (0x00186031, "US", b"Qwa"),
    "a date that is none": (0x00080022, "DA", b"Qwangzhu"),
    "a kind that is unknown": (0x00200060, "UN", b"Qwangzhu"),
    "a kind that is another": (0x00200060, "FD", b"Qwangzhu"),
    "a number that says it is a time": (0x00380010, "TM", b"101530.7"),
    "a sequence that says it is text": (0x00081250, "LO", b"Qwangzhu"),
    "one that is in no dictionary": (0x00200FFF, "LO", b"Ordinary"),
    "a sequence of no items": (0x00081115, "SQ", b"Qwangzhu"),
    "a text of nothing but slashes": (0x00200060, "CS", b"\\" * 40),
}


@pytest.mark.parametrize("case", ODD)
def test_an_element_that_is_not_what_it_says_does_not_save_its_value(shared, case):
    left = shared(with_element(*ODD[case])).read_bytes()
    assert traces_in(left) == []
    assert b"Ordinary" not in left
    assert b"101530.7" not in left


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    at=st.integers(132, len(CANARY) - 19_300),
    bent=st.binary(min_size=1, max_size=6),
)
@example(at=140, bent=b"\xff\xff")
def test_a_bent_header_is_refused_or_treated(tmp_path_factory, at, bent):
    folder = tmp_path_factory.mktemp("bent")
    path = saved(folder, CANARY[:at] + bent + CANARY[at + len(bent) :])
    refusal = ""
    try:
        deidentify(path, folder / "out", KEY, Wish())
    except InputError as error:
        refusal = str(error)
    written = [each.read_bytes() for each in (folder / "out").glob("*")]
    assert len(written) == (not refusal)
    assert not any(word in refusal for word in WORDS)
    for data in written:
        after = pydicom.dcmread(io.BytesIO(data))
        assert after.PatientIdentityRemoved == "YES"
        assert after.PatientName == after.PatientID
        assert not {element.tag.group for element in after} & {0x0009, 0x0011, 0x5000, 0x6000}


@pytest.mark.parametrize(
    "syntax", ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"]
)
def test_every_plain_transfer_syntax_is_cleaned(shared, syntax):
    read = pydicom.dcmread(io.BytesIO(CANARY))
    out = io.BytesIO()
    read.file_meta.TransferSyntaxUID = syntax
    little, implicit = syntax != "1.2.840.10008.1.2.2", syntax == "1.2.840.10008.1.2"
    for keyword in ("PixelData",):
        read[keyword].VR = "OB" if not implicit else "OW"
    pydicom.dcmwrite(
        out, read, implicit_vr=implicit, little_endian=little, enforce_file_format=False
    )
    assert traces_in(shared(out.getvalue()).read_bytes()) == []


def test_a_deflated_file_is_cleaned(shared):
    assert traces_in(shared(deflated(canary())).read_bytes()) == []


def test_nothing_of_the_patient_is_logged_or_warned_of(shared, caplog, capfd, recwarn):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("pydicom").setLevel(logging.DEBUG)
    shared(with_element(0x00200060, "CS", "Qwangzhu 小".encode()))
    told = caplog.text + "".join(capfd.readouterr()) + "".join(str(w.message) for w in recwarn)
    assert not any(word in told for word in WORDS)


def test_a_file_is_never_written_over(shared, tmp_path):
    first = shared(canary())
    before = first.read_bytes()
    with pytest.raises(OutputError, match=r"\.dcm: is there already, and nothing is written over"):
        shared(canary(ImageComments="other"))
    assert first.read_bytes() == before
    assert [path.name for path in (tmp_path / "out").iterdir()] == [first.name]


def test_a_folder_that_cannot_be_is_told(tmp_path):
    (tmp_path / "file").write_text("a file")
    with pytest.raises(OutputError, match=r"cannot be written \(.*\); choose another -o$"):
        deidentify(saved(tmp_path, canary()), tmp_path / "file" / "out", KEY, Wish())


def test_a_full_disk_leaves_nothing(shared, tmp_path, monkeypatch):
    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match=r"cannot be written \(no space left on device\)"):
        shared(canary())
    assert list((tmp_path / "out").iterdir()) == []


def test_a_frame_that_cannot_be_decoded_leaves_nothing(tmp_path):
    clip = canary(speckle()[None].repeat(3, axis=0), NumberOfFrames=3)
    path = saved(tmp_path, clip)
    from hepaspot.deidentify import pixels

    original = pixels.blanked

    def breaking(frames, box):
        yield next(original(frames, box))
        raise UnreadableInput("picture.dcm: is a damaged picture; export it again")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hepaspot.deidentify.one_file.blanked", breaking)
        with pytest.raises(UnreadableInput):
            deidentify(path, tmp_path / "out", KEY, Wish())
    assert list((tmp_path / "out").iterdir()) == []


def test_a_name_of_a_file_that_is_a_patient_s_is_not_carried_over(tmp_path):
    path = saved(tmp_path, canary(), "Qwangzhu.dcm")
    assert "Qwangzhu" not in str(deidentify(path, tmp_path / "out", KEY, Wish()).path.name)


# ------------------------------------------------------------------------------------- keys


def test_a_key_is_made_for_its_owner_alone_and_found_again(tmp_path):
    path = tmp_path / "key"
    made, again = Key.kept_in(path), Key.kept_in(path)
    assert made.pseudonym(b"someone") == again.pseudonym(b"someone")
    assert len(path.read_text().strip()) == 64
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_line_end_more_is_the_same_key(tmp_path):
    for name, text in (("one", "a" * 20), ("other", "a" * 20 + "\r\n")):
        (tmp_path / name).write_text(text, newline="")
    one, other = (Key.kept_in(tmp_path / name) for name in ("one", "other"))
    assert one.uid("1.2.3") == other.uid("1.2.3")


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [
        (b"short", InputError, "is shorter than 16 bytes, and such a key can be guessed"),
        (b"\n" * 100, InputError, "is shorter than 16 bytes"),
        (b"x" * 5000, TooLarge, "is larger than any key"),
    ],
)
def test_what_is_no_key_is_refused(tmp_path, data, kind, words):
    (tmp_path / "key").write_bytes(data)
    with pytest.raises(kind, match=words):
        Key.kept_in(tmp_path / "key")


def test_a_folder_is_no_key_and_a_missing_folder_has_none(tmp_path):
    with pytest.raises(UnreadableInput, match="cannot be read as a key"):
        Key.kept_in(tmp_path)
    with pytest.raises(OutputError, match="the new key cannot be written"):
        Key.kept_in(tmp_path / "nowhere" / "key")


def test_two_keys_that_were_made_differ_and_show_nothing():
    assert Key.made().uid("1.2.3") != Key.made().uid("1.2.3")
    assert "secret" not in repr(Key(b"secret")).replace("hepaspot.deidentify.secret", "")


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(MissingInput, match="there is no such file"):
        deidentify(tmp_path / "none.dcm", tmp_path / "out", KEY, Wish())


def test_a_picture_of_nobody_is_cleaned_too(shared):
    plain = dicom(speckle(), PatientName=None, PatientID=None)
    after = pydicom.dcmread(shared(plain, wish=Wish(keep_frame=_box())))
    assert after.PatientID.startswith("case-")


def _box():
    from hepaspot.intake.frames import Box

    return Box(0, 0, 50, 50)
