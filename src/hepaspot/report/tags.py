"""What a term of the lexicon does in a sentence.

Tags are bits, so that the tags of a whole passage fold into one number and a passage that
holds nothing of interest is passed over at once. They are plain integers rather than an
``IntFlag``, whose operators cost more than the reading itself.
"""

from __future__ import annotations

from typing import Final


class Tag:
    """The part a term plays; one bit each."""

    MENTION: Final = 1 << 0
    BRIGHT: Final = 1 << 1
    NOUN: Final = 1 << 2
    ORGAN: Final = 1 << 3
    DUCT: Final = 1 << 4
    STATE: Final = 1 << 5
    UNSEEN: Final = 1 << 6
    UNSEEN_FOCUS: Final = 1 << 7
    SHADOW: Final = 1 << 8
    NEG: Final = 1 << 9
    NEG_POST: Final = 1 << 10
    NOISE: Final = 1 << 11
    HEDGE: Final = 1 << 12
    HEDGE_POST: Final = 1 << 13
    QUESTION: Final = 1 << 14
    EITHER_OR: Final = 1 << 15
    SLASH: Final = 1 << 16
    DIFFER: Final = 1 << 17
    RATHER_THAN: Final = 1 << 18
    CORRECT: Final = 1 << 19
    PRIOR: Final = 1 << 20
    PRIOR_POST: Final = 1 << 21
    PREV_SEEN: Final = 1 << 22
    ADVICE: Final = 1 << 23
    PURPOSE: Final = 1 << 24
    END: Final = 1 << 25
    SEEN: Final = 1 << 26
    ORDINAL: Final = 1 << 27
    ANAPHOR: Final = 1 << 28
    REMOVED: Final = 1 << 29
    HISTORY: Final = 1 << 30
    HISTORY_POST: Final = 1 << 31
    NOW: Final = 1 << 32
    LOBE: Final = 1 << 33
    SEGMENT: Final = 1 << 34
    ALONG: Final = 1 << 35
    LANDMARK: Final = 1 << 36
    NEAR: Final = 1 << 37
    COUNT: Final = 1 << 38
    LARGEST: Final = 1 << 39
    DISTRIB: Final = 1 << 40
    GRADE: Final = 1 << 41
    SECOND_AXIS: Final = 1 << 42
    FORMER: Final = 1 << 43
    LATTER: Final = 1 << 44
    ALL_OF: Final = 1 << 45
    MASKED: Final = 1 << 46
    EXTENT: Final = 1 << 47
    SIZE: Final = 1 << 48
    CHANGE: Final = 1 << 49
    HOST: Final = 1 << 50
    ATTRIBUTE: Final = 1 << 51
    BRIGHTNESS: Final = 1 << 52
    SIGN: Final = 1 << 53
    SECTION: Final = 1 << 54
    SCOPE: Final = 1 << 55
    COMMA: Final = 1 << 56
    PAUSE: Final = 1 << 57
    LIST_AND: Final = 1 << 58
    STOP: Final = 1 << 59
    DOT: Final = 1 << 60
    OPEN: Final = 1 << 61
    CLOSE: Final = 1 << 62
    COLON: Final = 1 << 63
    LINK: Final = 1 << 70
    LIVERISH: Final = 1 << 64
    FOREIGN: Final = 1 << 65
    RISKY: Final = 1 << 66
