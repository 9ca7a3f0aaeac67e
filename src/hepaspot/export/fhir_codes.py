"""The codes of what is written as FHIR: each concept under hepaspot's own system first.

Beside it stands the code of a terminology where ``knowledge/codes.toml`` has one. Codes of ICD
are left out: they are what a person bills and is registered by, and nothing preliminary should
suggest one.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from hepaspot.explain.words import Words
from hepaspot.export.concepts import Concept, known
from hepaspot.export.fhir_resources import CodeableConcept, Coding
from hepaspot.intake.clinical_marks import OWN_FHIR

OWN_SYSTEM: Final = f"{OWN_FHIR}/concept"
"""System of hepaspot's own codes; they are concepts of its knowledge, such as
``entity:duct_stone``. The address is a name, there is nothing behind it (RFC 6761)."""

SYSTEMS: Final = {
    "SCT": "http://snomed.info/sct",
    "DCM": "http://dicom.nema.org/resources/ontology/DCM",
    "LN": "http://loinc.org",
}
"""Systems of ``codes.toml`` that are written, and what FHIR calls them."""

HL7: Final = "http://terminology.hl7.org/CodeSystem"
"""What the address of each of HL7's own systems begins with."""

_MEANINGS: Final = {
    "report": (
        "Calcification or bile duct stone: reading by a program",
        "钙化或胆管结石：程序判读",
    ),
    "device": ("Decision support software", "辅助决策软件"),
    "version:software": ("Version of hepaspot", "hepaspot版本"),
    "version:knowledge": ("Version of its knowledge tables", "知识表版本"),
    "focus": ("Bright spot in the liver", "肝内强回声灶"),
    "conclusion:cannot_tell": ("Cannot be told apart", "无法区分"),
    "probability": ("Probability: {}", "概率：{}"),
    "interval": ("95 % interval", "95%区间"),
    "size": ("Size of the bright spot, longest axis", "强回声灶大小（最长径）"),
    "axis": ("Axis {}", "径线{}"),
    "deviation": ("Standard deviation of the measurement", "测量标准差"),
    "implausible": ("Larger than a bright spot in a liver can be", "超出肝内强回声灶可能的大小"),
    "likelihood": ("Likelihood: {}", "似然：{}"),
    "red_flag": ("Red flag", "警示征象"),
    "screening": ("Screening result (Japan 2021)", "筛查结果（日本2021）"),
    "category": ("Screening category (Japan 2021)", "筛查分类（日本2021）"),
    "judgement": ("Screening judgement (Japan 2021)", "筛查判定（日本2021）"),
    "measured": ("Measured", "测量值"),
    "measured:shadow": ("Drop of the echoes in the shadow", "声影内回声下降"),
    "measured:echo": ("Echo against the liver around", "与周围肝实质的回声差"),
    "measured:duct": ("Calibre of the duct", "胆管内径"),
    "measured:tube": ("Calibre of the tube at the bright spot", "病灶处管道内径"),
}
"""Own meanings in English and Chinese; other words are those of ``explain/``."""

_DETAILS: Final = {
    "near": ("Echoes just behind the bright spot", "强回声灶后方近处回声"),
    "reach": ("Reach of the shadow", "声影延伸长度"),
    "bright": ("Length that is bright behind the bright spot", "强回声灶后方明亮长度"),
    "edge": ("Width of the edge of the shadow", "声影边缘宽度"),
    "bands": ("Bands behind the bright spot, times those beside", "后方条带，与旁侧之比"),
    "fill": ("Spread of the echoes in the shadow, times that beside", "声影内回声离散，与旁侧之比"),
    "lies_ends_at": ("Distance to the end of the tube", "至管道末端距离"),
    "lies_passes": ("Distance to the tube that passes", "至经过管道距离"),
    "duct_share": ("How probably the tube is a duct", "管道为胆管的可能"),
    "length": ("Length of the tube", "管道长度"),
    "calibre_before": ("Calibre of the tube before the bright spot", "强回声灶前管道内径"),
    "calibre_after": ("Calibre of the tube after the bright spot", "强回声灶后管道内径"),
    "partner": ("Calibre of the tube beside it", "伴行管道内径"),
    "span": ("Length of the row of bright spots", "强回声灶排列长度"),
    "off_line": ("Distance of the bright spots from a line", "强回声灶偏离直线距离"),
    "frames_seen": ("Frames in which it is seen", "可见帧数"),
    "frames_all": ("Frames of the clip", "动态图像总帧数"),
}
"""What is measured on the way to a sign, by the name of the detail."""

