"""The plain way: compiled patterns over the whole text, no scope, no organs, no relations."""

from __future__ import annotations

import re

from protocol import serve

HEDGE = r"(?:likely|probabl[ey]|possibl[ey]|suspected|suggestive of|consistent with|may represent|\?)"
NO = r"\b(?:no|without|negative for|absence of|free of)\b(?: evidence of| definite)?"
ENTITIES = {
    "calcification": r"(?:calcif\w+|(?<!non)calcified|granulomat?a?s?)\b",
    "duct_stone": r"(?:hepatolith\w*|intrahepatic (?:bile )?(?:duct(?:al)? |biliary )?"
    r"(?:stones?|calcul[ui]s?|lithiasis|cholelithiasis))\b",
    "duct_gas": r"(?:pneumobilia|biliary (?:air|gas)|(?:air|gas) (?:in|within) the (?:intrahepatic )?"
    r"bile ducts?)\b",
    "other": r"ha?emangiomas?\b",
}
WIDE = r"(?:dilat(?:ed|ation|ion))"
DUCTS = {
    ("intrahepatic", "not_dilated"): rf"no (?:evidence of )?(?:intra\w*|biliary|ductal)[^.]{{0,40}}{WIDE}"
    rf"|(?:intrahepatic|bile) (?:bile )?(?:ducts?|tree)[^.]{{0,20}}(?:not dilated|normal|unremarkable)",
    ("intrahepatic", "dilated"): rf"(?<!no )(?:{WIDE} intrahepatic|intrahepatic (?:bile )?ducts? are {WIDE})",
    ("extrahepatic", "not_dilated"): rf"no [^.]{{0,30}}(?:extrahepatic|biliary)[^.]{{0,30}}{WIDE}"
    r"|(?:common (?:bile |hepatic )?duct|cbd)[^.]{0,20}(?:not dilated|normal|unremarkable|[2-6](?:\.\d)? mm)",
    ("extrahepatic", "dilated"): rf"(?:common (?:bile )?duct|cbd)[^.]{{0,20}}(?<!not ){WIDE}|{WIDE} (?:cbd|common)",
}
SHADOWS = {
    "absent": r"(?:without|no|non-?)[^.]{0,30}shadow|non-?shadowing",
    "faint": r"(?:faint|weak|mild|subtle|slight|minimal)[^.]{0,20}shadow",
    "dirty": r"dirty[^.]{0,20}shadow",
    "comet_tail": r"comet[- ]tail",
    "reverberation": r"reverberation",
    "ring_down": r"ring[- ]down",
    "present": r"(?:with|casting|posterior|acoustic)[^.]{0,30}shadow",
}


def make_reader():
    denied = {e: re.compile(rf"{NO}[^.]{{0,30}}{p}") for e, p in ENTITIES.items()}
    hedged = {e: re.compile(rf"{HEDGE}[^.]{{0,30}}{p}") for e, p in ENTITIES.items()}
    named = {e: re.compile(p) for e, p in ENTITIES.items()}
    ducts = {key: re.compile(p) for key, p in DUCTS.items()}
    shadows = {key: re.compile(p) for key, p in SHADOWS.items()}

    def read(text):
        text = text.lower()
        facts = {("duct", *key) for key, pattern in ducts.items() if pattern.search(text)}
        state = next((s for s, pattern in shadows.items() if pattern.search(text)), None)
        facts |= {("shadow", state)} if state else set()
        for entity in ENTITIES:
            if not named[entity].search(text):
                continue
            if denied[entity].search(text):
                facts.add(("refuted", entity))
            elif hedged[entity].search(text):
                facts.add(("focus", entity, "hedged"))
            else:
                facts.add(("focus", entity, "asserted"))
        return facts

    return read


if __name__ == "__main__":
    serve(make_reader)
