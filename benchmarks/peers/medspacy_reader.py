"""medSpaCy, measured: target matcher, ConText and sectionizer with rules for this task.

Its default sentence splitter prints the report to standard error, so spaCy's own quiet
sentencizer stands in for it. The rules below are what a user could write in a day: targets
for the entities, ducts and shadows, the hedges of radiology as further ConText rules,
sections by organ, and a sentence that names another organ left out.
"""

from __future__ import annotations

import logging
import re
import warnings

from protocol import serve

WORDS = {
    "calcification": [r"calcifi\w+", r"granulomat?a?s?", r"calcific"],
    "duct_gas": [r"pneumobilia"],
    "other": [r"ha?emangiomas?"],
    "DILATED": [r"dilat\w+", r"non-?dilated", r"widened"],
    "NORMAL": [r"normal", r"unremarkable"],
    "SHADOW": [r"(?:non-?)?shadow(?:s|ing)?"],
}
STONE = {"REGEX": r"^(?:stones?|calcul(?:us|i)|lithiasis|cholelithiasis)$"}
PHRASES = {
    "duct_stone": [
        [{"LOWER": {"REGEX": r"^hepatolith(?:s|iasis)?$"}}],
        [{"LOWER": {"IN": ["intrahepatic", "intraductal"]}}, {"LOWER": {"IN": ["bile", "biliary", "duct", "ductal"]}, "OP": "*"}, {"LOWER": STONE}],
        [{"LOWER": "bile"}, {"LOWER": "duct"}, {"LOWER": STONE}],
        [{"LOWER": STONE}, {"LOWER": "in"}, {"LOWER": "the"}, {"LOWER": "intrahepatic"}, {"LOWER": "ducts"}],
    ],
    "duct_gas": [
        [{"LOWER": "intrahepatic", "OP": "?"}, {"LOWER": {"IN": ["biliary", "intraductal"]}}, {"LOWER": {"IN": ["air", "gas"]}}],
        [{"LOWER": {"IN": ["air", "gas"]}}, {"LOWER": {"IN": ["in", "within"]}}, {"LOWER": "the"}, {"LOWER": "intrahepatic", "OP": "?"}, {"LOWER": {"IN": ["biliary", "bile"]}}],
    ],
    "INTRAHEPATIC": [
        [{"LOWER": "intrahepatic"}, {"LOWER": {"IN": ["biliary", "bile", "ductal"]}, "OP": "*"}, {"LOWER": {"IN": ["duct", "ducts", "tree", "radicles", "ductal", "biliary"]}}],
    ],
    "EXTRAHEPATIC": [
        [{"LOWER": {"REGEX": "^(?:cbd|extrahepatic)$"}}],
        [{"LOWER": "common"}, {"LOWER": {"IN": ["bile", "hepatic"]}, "OP": "?"}, {"LOWER": "duct"}],
    ],
    "DUCTS": [
        [{"LOWER": {"IN": ["bile", "biliary", "ductal"]}}, {"LOWER": {"IN": ["ducts", "tree", "ductal"]}, "OP": "?"}],
        [{"LOWER": {"REGEX": r"^(?:intra|intra-.*)$"}}],
    ],
    "FAINT": [[{"LOWER": {"IN": ["faint", "weak", "mild", "subtle", "minimal", "slight"]}}, {"LOWER": {"IN": ["posterior", "acoustic"]}, "OP": "*"}, {"LOWER": {"REGEX": "^shadow"}}]],
    "DIRTY": [[{"LOWER": "dirty"}, {"LOWER": "posterior", "OP": "?"}, {"LOWER": {"REGEX": "^shadow"}}]],
    "COMET": [[{"LOWER": "comet"}, {"TEXT": "-", "OP": "?"}, {"LOWER": "tail"}], [{"LOWER": "comet-tail"}]],
    "REVERBERATION": [[{"LOWER": "reverberation"}]],
    "RING": [[{"LOWER": "ring"}, {"TEXT": "-", "OP": "?"}, {"LOWER": "down"}], [{"LOWER": "ring-down"}]],
}
SHADOWS = {"SHADOW": "present", "FAINT": "faint", "DIRTY": "dirty", "COMET": "comet_tail", "REVERBERATION": "reverberation", "RING": "ring_down"}
FORWARD_HEDGES = [
    "likely", "probable", "probably", "possible", "possibly", "suspected", "suggestive of", "consistent with", "compatible with",
    "may represent", "could represent", "could be", "in keeping with", "suspicious for", "presumably", "presumed", "perhaps", "favor",
    "favour", "favors", "favoring", "favored", "concerning for", "questionable", "suspected to be", "?", "either", "differential includes",
]
BACKWARD_HEDGES = ["cannot be excluded", "not excluded", "is not excluded", "cannot be entirely excluded", "cannot be ruled out", "is suspected", "likely"]
BETWEEN = ["versus", "vs", "vs.", "or"]
ADVICE = ["recommend", "is recommended", "to exclude", "to rule out", "to confirm", "consider"]
SECTIONS = {
    "liver": ["liver", "hepatobiliary"], "ducts": ["bile ducts", "biliary", "biliary tree", "ducts"], "gallbladder": ["gallbladder"],
    "away": ["kidneys", "right kidney", "renal", "spleen", "pancreas", "aorta", "vessels", "aorta and ivc", "bladder", "urinary bladder", "prostate", "thyroid", "other", "miscellaneous"],
    "findings": ["findings", "report", "sonographic findings"],
    "frame": ["technique", "procedure", "comparison"],
    "impression": ["impression", "conclusion", "opinion", "summary"],
    "history": ["indication", "clinical history", "history", "clinical indication", "reason for exam", "clinical information"],
}
AWAY = re.compile(
    r"\b(?:gallbladder|gallstones?|cholelithiasis|kidneys?|renal|spleen|splen\w+|pancrea\w+|aort\w+|bladder|prosta\w+|thyroid|murphy)\b",
    re.IGNORECASE,
)
WIDTH = re.compile(r"(\d+(?:\.\d+)?) ?(mm|cm)", re.IGNORECASE)
WIDE_COMMON_DUCT_MM = 7
HISTORY_TOKENS = 25
"""A history rarely runs on for longer; findings without a heading may follow it."""


