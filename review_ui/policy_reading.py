"""A policy document as the pages show it: its rules, why they may block, its clauses, its sensitive periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import g

from moderation.domain.clause_book import NO_CHANGE
from moderation.domain.clause_ways import people_only, ways
from moderation.domain.convention import CLAUSES, Clause, Label
from moderation.domain.policy import NEVER
from moderation.domain.publishing import DEFAULT_TIMEOUT
from moderation.policy_file.document import PolicyDocumentError, clause_book, parse_policy
from moderation.store import reviewed
from review_ui import names
from review_ui.context import community, now, parts
from review_ui.lexicon_page import words_by_clause
from review_ui.policy_errors import error_said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moderation.domain.blocking import Blocking, Curve
    from moderation.domain.clause_book import BookChange, ClauseBook, ClauseRule
    from moderation.domain.clause_ways import Found
    from moderation.domain.policy import Policy, Rule, Threshold
    from moderation.domain.post import PublishingRule, Scene, Timeout
    from moderation.domain.windows import Phase, Window


def written(threshold: float) -> str:
    """A threshold with two decimals, or three where two would not tell it."""
    return f"{threshold:.3f}".removesuffix("0")


@dataclass(frozen=True, slots=True)
class Bound:
    """A threshold as shown.  ``value`` of None is never reached; ``own`` tells the policy's from the bundle's."""

    value: float | None
    own: bool

    @property
    def text(self) -> str:
        """Two or three decimals, or a dash."""
        return "–" if self.value is None else written(self.value)


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule with the thresholds that hold, why it may block or not, and where a scene has its own thresholds."""

    index: int
    rule: Rule
    review: Bound
    block: Bound
    blocking: Blocking
    scenes: tuple[tuple[Scene, Threshold], ...]
    switched_off: bool


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """A clause of the convention, what finds it under a policy, and what follows from it."""

    clause: Clause
    heads: tuple[str, ...]
    rule: ClauseRule
    days: int
    notices: tuple[str, str]
    own: bool
    switched_off: bool
    exempt: bool
    ways: tuple[Found, ...] = ()

    @property
    def people_only(self) -> bool:
        """Whether only people find it today: reports and a moderator's own eyes."""
        return people_only(self.ways)


@dataclass(frozen=True, slots=True)
class Reading:
    """A policy document, understood; ``error`` where this version of the product cannot read it."""

    text: str
    policy: Policy | None = None
    publishing: tuple[PublishingRule, ...] = ()
    error: str = ""
    timeout: Timeout = DEFAULT_TIMEOUT
    change: BookChange = NO_CHANGE

    @property
    def book(self) -> ClauseBook:
        """Strikes, notices and terms, with what the document has otherwise."""
        return clause_book().changed(self.change)

    @property
    def windows(self) -> list[tuple[Window, Phase]]:
        """Its sensitive periods, the latest first."""
        found = () if self.policy is None else self.policy.windows
        return [(one, one.phase(now())) for one in sorted(found, key=lambda each: -each.start)]

    @property
    def rules(self) -> list[RuleLine]:
        """Its rules, in their order."""
        policy = self.policy
        return [] if policy is None else [_line(policy, place, one) for place, one in enumerate(policy.rules)]

    @property
    def stray(self) -> list[tuple[Scene, str, Threshold]]:
        """Scene thresholds of heads that no rule names: they have no effect."""
        if self.policy is None:
            return []
        heads = {rule.head for rule in self.policy.rules}
        found = self.policy.scenes.items()
        return [
            (scene, head, bound) for scene, of in found for head, bound in of.items() if head not in heads
        ]

    @property
    def chapters(self) -> list[tuple[str, list[ClauseLine]]]:
        """Every clause of the convention by chapter."""
        book, words = self.book, words_by_clause()
        return [(names.label(label), [self._clause(one, book, words) for one in CLAUSES if one.label is label])
                for label in Label if label is not Label.NONE]  # fmt: skip

    def _clause(self, clause: Clause, book: ClauseBook, words: Mapping[str, int]) -> ClauseLine:
        rules = self.policy.rules if self.policy else ()
        number = clause.number
        return ClauseLine(
            clause,
            tuple(dict.fromkeys(rule.head for rule in rules if rule.clause == number and rule.enabled)),
            rule=book.rules[number],
            days=book.kept_for(number),
            notices=_notices(book, clause),
            own=number in self.change.clauses,
            switched_off=self.policy is not None and number in self.policy.switched_off,
            exempt=self.policy is not None and number in self.policy.exempt,
            ways=ways(clause, self.policy, words),
        )


def read(document: str) -> Reading:
    """Understand a document as far as it goes, with the bundle's thresholds and what people decided."""
    try:
        found = parse_policy(document)
    except PolicyDocumentError as error:
        return Reading(document, error=error_said(error))
    policy = found.policy.with_calibration(parts().backtesting.calibrated).with_reviews(curves())
    return Reading(document, policy, found.publishing, timeout=found.timeout, change=found.change)


def curves() -> dict[str, Curve]:
    """What was measured of the community's heads; asked once a request."""
    if "curves" not in g:
        with parts().sessions.read() as session:
            g.curves = reviewed.latest_of(session, community())
    found: dict[str, Curve] = g.curves
    return found


def bound(policy: Policy, rule: Rule, name: str) -> Bound:
    """A rule's threshold by name ("review" or "block") outside scenes that have their own."""
    own: float | None = getattr(rule, name)
    if name == "block" and not rule.may_block:
        return Bound(None, own=True)
    base = policy.calibrated.get(rule.head)
    value = own if own is not None else getattr(base, name, NEVER)
    if name == "block":
        value = policy.blocking(rule, None).threshold
    return Bound(value if value < NEVER else None, own=own is not None)


def _notices(book: ClauseBook, clause: Clause) -> tuple[str, str]:
    """What an author would read, in Chinese and English."""
    zh = book.written(clause.number, "zh", clause=f"{clause.number} {clause.zh}", action="删除", excerpt="……")
    en = book.written(
        clause.number, "en", clause=f"{clause.number} {clause.en}", action="removed", excerpt="…"
    )
    return zh, en


def _line(policy: Policy, place: int, rule: Rule) -> RuleLine:
    scenes = [(scene, of[rule.head]) for scene, of in policy.scenes.items() if rule.head in of]
    return RuleLine(
        place,
        rule,
        bound(policy, rule, "review"),
        bound(policy, rule, "block"),
        policy.blocking(rule, None),
        tuple(scenes),
        switched_off=rule.clause in policy.switched_off,
    )
