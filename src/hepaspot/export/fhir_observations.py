"""What an exam and its assessment hold, as FHIR observations: all preliminary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from hepaspot.exam import Focus
from hepaspot.exam import Observation as Seen
from hepaspot.explain import focus as naming
from hepaspot.explain.words import Words
from hepaspot.export.fhir_codes import Codes
from hepaspot.export.fhir_ids import Identity, Names
from hepaspot.export.fhir_measures import likelihoods, measures, probability, size_value
from hepaspot.export.fhir_resources import (
    CodeableConcept,
    Component,
    Observation,
    Reference,
)
from hepaspot.weigh.assessment import Assessment, Category, Conclusion, FocusAssessment

PRELIMINARY: Final = "preliminary"
"""Status of everything: made by a program, verified by nobody."""

_SIGN_CODES: Final = {"shadow": "attribute:shadow", "echo": "attribute:echogenicity"}
"""Signs whose code in ``codes.toml`` is that of an attribute."""

_DUCT_SIGNS: Final = frozenset({"duct_intrahepatic", "duct_extrahepatic", "duct_local", "upstream"})


@dataclass(frozen=True)
class Named:
    """An observation, and the role that gives it its name."""

    role: str
    observation: Observation


class Observations:
    """Makes the observations of one answer.

    ``study`` points to the study that was read, if it is known.
    """

    def __init__(
        self,
        names: Names,
        identity: Identity,
        device: Reference,
        study: Reference | None,
        language: str,
    ) -> None:
        self._names = names
        self._identity = identity
        self._device = device
        self._study = study
        self._codes = Codes(language)
        self._words = Words(language)

    def all(self, assessment: Assessment) -> Iterator[Named]:
        """Every observation; what others are members of comes after its members."""
        for number, flag in enumerate(assessment.red_flags):
            value = self._codes.term("red_flag", "flag", flag.id)
            code = self._codes.own("red_flag")
            yield self._made(f"flag/{number}", code, value_codeable_concept=value)
        for number, seen in enumerate(assessment.exam.observations):
            yield self._sign(f"sign/{number}", seen)
        foci = {focus.id: focus for focus in assessment.exam.foci}
        for number, answer in enumerate(assessment.foci):
            yield from self._of_focus(f"focus/{number}", number, answer, foci.get(answer.focus))
        if assessment.category is not None:
            parts = tuple(self._category(assessment.category))
            yield self._made("screening", self._codes.own("screening"), component=parts)

    def conclusion(self, answer: FocusAssessment) -> CodeableConcept:
        """What a focus most probably is, or that it cannot be told."""
        if answer.named is not None:
            return self._codes.term("name", "name", answer.named)
        if answer.conclusion is Conclusion.CANNOT_TELL:
            return self._codes.own("conclusion:cannot_tell")
        return self._codes.term("entity", "entity", answer.conclusion.value)

    def _of_focus(
        self, role: str, number: int, answer: FocusAssessment, focus: Focus | None
    ) -> Iterator[Named]:
        members = [*self._probabilities(role, answer)]
        if focus is not None:
            members.extend(self._sizes(role, focus))
            members.extend(
                self._sign(f"{role}/sign/{place}", seen)
                for place, seen in enumerate(focus.observations)
            )
        yield from members
        yield self._made(
            role,
            self._codes.own("focus"),
            value_codeable_concept=self.conclusion(answer),
            body_site=self._place(number, focus),
            has_member=tuple(self._names.reference(member.role) for member in members),
            component=tuple(self._about_focus(answer, focus)),
        )

    def _probabilities(self, role: str, answer: FocusAssessment) -> Iterator[Named]:
        for told in answer.probabilities:
            code = self._codes.about("probability", "entity", told.entity.value)
            value, interval = probability(told, self._codes)
            yield self._made(
                f"{role}/probability/{told.entity.value}",
                code,
                value_quantity=value,
                component=(interval,),
            )

    def _sizes(self, role: str, focus: Focus) -> Iterator[Named]:
        for place, size in enumerate(focus.sizes):
            told = size_value(size, self._codes)
            yield self._made(
                f"{role}/size/{place}",
                self._codes.own("size"),
                value_quantity=told.quantity,
                value_range=told.range,
                data_absent_reason=told.absent,
                interpretation=told.interpretation,
                component=told.components,
            )

    def _sign(self, role: str, seen: Seen) -> Named:
        group = f"state.{seen.sign}"
        code = self._codes.term("sign", "sign", seen.sign, _SIGN_CODES.get(seen.sign))
        duct = self._codes.plain(code.text, "anatomy:bile_duct")
        return self._made(
            role,
            code,
            value_codeable_concept=self._codes.term(seen.sign, group, seen.state),
            body_site=duct if seen.sign in _DUCT_SIGNS else None,
            component=(*measures(seen, self._codes), *likelihoods(seen, self._codes)),
        )

    def _place(self, number: int, focus: Focus | None) -> CodeableConcept:
        """The liver or, where it is one, its segment; in words all that is known."""
        text = naming.name(number + 1, focus, "clinician.focus.name", self._words).text
        segments = () if focus is None else focus.segments
        concept = f"segment:{segments[0]}" if len(segments) == 1 else "anatomy:liver"
        return self._codes.plain(text, concept)

    def _about_focus(self, answer: FocusAssessment, focus: Focus | None) -> Iterator[Component]:
        if focus is not None and focus.count is not None:
            yield Component(
                code=self._codes.term("sign", "sign", "count"),
                value_codeable_concept=self._codes.term("count", "count", focus.count.value),
            )
        if answer.category is not None:
            yield from self._category(answer.category)

    def _category(self, told: Category) -> Iterator[Component]:
        yield Component(code=self._codes.own("category"), value_string=told.category)
        yield Component(code=self._codes.own("judgement"), value_string=told.judgement)

    def _made(self, role: str, code: CodeableConcept, **elements: Any) -> Named:
        made = Observation(
            identifier=(self._names.identifier(role),),
            status=PRELIMINARY,
            code=code,
            subject=self._identity.subject,
            effective_date_time=self._identity.effective,
            device=self._device,
            derived_from=() if self._study is None else (self._study,),
            **elements,
        )
        return Named(role, made)