def make_reader():
    quieten()
    nlp = load()
    return lambda text: facts_of(nlp(text))


def quieten():
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    from loguru import logger

    logger.remove()


def load():
    import medspacy
    from medspacy.context import ConTextRule
    from medspacy.ner import TargetRule
    from medspacy.section_detection import SectionRule

    nlp = medspacy.load(medspacy_enable={"medspacy_tokenizer", "medspacy_target_matcher", "medspacy_context"})
    nlp.add_pipe("sentencizer", first=True)
    targets = [TargetRule(label, label, pattern=[{"LOWER": {"REGEX": f"^(?:{'|'.join(forms)})$"}}]) for label, forms in WORDS.items()]
    targets += [TargetRule(label, label, pattern=pattern) for label, patterns in PHRASES.items() for pattern in patterns]
    nlp.get_pipe("medspacy_target_matcher").add(targets)
    rules = [ConTextRule(words, "POSSIBLE_EXISTENCE", direction="FORWARD") for words in FORWARD_HEDGES]
    rules += [ConTextRule(words, "POSSIBLE_EXISTENCE", direction="BACKWARD") for words in BACKWARD_HEDGES]
    rules += [ConTextRule(words, "POSSIBLE_EXISTENCE", direction="BIDIRECTIONAL", max_scope=8) for words in BETWEEN]
    rules += [ConTextRule("rather than", "NEGATED_EXISTENCE", direction="FORWARD", max_scope=6)]
    rules += [ConTextRule(words, "HYPOTHETICAL", direction="BIDIRECTIONAL") for words in ADVICE]
    nlp.get_pipe("medspacy_context").add(rules)
    sections = nlp.add_pipe("medspacy_sectionizer", config={"rules": None})
    sections.add(
        [
            SectionRule(f"{title}:", category, max_scope=HISTORY_TOKENS if category in ("history", "frame") else None)
            for category, titles in SECTIONS.items()
            for title in titles
        ]
    )
    return nlp


def facts_of(doc):
    facts = set()
    for sentence in doc.sents:
        facts |= sentence_facts(sentence)
    return facts


def sentence_facts(sentence):
    section = sentence[-1]._.section_category
    if section in ("away", "gallbladder", "history", "frame") or AWAY.search(sentence.text):
        return set()
    ents = list(sentence.ents)
    facts = {fact for ent in ents if ent.label_ in ("calcification", "duct_stone", "duct_gas", "other") for fact in statement(ent)}
    facts |= duct_facts(sentence.text, ents)
    for ent in ents:
        if ent.label_ in SHADOWS:
            absent = ent._.is_negated or ent.text.lower().startswith("non")
            facts.add(("shadow", "absent" if absent else SHADOWS[ent.label_]))
    return facts


def statement(ent):
    if ent._.is_hypothetical or ent._.is_historical:
        return
    if ent._.is_negated and not excluded(ent):
        yield ("refuted", ent.label_)
    elif ent._.is_uncertain:
        yield ("focus", ent.label_, "hedged")
    else:
        yield ("focus", ent.label_, "asserted")


def excluded(ent):
    """Whether the negation is that of "cannot be excluded", a hedge."""
    return re.search(r"not (?:be )?(?:entirely )?(?:excluded|ruled out)", ent.sent.text.lower())


def duct_facts(text, ents):
    labels = {ent.label_ for ent in ents}
    slots = {slot.lower() for slot in ("INTRAHEPATIC", "EXTRAHEPATIC") if slot in labels}
    if not slots and "DUCTS" in labels:
        slots = {"intrahepatic", "extrahepatic"}
    wide = [ent for ent in ents if ent.label_ == "DILATED"]
    width = WIDTH.search(text)
    if wide:
        closed = any(ent._.is_negated or ent.text.lower().startswith("non") for ent in wide)
        return {("duct", slot, "not_dilated" if closed else "dilated") for slot in slots}
    if "NORMAL" in labels:
        return {("duct", slot, "not_dilated") for slot in slots}
    if width and slots == {"extrahepatic"}:
        width_mm = float(width[1]) * (10 if width[2].lower() == "cm" else 1)
        return {("duct", "extrahepatic", "dilated" if width_mm > WIDE_COMMON_DUCT_MM else "not_dilated")}
    return set()


if __name__ == "__main__":
    serve(make_reader)
