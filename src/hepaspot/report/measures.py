"""Whether a written size measures a focus rather than a duct, a vessel or the liver."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hepaspot.report.hits import Hit
from hepaspot.report.tags import Tag
from hepaspot.report.told import CLAUSE_ENDS, is_chinese, is_english

STATE_GAP = 10
"""Characters between "dilated" and the width that goes with it."""
FOLLOWER_GAP = 4
"""Characters between a size and the cyst or duct right behind it ("a 9 mm cyst")."""
EXTENT_GAP_AHEAD = 3
"""Characters between a size and the extent that it measures ("12 cm in length")."""
EXTENT_GAP_BEHIND = 14
"""Characters between an extent and the size that measures it ("oblique diameter 120 mm")."""
NOUN_GAP = {"zh": 14, "en": 45}
"""Characters between a size and the mention it stands before, by the mention's language."""
HOST_GAP = {"zh": 14, "en": 40}
"""The same for a host."""
LIVER_SIZE_MM = 60.0
"""From this on a size right behind the word "liver" measures the liver (convention)."""
LIVER_SIZE_GAP = 20
"""Characters between "liver" and a size that measures it."""
_SUBJECTS = Tag.MENTION | Tag.DUCT | Tag.EXTENT | Tag.ORGAN | Tag.HOST
_PLACE = Tag.LOBE | Tag.SEGMENT | Tag.LANDMARK
_NEW_CLAUSE = CLAUSE_ENDS | Tag.LIST_AND


def size_belongs(hits: list[Hit], k: int, own: Sequence[int]) -> bool:
    """Whether the size at ``k`` measures the focus with the mentions at ``own``."""
    if goes_with_dilated(hits, k) or _measures_follower(hits, k):
        return False
    after = next((j for j in range(k + 1, len(hits)) if hits[j].tag & _SUBJECTS), None)
    if after is not None:
        if _stands_before_mention(hits, k, after):
            return after in own
        if _stands_before_host(hits, k, after):
            return False
    return _measures_what_precedes(hits, k, own)


def goes_with_dilated(hits: list[Hit], k: int) -> bool:
    """Whether the size at ``k`` stands right behind "dilated" and is that width."""
    before = hits[k - 1] if k else None
    if before is None or before.tag != Tag.STATE or before.lex.value != "dilated":
        return False
    return hits[k].start - before.end <= STATE_GAP


def _measures_follower(hits: list[Hit], k: int) -> bool:
    ahead = hits[k + 1 : k + 3]
    if not ahead:
        return False
    size, follower = hits[k], ahead[0]
    if any(h.tag == Tag.EXTENT and h.start - size.end <= EXTENT_GAP_AHEAD for h in ahead):
        return True
    gap = follower.start - size.end
    noun = follower.tag & (Tag.HOST | Tag.DUCT)
    return bool(noun) and is_english(follower) and gap <= FOLLOWER_GAP


def _gap_limit(limits: dict[str, int], noun: Hit) -> int:
    return limits["zh" if is_chinese(noun) else "en"]


def _stands_before_mention(hits: list[Hit], k: int, after: int) -> bool:
    noun = hits[after]
    if noun.tag != Tag.MENTION or noun.start - hits[k].end > _gap_limit(NOUN_GAP, noun):
        return False
    gap = hits[k + 1 : after]
    if any(h.tag & _NEW_CLAUSE for h in gap):
        return False
    return is_chinese(noun) or not any(h.tag == Tag.SEEN for h in gap)


def _stands_before_host(hits: list[Hit], k: int, after: int) -> bool:
    noun, size = hits[after], hits[k]
    if noun.tag != Tag.HOST or noun.chunk != size.chunk:
        return False
    if noun.start - size.end > _gap_limit(HOST_GAP, noun):
        return False
    return not any(h.tag == Tag.MENTION and h.chunk == size.chunk for h in hits[:k])


def _measures_what_precedes(hits: list[Hit], k: int, own: Sequence[int]) -> bool:
    for j in range(k - 1, -1, -1):
        judge = _JUDGES.get(hits[j].tag)
        verdict = judge(hits, k, own, j) if judge is not None else None
        if verdict is not None:
            return verdict
    return True


def _behind_mention(hits: list[Hit], k: int, own: Sequence[int], j: int) -> bool | None:
    mention = hits[j]
    if j in own:
        return True
    return None if mention.negated or mention.refuted or mention.prior else False


def _behind_organ(hits: list[Hit], k: int, own: Sequence[int], j: int) -> bool | None:
    organ, size = hits[j], hits[k]
    if organ.near:
        return None
    is_large = max(size.axes_mm, default=0) >= LIVER_SIZE_MM
    if organ.lex.value == "liver":
        return False if is_large and size.start - organ.end <= LIVER_SIZE_GAP else None
    return False


def _behind_duct(hits: list[Hit], k: int, own: Sequence[int], j: int) -> bool | None:
    if _only_holds_the_focus(hits, k, own, j) or _is_seen_since(hits, k, j):
        return None
    return j < own[0] < k


def _only_holds_the_focus(hits: list[Hit], k: int, own: Sequence[int], j: int) -> bool:
    """“A stone in the left duct, 6 x 4 mm” gives the size of the stone."""
    duct, size = hits[j], hits[k]
    if not duct.near_preposition or j <= own[-1]:
        return False
    is_apart = duct.chunk != size.chunk or hits[k - 1].tag == Tag.OPEN
    return is_apart or len(size.axes_mm) > 1 or not tells_of_the_duct(hits[j + 1 : k])


def tells_of_the_duct(between: list[Hit]) -> bool:
    """“… in a duct which measures 5 mm”: a relative clause tells of the duct itself."""
    if not any(h.tag == Tag.SEEN for h in between):
        return True
    return any(h.tag == Tag.ANAPHOR and not _is_article(between, j) for j, h in enumerate(between))


def _is_article(hits: list[Hit], j: int) -> bool:
    """Whether the word at ``j`` only introduces a place, as in "a duct of the right lobe"."""
    return any(hit.tag & _PLACE for hit in hits[j + 1 : j + 2])


def _is_seen_since(hits: list[Hit], k: int, j: int) -> bool:
    """胆管内见6mm…: behind 见 the talk is of what is seen, no longer of the duct."""
    return any(h.tag == Tag.SEEN and is_chinese(h) and h.chunk == hits[k].chunk for h in hits[j:k])


def _behind_host(hits: list[Hit], k: int, own: Sequence[int], j: int) -> bool | None:
    return j < own[0] < k


def _behind_extent(hits: list[Hit], k: int, own: Sequence[int], j: int) -> bool | None:
    return None if hits[k].start - hits[j].end > EXTENT_GAP_BEHIND else False


_JUDGES: dict[int, Callable[[list[Hit], int, Sequence[int], int], bool | None]] = {
    Tag.MENTION: _behind_mention,
    Tag.ORGAN: _behind_organ,
    Tag.DUCT: _behind_duct,
    Tag.HOST: _behind_host,
    Tag.EXTENT: _behind_extent,
}
"""What a subject before the size makes of it; None leaves it to the one before."""
