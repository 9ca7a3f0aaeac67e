"""What a term of the lexicon does in a sentence.

Tags are bits, so that the tags of a whole passage fold into one number and a passage that
holds nothing of interest is passed over at once.
"""

from __future__ import annotations

from enum import IntFlag, auto


class Tag(IntFlag):
    """The part a term plays."""

    MENTION = auto()
    BRIGHT = auto()
    NOUN = auto()
    ORGAN = auto()
    DUCT = auto()
    STATE = auto()
    UNSEEN = auto()
    UNSEEN_FOCUS = auto()
    SHADOW = auto()
    NEG = auto()
    NEG_POST = auto()
    NOISE = auto()
    HEDGE = auto()
    HEDGE_POST = auto()
    QUESTION = auto()
    EITHER_OR = auto()
    SLASH = auto()
    DIFFER = auto()
    RATHER_THAN = auto()
    NOT_BUT = auto()
    CORRECT = auto()
    PRIOR = auto()
    PREV_SEEN = auto()
    ADVICE = auto()
    PURPOSE = auto()
    END = auto()
    SEEN = auto()
    ORDINAL = auto()
    ANAPHOR = auto()
    REMOVED = auto()
    HISTORY = auto()
    HISTORY_POST = auto()
    NOW = auto()
    LOBE = auto()
    SEGMENT = auto()
    ALONG = auto()
    LANDMARK = auto()
    NEAR = auto()
    COUNT = auto()
    LARGEST = auto()
    DISTRIB = auto()
    ALL_OF = auto()
    MASKED = auto()
    EXTENT = auto()
    SIZE = auto()
    CHANGE = auto()
    HOST = auto()
    ATTRIBUTE = auto()
    BRIGHTNESS = auto()
    SIGN = auto()
    SECTION = auto()
    SCOPE = auto()
    COMMA = auto()
    PAUSE = auto()
    LIST_AND = auto()
    STOP = auto()
    DOT = auto()
    OPEN = auto()
    CLOSE = auto()
    COLON = auto()
