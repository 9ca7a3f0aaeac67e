"""Reports made up in the manner of real ones, read by hand and weighed by the real tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import msgspec

from hepaspot.exam import (
    Caveat,
    Certainty,
    Count,
    Entity,
    Exam,
    Focus,
    Lobe,
    Observation,
    Place,
    Section,
    Setting,
    SettingKind,
    Size,
    Source,
    SourceKind,
    Statement,
    Words,
    plain,
)
from hepaspot.weigh import assess
from hepaspot.weigh.assessment import Assessment, Conclusion, Probability


class Report:
    """A text whose passages are found by their words."""

    def __init__(self, text: str) -> None:
        self.text = text

    def at(self, words: str, section: Section = Section.FINDINGS) -> Words:
        start = self.text.index(words)
        return Words("report", start, start + len(words), section)

    def sign(self, sign: str, state: str, words: str) -> Observation:
        return plain(sign, state, self.at(words))

    def exam(self, *foci: Focus, **rest: object) -> Exam:
        source = Source("report", SourceKind.REPORT, self.text)
        return Exam(sources=(source,), foci=foci, **rest)


HEALTH = Setting(SettingKind.HEALTH_CHECK, "east_asia")
SYMPTOMS = Setting(SettingKind.SYMPTOMATIC, "east_asia")


def calcification() -> Exam:
    r = Report(
        "Findings: right lobe, segment 7: a 6 mm echogenic focus with faint acoustic shadow, "
        "outside the ducts, unchanged. Intrahepatic bile ducts are not dilated.\n"
        "Impression: calcification in the right lobe."
    )
    said = r.at("calcification in the right lobe", Section.IMPRESSION)
    focus = Focus(
        "f1",
        r.at("echogenic focus"),
        count=Count.SINGLE,
        places=(Place(r.at("right lobe, segment 7"), Lobe.RIGHT, (7,)),),
        sizes=(Size(r.at("6 mm"), (6.0,)),),
        observations=(
            r.sign("shadow", "faint", "faint acoustic shadow"),
            r.sign("alignment", "outside_duct", "outside the ducts"),
            r.sign("in_duct", "outside", "outside the ducts"),
            r.sign("change", "stable", "unchanged"),
            r.sign("ct_density", "high", "echogenic"),
        ),
        statements=(Statement(Entity.CALCIFICATION, Certainty.ASSERTED, said),),
    )
    ducts = r.sign("duct_intrahepatic", "not_dilated", "bile ducts are not dilated")
    return r.exam(focus, observations=(ducts,), setting=HEALTH)


def duct_stone() -> Exam:
    r = Report(
        "患者发热、右上腹痛3天，皮肤黄染。肝左外叶胆管内见数个强回声，沿胆管排列，较大者约12mm，"
        "后方伴声影，其上游胆管扩张，左叶萎缩。胆囊切除术后。提示：肝内胆管结石。"
    )
    said = Statement(Entity.DUCT_STONE, Certainty.ASSERTED, r.at("肝内胆管结石"))
    focus = Focus(
        "f1",
        r.at("数个强回声"),
        count=Count.MULTIPLE,
        places=(Place(r.at("肝左外叶"), Lobe.LEFT, (2, 3), ("along_left_duct",)),),
        sizes=(Size(r.at("约12mm"), (12.0,)),),
        observations=(
            r.sign("shadow", "present", "后方伴声影"),
            r.sign("alignment", "along_duct", "沿胆管排列"),
            r.sign("in_duct", "inside", "胆管内"),
            r.sign("duct_local", "dilated", "上游胆管扩张"),
        ),
        statements=(said,),
    )
    whole = (
        r.sign("fever", "present", "发热"),
        r.sign("pain", "present", "右上腹痛"),
        r.sign("jaundice", "present", "皮肤黄染"),
        r.sign("atrophy", "present", "左叶萎缩"),
        r.sign("history_cholecystectomy", "present", "胆囊切除术后"),
    )
    return r.exam(focus, observations=whole, setting=SYMPTOMS)


def duct_gas() -> Exam:
    r = Report(
        "After choledochojejunostomy. Branching bright echoes in the left lobe with dirty "
        "shadowing that move with position. Suggestive of pneumobilia."
    )
    said = Statement(Entity.DUCT_GAS, Certainty.HEDGED, r.at("pneumobilia"), "pneumobilia")
    focus = Focus(
        "f1",
        r.at("bright echoes"),
        count=Count.MULTIPLE,
        places=(Place(r.at("left lobe"), Lobe.LEFT),),
        observations=(
            r.sign("shadow", "dirty", "dirty shadowing"),
            r.sign("shape", "branching", "Branching"),
            r.sign("mobility", "moves", "move with position"),
        ),
        statements=(said,),
    )
    surgery = r.sign("history_biliary_surgery", "present", "choledochojejunostomy")
    return r.exam(focus, observations=(surgery,), setting=SYMPTOMS)


def named() -> Exam:
    r = Report("A 22 mm bright nodule with flow in segment 5: typical haemangioma.")
    said = Statement(Entity.OTHER, Certainty.ASSERTED, r.at("haemangioma"), "haemangioma")
    focus = Focus(
        "f1",
        r.at("bright nodule"),
        sizes=(Size(r.at("22 mm"), (22.0,)),),
        observations=(r.sign("flow", "present", "with flow"),),
        statements=(said,),
    )
    return r.exam(focus)


def cannot_tell() -> Exam:
    r = Report("肝右叶见一强回声，大小约5mm，钙化灶或结石。")
    both = (
        Statement(Entity.CALCIFICATION, Certainty.EITHER_OR, r.at("钙化灶")),
        Statement(Entity.DUCT_STONE, Certainty.EITHER_OR, r.at("结石")),
    )
    focus = Focus(
        "f1",
        r.at("强回声"),
        places=(Place(r.at("肝右叶"), Lobe.RIGHT),),
        sizes=(Size(r.at("约5mm"), (5.0,)),),
        statements=both,
    )
    return r.exam(focus)


def contradictory() -> Exam:
    r = Report(
        "Findings: echogenic focus in the left lobe. No intrahepatic duct stone is seen. Ducts "
        "not dilated. Known colon cancer. Impression: intrahepatic duct stone, left lobe."
    )
    end = r.text.rindex("intrahepatic duct stone")
    said = Words("report", end, end + len("intrahepatic duct stone"), Section.IMPRESSION)
    focus = Focus(
        "f1",
        r.at("echogenic focus"),
        statements=(Statement(Entity.DUCT_STONE, Certainty.ASSERTED, said),),
    )
    denied = r.at("No intrahepatic duct stone is seen")
    return r.exam(
        focus,
        observations=(
            r.sign("duct_intrahepatic", "not_dilated", "Ducts not dilated"),
            r.sign("history_cancer", "present", "colon cancer"),
        ),
        statements=(Statement(Entity.DUCT_STONE, Certainty.NEGATED, denied),),
    )


def two_foci() -> Exam:
    first = calcification()
    second = Focus("f2", first.foci[0].provenance, places=first.foci[0].places)
    return Exam(
        setting=first.setting,
        sources=first.sources,
        foci=(first.foci[0], second),
        observations=first.observations,
    )


def no_focus() -> Exam:
    r = Report("Liver normal in size. No calcification or stone. Ducts not seen for gas.")
    denied = Statement(Entity.CALCIFICATION, Certainty.NEGATED, r.at("No calcification"))
    caveat = Caveat("ducts_not_seen", r.at("Ducts not seen"))
    return r.exam(statements=(denied,), caveats=(caveat,))


def foetal() -> Exam:
    r = Report("Foetus at 24 weeks: echogenic focus in the foetal liver, 3 mm.")
    focus = Focus("f1", r.at("echogenic focus"), sizes=(Size(r.at("3 mm"), (3.0,)),))
    return r.exam(focus, caveats=(Caveat("foetal", r.at("Foetus")),))


def animal() -> Exam:
    r = Report("Canine liver: mineralised focus in the left lobe.")
    focus = Focus("f1", r.at("mineralised focus"))
    return r.exam(focus, caveats=(Caveat("animal", r.at("Canine")),))


MAKERS: dict[str, Callable[[], Exam]] = {
    maker.__name__: maker
    for maker in (
        calcification,
        duct_stone,
        duct_gas,
        named,
        cannot_tell,
        contradictory,
        two_foci,
        no_focus,
        foetal,
        animal,
    )
}

NAMES = tuple(MAKERS)


@cache
def assessed(name: str) -> Assessment:
    return assess(MAKERS[name]())


def concluding(assessment: Assessment, conclusion: Conclusion) -> Assessment:
    """``assessment`` with one conclusion for each focus, whatever the tables say by then."""
    foci = tuple(
        msgspec.structs.replace(focus, conclusion=conclusion, probabilities=PROBABILITIES)
        for focus in assessment.foci
    )
    return msgspec.structs.replace(assessment, foci=foci)


PROBABILITIES = (
    Probability(Entity.CALCIFICATION, 0.856, 0.604, 0.998),
    Probability(Entity.DUCT_STONE, 0.121, 0.021, 0.312),
    Probability(Entity.DUCT_GAS, 0.003, 0.0001, 0.052),
    Probability(Entity.OTHER, 0.02, 0.0, 0.101),
)


def plain_calcification() -> Assessment:
    return concluding(assessed("calcification"), Conclusion.CALCIFICATION)
