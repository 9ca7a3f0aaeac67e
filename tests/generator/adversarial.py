"""Texts that punish backtracking, deep nesting and unbounded scopes; none is a report."""

from __future__ import annotations

LENGTH = 100_000

SEEDS = {
    "digits": "7",
    "sizes without end": "1x1x1x",
    "sizes with full-width crosses": "1×1*1X1",
    "decimals": "3.1.4.1.5.9",
    "numbers and units": "12 mm x 3 cm - 4mm~",
    "ranges": "2-6-2~6至",
    "open brackets": "([{（【",
    "nested brackets": "((钙化)(stone))",
    "negations in one sentence": "no stone and no calcification and without ",
    "no no no": "no ",
    "not excluded": "cannot be excluded ",
    "hedges": "考虑可能疑似",
    "未见": "未见",
    "enumeration commas": "肝内、胆管、",
    "carried subjects": "其内",
    "either-or": "结石或",
    "versus": "calcification versus stone versus ",
    "rather than": "calcification rather than stone rather than ",
    "segments": "S1、S2、S3、S4/5/6、",
    "lobes": "left lobe right lobe ",
    "foci": "echogenic focus in the right lobe measuring 3 mm. ",
    "强回声": "强回声",
    "spaces": " ",
    "newlines": "\n",
    "mixed whitespace": " \t\r\n\u3000\xa0",
    "one giant word": "a",
    "hyphens": "-",
    "intra-intra": "intra-",
    "dots": ".",
    "question marks": "？",
    "numbering": "1.2.3.(4)5、",
    "headings": "FINDINGS: IMPRESSION: ",
    "中文标题": "超声所见：超声提示：",
    "masks": "*_2DS_",
    "control marks": "_x0004_",
    "lone surrogates": "\ud800",
    "combining marks": "a\u0301\u0323",
    "zero-width": "\u200b\u200d",
    "astral": "\U0002000b🫀",
    "nul": "\x00",
    "ducts": "the common bile duct measures the common bile duct ",
    "organs": "liver gallbladder kidney spleen ",
    "history": "status post status post ",
    "calci": "calcificatio",
}


def adversarial_texts(length: int = LENGTH) -> dict[str, str]:
    """Name and text of every case, each ``length`` characters long."""
    repeated = {name: (seed * (length // len(seed) + 1))[:length] for name, seed in SEEDS.items()}
    return repeated | {
        "bracket pyramid": "(" * (length // 2) + ")" * (length // 2),
        "spaces before a word": " " * (length - 5) + "stone",
        "digits before a unit": "1" * (length - 2) + "mm",
    }
