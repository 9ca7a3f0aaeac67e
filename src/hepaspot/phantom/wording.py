"""The report that goes with a phantom, in the words of reports, in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hepaspot.errors import InputError
from hepaspot.phantom.recipe import Target
from hepaspot.phantom.truth import FocusTruth, ShadowKind, Truth, TubeKind


@dataclass(frozen=True)
class _Words:
    """Sentences of one language; {size} and {calibre} are millimetres, {lobe} is a lobe."""

    lobes: dict[str, str]
    shadows: dict[ShadowKind, str]
    found: dict[Target, str]
    several: str
    none: str
    dilated: str
    not_dilated: str
    named: dict[Target, str]
    frame: str
    article: Callable[[int], str]


ENGLISH: Final = _Words(
    lobes={"right": "right", "left": "left"},
    shadows={
        ShadowKind.PRESENT: "with posterior acoustic shadowing",
        ShadowKind.FAINT: "with faint posterior acoustic shadowing",
        ShadowKind.DIRTY: "with dirty shadowing",
        ShadowKind.ABSENT: "without posterior acoustic shadowing",
    },
    found={
        Target.CALCIFICATION: "In the {lobe} lobe there is {a} {size} mm echogenic focus {shadow}.",
        Target.STONE_IN_DILATED_DUCT: (
            "In the {lobe} lobe an intrahepatic duct is dilated to {calibre} mm. "
            "Within its lumen lies {a} {size} mm echogenic focus {shadow}."
        ),
        Target.GAS: "In a duct of the {lobe} lobe lies {a} {size} mm echogenic focus {shadow}.",
        Target.HAEMANGIOMA: (
            "In the {lobe} lobe there is {a} {size} mm well-defined hyperechoic focus {shadow}."
        ),
    },
    several=(
        "In the {lobe} lobe there are {count} echogenic foci, the largest {size} mm, {shadow}."
    ),
    none="No focal lesion. No echogenic focus in the liver.",
    dilated="The other intrahepatic ducts are not dilated.",
    not_dilated="The intrahepatic ducts are not dilated.",
    named={
        Target.CALCIFICATION: "Calcification in the {lobe} lobe of the liver.",
        Target.STONE_IN_DILATED_DUCT: "Intrahepatic duct stone in the {lobe} lobe, {size} mm.",
        Target.GAS: "Pneumobilia in the {lobe} lobe.",
        Target.HAEMANGIOMA: "Haemangioma in the {lobe} lobe of the liver.",
        Target.NONE: "No focal liver lesion.",
    },
    frame=(
        "ULTRASOUND OF THE LIVER\n\n"
        "Clinical details: Routine health check. No symptoms.\n\n"
        "Findings:\n"
        "The liver is normal in size and echotexture.\n"
        "{found}\n"
        "{ducts} The common bile duct measures 4 mm.\n"
        "The gallbladder is thin-walled and contains no stones.\n\n"
        "Conclusion:\n"
        "{named}\n"
    ),
    article=lambda size: "an" if size in {8, 11, 18} else "a",
)

CHINESE: Final = _Words(
    lobes={"right": "右", "left": "左"},
    shadows={
        ShadowKind.PRESENT: "后方伴声影",
        ShadowKind.FAINT: "后方伴弱声影",
        ShadowKind.DIRTY: "后方伴多重反射",
        ShadowKind.ABSENT: "后方无声影",
    },
    found={
        Target.CALCIFICATION: "肝{lobe}叶见一强回声，大小约{size}mm，{shadow}。",
        Target.STONE_IN_DILATED_DUCT: (
            "{lobe}肝内胆管扩张，较宽处内径约{calibre}mm，其内见一强回声团，"
            "大小约{size}mm，{shadow}。"
        ),
        Target.GAS: "{lobe}肝内胆管内见一条状强回声，大小约{size}mm，{shadow}。",
        Target.HAEMANGIOMA: "肝{lobe}叶见一高回声结节，大小约{size}mm，边界清，{shadow}。",
    },
    several="肝{lobe}叶见{count}个强回声，较大者约{size}mm，{shadow}。",
    none="肝内未见明显占位及异常强回声。",
    dilated="余肝内胆管未见扩张。",
    not_dilated="肝内外胆管未见扩张。",
    named={
        Target.CALCIFICATION: "肝{lobe}叶钙化灶",
        Target.STONE_IN_DILATED_DUCT: "肝内胆管结石",
        Target.GAS: "{lobe}肝内胆管积气",
        Target.HAEMANGIOMA: "肝{lobe}叶血管瘤",
        Target.NONE: "肝脏未见明显异常",
    },
    frame=(
        "腹部超声检查报告\n"
        "检查类别：健康体检\n\n"
        "超声所见：\n"
        "肝脏大小形态正常，实质回声均匀。{found}{ducts}胆总管内径约4mm。\n"
        "胆囊大小正常，壁光滑，内未见结石回声。\n\n"
        "超声提示：\n"
        "{named}\n"
    ),
    article=lambda _: "",
)

LANGUAGES: Final = {"en": ENGLISH, "zh": CHINESE}


def report_of(truth: Truth, language: str, stated: Target | None) -> str:
    """What `hepaspot.phantom.write_report` gives."""
    if language not in LANGUAGES:
        raise InputError(
            f"phantoms: no report is written in {language!r}; give one of {', '.join(LANGUAGES)}"
        )
    words = LANGUAGES[language]
    told = {"lobe": words.lobes[truth.lobe], "size": _size(truth.foci)}
    dilated = any(tube.dilated for tube in truth.tubes)
    return words.frame.format(
        found=_found(truth, words),
        ducts=words.dilated if dilated else words.not_dilated,
        named=words.named[stated or truth.target].format(**told),
    )


def _found(truth: Truth, words: _Words) -> str:
    if not truth.foci:
        return words.none
    largest = max(truth.foci, key=lambda focus: focus.lateral_mm)
    size = _size(truth.foci)
    calibres = [t.calibre_mm for t in truth.tubes if t.kind is TubeKind.DUCT and t.dilated]
    sentence = words.found[truth.target] if len(truth.foci) == 1 else words.several
    return sentence.format(
        a=words.article(size),
        lobe=words.lobes[truth.lobe],
        size=size,
        count=len(truth.foci),
        calibre=round(max(calibres, default=0)),
        shadow=words.shadows[largest.shadow.kind],
    )


def _size(foci: tuple[FocusTruth, ...]) -> int:
    """Size of the largest focus as reports give it: whole mm."""
    return max((max(1, round(focus.lateral_mm)) for focus in foci), default=0)