_ELSEWHERE: Final = {
    "focus": "attribute:finding",
    "probability": "attribute:probability",
    "size": "attribute:diameter",
    "report": "document:ultrasound_liver",
    "conclusion:cannot_tell": "attribute:undetermined",
}
"""Concepts whose code stands under another name in ``codes.toml``."""

_SAYS_MORE: Final = frozenset({"history_chronic_liver_disease:present", "drain_or_tips:present"})
"""Concepts whose code in ``codes.toml`` holds only where more is known (cirrhosis, a shunt)."""


class Codes:
    """Codeable concepts with their words in one language.

    The meaning beside a code is English: it is the name of the code, not what people read.
    """

    def __init__(self, language: str) -> None:
        self._chinese = language == "zh"
        self._words = Words(language)

    def own(self, concept: str) -> CodeableConcept:
        """A concept of `_MEANINGS`."""
        english, chinese = _MEANINGS[concept]
        text = chinese if self._chinese else english
        return _concept(concept, english, text, _ELSEWHERE.get(concept))

    def about(self, concept: str, group: str, name: str) -> CodeableConcept:
        """A concept of `_MEANINGS` made narrower by ``name``, a word of a group of ``explain``."""
        english, chinese = _MEANINGS[concept]
        text = (chinese if self._chinese else english).format(self._words.term(group, name))
        meaning = english.format(_english().term(group, name))
        return _concept(f"{concept}:{name}", meaning, text, _ELSEWHERE.get(concept))

    def detail(self, name: str) -> CodeableConcept:
        """What was measured on the way to a sign; one without a meaning here is shown as it is."""
        plain = name.replace("_", " ")
        english, chinese = _DETAILS.get(name, (plain, plain))
        return _concept(f"detail:{name}", english, chinese if self._chinese else english, None)

    def term(
        self, concept: str, group: str, name: str, other: str | None = None
    ) -> CodeableConcept:
        """A concept of the knowledge, in the words of ``explain``; ``other`` as in `known`."""
        english, text = _english().term(group, name), self._words.term(group, name)
        return _concept(f"{concept}:{name}", english, text, other or f"{concept}:{name}")

    def plain(self, text: str, concept: str) -> CodeableConcept:
        """``text``, with the code of ``concept`` where the knowledge has one."""
        return CodeableConcept(coding=_codings(known(concept)), text=text)


def of_hl7(system: str, code: str, text: str) -> CodeableConcept:
    """A concept of HL7's own terminology; ``system`` is how the address of its system ends."""
    coding = Coding(system=f"{HL7}/{system}", code=code, display=code.capitalize())
    return CodeableConcept(coding=(coding,), text=text)


@cache
def _english() -> Words:
    return Words("en")


def _concept(code: str, english: str, text: str, other: str | None) -> CodeableConcept:
    own = Coding(system=OWN_SYSTEM, code=code, display=english)
    found = None if other is None or other in _SAYS_MORE else known(other)
    return CodeableConcept(coding=(own, *_codings(found)), text=text)


def _codings(found: Concept | None) -> tuple[Coding, ...]:
    if found is None:
        return ()
    return (Coding(system=SYSTEMS[found.scheme], code=found.code, display=found.meaning),)
