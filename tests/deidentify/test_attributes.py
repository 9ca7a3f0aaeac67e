"""Every attribute of Table E.1-1 is treated, and what else may tell the patient is too."""

from __future__ import annotations

import io
import tomllib
from importlib.resources import files

import numpy as np
import pydicom
import pytest
from deidentify.canaries import KEY, OTHER_KEY, UIDS, canary, traces_in, with_odd_groups
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake.dicoms import dicom, region, saved, speckle, spliced
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from hepaspot.deidentify import Key, Wish, deidentify
from hepaspot.deidentify.elements import silence
from hepaspot.deidentify.table import Action, action_for

TABLE = tomllib.loads(files("hepaspot.deidentify").joinpath("profile.toml").read_text("utf-8"))
CODES = ("X", "Z", "D", "U", "X/Z", "X/D", "Z/D", "X/Z/D", "X/Z/U*")
ROWS = [(code, int(tag.replace(",", ""), 16)) for code in CODES for tag in TABLE[code]]
WORDS = {"AE", "AS", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"}


def vr_of(tag: int) -> str:
    try:
        return dictionary_VR(tag)
    except KeyError:
        return "UN"


def given_element(tag: int) -> object:
    """A value that the canary test finds, of the right kind."""
    vr = vr_of(tag)
    if vr == "SQ":
        item = Dataset()
        item.PatientName, item.CodeMeaning = "Qnamez", "Qzrow"
        return Sequence([item])
    plain = {"UI": "1.2.999.4321.8", "DA": "20240229", "TM": "101530", "DS": "61.5", "IS": "615"}
    plain |= {"DT": "20240229101530", "US": 615, "AS": "073Y", "OB": b"Qzrow", "UN": b"Qzrow"}
    return plain.get(vr, "Qzrow")


def rows_of(*codes: str) -> list[int]:
    return [tag for code, tag in ROWS if code in codes and tag >> 16 >= 8]


def with_rows(tags: list[int], *, nested: bool) -> bytes:
    with silence():
        data = pydicom.dcmread(
            io.BytesIO(dicom(speckle(), SequenceOfUltrasoundRegions=Sequence([region()])))
        )
        place = Dataset() if nested else data
        for tag in tags:
            if tag != 0x00080018:
                place.add_new(tag, vr_of(tag), given_element(tag))
        if nested:
            data.AnatomicRegionSequence = Sequence([place])
        out = io.BytesIO()
        data.save_as(out, enforce_file_format=True)
        return out.getvalue()


def read(path) -> Dataset:
    return pydicom.dcmread(path)


@pytest.mark.parametrize("nested", [False, True], ids=["at the top", "in a sequence"])
def test_no_value_of_any_row_of_the_table_is_left(shared, nested):
    tags = rows_of(*CODES)
    assert len(tags) > 600
    data = with_rows(tags, nested=nested)
    assert data.count(b"Qzrow") > 300
    left = shared(data).read_bytes().lower()
    for form in (b"qzrow", b"qnamez", b"1.2.999.4321", b"20240229"):
        assert form not in left


def test_rows_with_x_are_removed_and_rows_with_z_emptied(shared):
    after = read(shared(with_rows(rows_of("X", "Z"), nested=False)))
    ours = {0x00100010, 0x00100020, 0x00120062, 0x00120063, 0x00120064}
    for tag in set(rows_of("X")) - ours:
        assert tag not in after or vr_of(tag) in {"DA", "DT", "TM"}, hex(tag)
    for tag in set(rows_of("Z")) - ours:
        if vr_of(tag) not in {"DA", "DT", "TM"}:
            assert after[Tag(tag)].is_empty, hex(tag)


def test_rows_with_d_hold_a_dummy_and_rows_with_u_another_uid(shared):
    after = read(shared(with_rows(rows_of("D", "U"), nested=False)))
    for tag in rows_of("D"):
        if vr_of(tag) in WORDS:
            assert str(after[Tag(tag)].value) in {"REMOVED", "000Y"}, hex(tag)
    own_or_of_the_old_pixels = {0x00080018, 0x00281199}
    uids = {str(after[Tag(tag)].value) for tag in {*rows_of("U")} - own_or_of_the_old_pixels}
    assert uids == {KEY.uid("1.2.999.4321.8")}


def test_the_table_is_of_the_edition_that_it_says_and_holds_no_row_twice():
    tags = [tag for _, tag in ROWS]
    assert len(tags) == len(set(tags)) == 652
    assert TABLE["edition"] == "2026c"


def test_nothing_of_the_canary_patient_is_left(shared):
    data = with_odd_groups(canary())
    assert len(traces_in(data)) > 40
    assert traces_in(shared(data).read_bytes()) == []


@pytest.mark.parametrize(
    ("charset", "name"),
    [
        ("GB18030", "王曉朙^小朙"),
        ("ISO_IR 192", "王曉朙^小朙"),
        ("GBK", "王小明^明"),
        (["", "ISO 2022 IR 87"], "Yamaqzda^Taro=山田^太郎"),
        (["", "ISO 2022 IR 149"], "Hongqz^Gildong=洪^吉洞=홍^길동"),
        ("ISO_IR 100", "Müllerqz^Jörg"),
        ("ISO_IR 144", "Люкceмбypг^Анна"),
    ],
    ids=str,
)
def test_a_name_is_gone_whatever_it_was_written_in(shared, charset, name):
    data = canary(
        SpecificCharacterSet=charset, PatientName=name, PatientID=name[:4], OperatorsName=None,
        InstitutionName=None,
    )  # fmt: skip
    after = shared(data)
    stored = pydicom.dcmread(io.BytesIO(data)).get_item("PatientName").value
    pieces = {piece for part in stored.split(b"=") for piece in part.split(b"^")}
    for piece in [piece for piece in pieces if len(piece) > 3]:
        assert piece not in after.read_bytes()
    for part in name.replace("=", "^").split("^"):
        assert part == "明" or part.encode() not in after.read_bytes()


def test_private_elements_curves_overlays_and_signatures_are_gone_at_every_depth(shared):
    after = read(shared(with_odd_groups(canary())))

    def groups(dataset):
        for element in dataset:
            yield element.tag.group
            for item in element.value if element.VR == "SQ" else ():
                yield from groups(item)

    found = set(groups(after))
    assert not {group for group in found if group % 2 or group >> 8 in {0x50, 0x60, 0xFF}}


def test_preamble_and_titles_of_machines_are_gone_from_the_file_s_own_header(shared):
    path = shared(with_odd_groups(canary()))
    after = read(path)
    assert path.read_bytes()[:132] == bytes(128) + b"DICM"
    assert "SourceApplicationEntityTitle" not in after.file_meta
    assert after.file_meta.MediaStorageSOPInstanceUID == after.SOPInstanceUID
    assert after.file_meta.ImplementationVersionName.startswith("HEPASPOT")


def test_it_says_what_was_done(shared):
    after = read(shared(canary()))
    assert after.PatientIdentityRemoved == "YES"
    assert after.LongitudinalTemporalInformationModified == "MODIFIED"
    assert after.BurnedInAnnotation == "NO"
    assert "PS3.15 2026c" in after.DeidentificationMethod
    codes = [item.CodeValue for item in after.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113101", "113107"]
    assert after.ImageType == ["DERIVED", "PRIMARY", "ABDOMINAL", "0001"]


def test_what_the_picture_needs_is_kept(shared):
    after = read(shared(canary(FrameTime="33.3", TransducerType="CURVED LINEAR")))
    assert after.Modality == "US"
    assert after.BodyPartExamined == "LIVER"
    assert after.TransducerType == "CURVED LINEAR"
    assert after.FrameTime == 33.3
    assert after.SequenceOfUltrasoundRegions[0].PhysicalDeltaX == 0.1


def test_codes_of_an_ethnic_group_are_kept_on_request_as_its_words_are(shared):
    group = Dataset()
    group.CodeValue, group.CodingSchemeDesignator, group.CodeMeaning = "185988007", "SCT", "Chinese"
    data = canary(EthnicGroup="Chinese", EthnicGroupCodeSequence=[group])
    plain = read(shared(data))
    assert "EthnicGroup" not in plain
    assert "EthnicGroupCodeSequence" not in plain
    kept = read(shared(data, wish=Wish(keep_characteristics=True), folder="kept"))
    assert kept.EthnicGroup == "Chinese"
    assert kept.EthnicGroupCodeSequence[0].CodeValue == "185988007"


def test_sex_age_and_weight_are_kept_only_on_request(shared):
    plain = read(shared(canary()))
    assert plain.PatientSex == ""
    assert "PatientAge" not in plain
    assert "PatientWeight" not in plain
    kept = read(shared(canary(), wish=Wish(keep_characteristics=True), folder="kept"))
    assert (kept.PatientSex, kept.PatientAge, kept.PatientWeight) == ("F", "073Y", 61.5)
    assert kept.DeidentificationMethodCodeSequence[-1].CodeValue == "113108"


@pytest.mark.parametrize(
    ("age", "told"), [("089Y", "089Y"), ("090Y", "090Y"), ("091Y", "090Y"), ("999M", "999M")]
)
def test_nobody_is_told_to_be_older_than_90(shared, age, told):
    after = read(shared(canary(PatientAge=age), wish=Wish(keep_characteristics=True)))
    assert after.PatientAge == told


def test_an_element_that_was_kept_and_repeats_the_patient_is_emptied(shared):
    after = read(
        shared(
            canary(Manufacturer="Sold to QZHOSPITAL 肝院", ManufacturerModelName="Model Qwangzhu")
        )
    )
    assert after.Manufacturer == ""
    assert after.ManufacturerModelName == ""
    assert after.BodyPartExamined == "LIVER"


def test_a_name_in_bytes_where_only_ascii_may_stand_is_emptied(shared):
    data = canary(BodyPartExamined="LIVERX", PatientName="朙朙")
    after = shared(spliced(data, b"LIVERX", "朙朙".encode()))
    assert read(after).BodyPartExamined == ""
    assert "朙".encode() not in after.read_bytes()


def test_a_short_name_inside_another_word_empties_nothing(shared):
    after = read(shared(canary(PatientName="MARY^Rom", PatientID="123", FrameTime="41.23")))
    assert after.ImageType[1] == "PRIMARY"
    assert after.PhotometricInterpretation == "MONOCHROME2"
    assert after.FrameTime == 41.23


def test_classes_and_other_uids_of_the_standard_stay(shared):
    after = read(shared(canary()))
    assert after.SOPClassUID == "1.2.840.10008.5.1.4.1.1.6.1"
    assert after.ReferencedImageSequence[0].ReferencedSOPClassUID == after.SOPClassUID


def test_references_between_files_of_a_study_still_lead_to_each_other(shared):
    first, second = read(shared(canary())), read(shared(canary(instance=2)))
    assert first.SOPInstanceUID != second.SOPInstanceUID
    assert first.StudyInstanceUID == second.StudyInstanceUID
    assert first.SeriesInstanceUID == second.SeriesInstanceUID
    assert first.PatientID == second.PatientID
    assert second.SourceImageSequence[0].ReferencedSOPInstanceUID == first.SOPInstanceUID


def test_the_same_key_gives_the_same_file(shared):
    first = shared(canary())
    again = shared(canary(), folder="again")
    assert first.name == again.name
    assert first.read_bytes() == again.read_bytes()


def test_another_key_gives_another_patient(shared):
    one, other = read(shared(canary())), read(shared(canary(), key=OTHER_KEY))
    for keyword in ("PatientID", "SOPInstanceUID", "StudyInstanceUID", "StudyDate"):
        assert one[keyword].value != other[keyword].value


def test_every_uid_is_a_valid_one(shared):
    after = read(shared(canary()))
    assert all(len(uid) <= 64 and pydicom.uid.UID(uid).is_valid for uid in map(KEY.uid, UIDS))
    assert after.SOPInstanceUID.startswith("2.25.")


def test_an_element_in_no_dictionary_and_any_name_out_of_the_table_are_removed():
    assert action_for(Tag(0x00080FFF), "LO", Wish()) is Action.REMOVE
    assert action_for(Tag("BodyPartExamined"), "LO", Wish()) is Action.KEEP
    assert action_for(Tag("BodyPartExamined"), "PN", Wish()) is Action.REMOVE
    assert action_for(Tag("ReferencedImageSequence"), "LO", Wish()) is Action.REMOVE


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    family=st.text("QXZJqxzj王曉朙肝脏é", min_size=3, max_size=12),
    number=st.text("QXZJ", min_size=3, max_size=20),
    place=st.sampled_from(["PatientName", "OperatorsName", "PhysiciansOfRecord"]),
    repeated=st.sampled_from(["Manufacturer", "ManufacturerModelName", "SoftwareVersions"]),
)
def test_no_name_and_no_number_can_be_left(tmp_path_factory, family, number, place, repeated):
    folder = tmp_path_factory.mktemp("law")
    told = {place: f"{family}^Q", "PatientID": number, repeated: f"for {family}", "StudyID": number}
    data = canary(np.zeros((120, 160), np.uint8), **told)
    left = deidentify(saved(folder, data), folder, Key.made(), Wish()).path.read_bytes().lower()
    for codec in ("utf-8", "gb18030"):
        assert family.lower().encode(codec) not in left
    assert number.lower().encode() not in left
