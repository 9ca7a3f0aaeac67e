"""An HL7 result message gives the words of its observations, and nothing of the patient."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake.clinicals import PERSON, hl7, obx

from hepaspot.errors import EmptyInput, InputError, TooLarge, UnreadableInput, UnsupportedInput
from hepaspot.intake import TextKind, read_stdin
from hepaspot.intake.clinical_escapes import Delimiters, unescaped
from hepaspot.intake.clinical_hl7 import SEGMENTS
from hepaspot.reading import read


def words(data: bytes) -> str:
    return read_stdin(io.BytesIO(data)).text


def refusal(data: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        words(data)
    assert PERSON not in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


def test_observations_are_joined_in_their_order():
    data = hl7(obx(1, "Echogenic focus, 9 x 3 mm."), obx(2, "Ducts not dilated."))
    assert words(data) == "Findings: Echogenic focus, 9 x 3 mm.\nDucts not dilated."


def test_the_kind_is_told():
    assert read_stdin(io.BytesIO(hl7(obx(1, "x")))).kind is TextKind.HL7


@pytest.mark.parametrize("type", ["TX", "FT", "ST"])
def test_every_type_that_holds_words_is_read(type):
    assert words(hl7(obx(1, "Calcification", type=type))) == "Findings: Calcification"


@pytest.mark.parametrize("type", ["NM", "CE", "ED", "XPN", "PN", "RP"])
def test_no_other_type_is_read(type):
    data = hl7(obx(1, PERSON, type=type), obx(2, "Calcification"))
    assert words(data) == "Findings: Calcification"


def test_the_suffix_of_an_observation_names_its_section():
    data = hl7(
        obx(1, "Bright focus.", "28614-6&GDT^US liver^LN"),
        obx(2, "Calcification.", "28614-6&IMP^US liver^LN"),
    )
    assert words(data) == "Findings: Bright focus.\nImpression: Calcification."


def test_what_an_observation_is_of_stands_beside_its_value():
    data = hl7(obx(1, "none", "1^Hepatic stone"), obx(2, "5 mm bright focus", "2^Liver:"))
    assert words(data) == "Hepatic stone: none\nLiver: 5 mm bright focus"


def test_an_observation_without_a_name_is_its_words_alone():
    assert words(hl7(obx(1, "Calcification", "GDT"))) == "Calcification"


@pytest.mark.parametrize("status", ["D", "W", "X"])
def test_a_withdrawn_observation_is_left_out(status):
    data = hl7(obx(1, "Stone.", status=status), obx(2, "Calcification."))
    assert words(data) == "Findings: Calcification."


def test_repetitions_are_lines():
    assert words(hl7(obx(1, "One.~Two.~~Four."))) == "Findings: One.\nTwo.\n\nFour."


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"a\.br\b", "a\nb"),
        (r"a\.sp\b", "a\nb"),
        (r"a\.sp+2\b", "a\n\nb"),
        (r"a\.sp 999\b", "a\n\n\nb"),
        (r"a\.ce\b", "a\nb"),
        (r"\.in+4\a", " a"),
        (r"9\S\3", "9^3"),
        (r"a\F\b\R\c\E\d\T\e", "a|b~c\\d&e"),
        (r"\H\bold\N\ plain", "bold plain"),
        (r"\XE5BC95\\X0D\b", "引\nb"),
        (r"\C2842\a\Zown\b", "ab"),
        (r"7\8 mm\ left", r"7\8 mm\ left"),
        ("a\\", "a\\"),
        (r"a^b&c", "a^b&c"),
    ],
)
def test_escape_sequences_stand_for_what_they_mean(written, meant):
    assert unescaped(written, Delimiters()) == meant


def test_the_header_says_which_characters_part_the_message():
    data = (
        f"MSH*:;!%*RIS*X***20260101**ORU:R01*1*P*2.3\rPID*1**{PERSON}\r"
        "OBX*1*FT*1:Liver**bright!.br!focus; 5 mm!F!*"
    ).encode()
    assert words(data) == "Liver: bright\nfocus\n 5 mm*"


@pytest.mark.parametrize("charset", ["UNICODE UTF-8", "GB 18030-2000", "", "NO SUCH"])
def test_the_character_set_of_the_header_is_kept_to(charset):
    data = hl7(obx(1, "肝右叶见强回声", "1^超声所见"), charset=charset)
    assert words(data) == "超声所见: 肝右叶见强回声"


def test_a_character_set_that_only_the_header_tells():
    data = hl7(obx(1, "Gallensäule 5 mm², Ö", "1^Leber"), charset="8859/1")
    assert words(data) == "Leber: Gallensäule 5 mm², Ö"


def test_a_header_that_names_the_wrong_character_set_is_found_out():
    data = hl7(obx(1, "肝右叶见强回声", "1^超声所见"), charset="GB 18030-2000")
    assert words(data.replace(b"GB 18030-2000", b"UNICODE UTF-8")).endswith("肝右叶见强回声")


def test_a_message_of_two_bytes_a_character_gives_nothing_of_the_patient():
    data = hl7(obx(1, "肝右叶见强回声")).decode().encode("utf-16")
    assert words(data) == "Findings: 肝右叶见强回声"


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
@pytest.mark.parametrize(("start", "close"), [(b"", b""), (b"\x0b", b"\x1c\r"), (b"\n ", b"\n")])
def test_line_ends_and_frames_of_connections_do_not_matter(end, start, close):
    data = start + hl7(obx(1, "Calcification")).replace(b"\r", end) + close
    assert words(data) == "Findings: Calcification"


def test_the_head_of_a_batch_is_passed_over():
    data = b"FHS|^~\\&|A\rBHS|^~\\&|B\r" + hl7(obx(1, "Calcification")) + b"\rBTS|1\rFTS|1"
    assert words(data) == "Findings: Calcification"


def test_nothing_of_the_patient_becomes_text():
    data = hl7(obx(1, "Calcification"), f"NTE|1||{PERSON}", f"PV1|1|{PERSON}")
    assert PERSON not in words(data)


def test_a_message_is_read_into_an_exam_that_knows_nothing_of_the_patient(tmp_path):
    path = tmp_path / "message"
    path.write_bytes(hl7(obx(1, "9 x 3 mm calcification in segment VI\\.br\\of the liver.")))
    exam = read(path)
    (focus,) = exam.foci
    assert (focus.segments, focus.sizes[0].axes_mm) == ((6,), (9.0, 3.0))
    assert PERSON.encode() not in exam.to_json()


def test_several_messages_are_refused():
    error = refusal(hl7(obx(1, "a")) + b"\r" + hl7(obx(1, "b")))
    assert isinstance(error, UnsupportedInput)
    assert "holds 2 HL7 messages; give one message a file" in str(error)


def test_a_batch_without_a_message_is_refused():
    assert "holds no HL7 messages" in str(refusal(b"FHS|^~\\&|A\rFTS|1"))


@pytest.mark.parametrize("kind", ["ADT^A01", "ORM^O01", ""])
def test_a_message_of_another_kind_is_refused(kind):
    error = refusal(hl7(obx(1, "Calcification"), kind=kind))
    assert isinstance(error, UnsupportedInput)
    assert "is an HL7 message without a result; give the ORU message" in str(error)


def test_a_message_without_words_says_so():
    error = refusal(hl7(obx(1, "5", type="NM")))
    assert isinstance(error, EmptyInput)
    assert "without words in its observations (OBX of type TX, FT or ST)" in str(error)


@pytest.mark.parametrize("encoding", ["^", "^~", "^^^^", "^~\\|"])
def test_a_header_that_does_not_part_the_message_is_damaged(encoding):
    error = refusal(f"MSH|{encoding}|RIS\rPID|{PERSON}".encode())
    assert isinstance(error, UnreadableInput)
    assert str(error).endswith("is a damaged HL7 message; send it again")


def test_a_message_of_too_many_segments_is_too_large():
    error = refusal(hl7(*["OBX|1|TX|||a"] * SEGMENTS))
    assert isinstance(error, TooLarge)
    assert "holds more than 20000 segments, which no report does" in str(error)


def test_a_report_that_speaks_of_a_message_stays_plain_text():
    assert read_stdin(io.BytesIO(b"MSH is a word. Liver: calcification")).kind is TextKind.TEXT


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60))
def test_words_that_were_escaped_come_back_as_they_were(sentence):
    marks = {"\\": "E", "|": "F", "^": "S", "~": "R", "&": "T"}
    written = "".join(f"\\{marks[char]}\\" if char in marks else char for char in sentence)
    assert unescaped(written, Delimiters()) == sentence


@given(st.binary(max_size=200))
def test_whatever_follows_a_header_is_read_or_refused(tail):
    with contextlib.suppress(InputError):
        assert words(b"MSH|^~\\&|a|b|c|d|e||ORU^R01\r" + tail).strip()
