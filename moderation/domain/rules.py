"""The rules of a policy, and from where on each of them reviews and blocks.  Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from moderation.domain.blocking import NEVER, NO_REVIEWS, Basis, Blocking, Curve, Proof, blocking
from moderation.domain.verdict import Action, Suggestion
from moderation.domain.windows import Phase, Window

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moderation.domain.post import Scene


@dataclass(frozen=True, slots=True)
class Threshold:
    """Lowest probability that sends a post to review, and that blocks it.  Both inclusive."""

    review: float = NEVER
    block: float = NEVER

    def judge(self, probability: float) -> Suggestion:
        """Suggest by a probability; ``>=`` at both bounds."""
        if probability >= self.block:
            return Suggestion.BLOCK
        return Suggestion.REVIEW if probability >= self.review else Suggestion.PASS

    def tightened(self, factor: float) -> Threshold:
        """The same with a lower review threshold; one that is never reached stays so."""
        return self if factor == 1 or self.review >= NEVER else replace(self, review=self.review * factor)


@dataclass(frozen=True, slots=True)
class Rule:
    """How one score of the classifier counts.

    ``review`` and ``block`` of None mean the bundle's own calibrated thresholds.
    ``may_block`` False keeps a head from blocking on its own, whatever its score; ``proof`` says what a block may
    rest on.
    """

    head: str
    clause: str
    review: float | None = None
    block: float | None = None
    enabled: bool = True
    may_block: bool = True
    review_action: Action = Action.SHOW
    block_action: Action = Action.REMOVE
    proof: Proof = Proof.CALIBRATION


Place = tuple[str, float | None, bool, Proof, str | None]
"""What a rule's block threshold depends on: head, own threshold, whether it may block, on what, and the scene."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A community's reading of the convention.

    ``scenes`` overrides thresholds per scene and head; ``exempt`` lists clauses that official accounts and
    trade boards do not break; ``trade_boards`` are board paths; ``switched_off`` lists clauses not enforced.
    A word or rule of a list in ``corroborated`` blocks only where some score reaches ``corroboration``: news,
    warnings and victims use the same words.  ``windows`` are the sensitive periods it knows, ``in_force`` those that
    are open.  ``settled`` holds what was worked out beforehand from ``curves``, the posts that people decided.
    """

    version: str
    rules: tuple[Rule, ...]
    scenes: Mapping[Scene, Mapping[str, Threshold]] = field(default_factory=dict)
    exempt: frozenset[str] = frozenset()
    trade_boards: tuple[str, ...] = ()
    switched_off: frozenset[str] = frozenset()
    calibrated: Mapping[str, Threshold] = field(default_factory=dict)
    corroborated: frozenset[str] = frozenset()
    corroboration: float = 0.5
    windows: tuple[Window, ...] = ()
    in_force: tuple[Window, ...] = ()
    curves: Mapping[str, Curve] = field(default_factory=dict)
    settled: Mapping[Place, Blocking] = field(default_factory=dict)
    _limits: dict[Scene, tuple[tuple[Rule, Threshold], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def with_calibration(self, calibrated: Mapping[str, Threshold]) -> Policy:
        """Take a bundle's thresholds for every rule that names none."""
        return replace(self, calibrated=calibrated, settled={}).with_reviews(self.curves)

    def with_reviews(self, curves: Mapping[str, Curve]) -> Policy:
        """Take what people decided about each head's scores; worked out here once, not for every post."""
        taken = replace(self, curves=curves, settled={})
        places = (None, *self.scenes)
        return replace(
            taken,
            settled={_place(rule, one): taken.blocking(rule, one) for rule in self.rules for one in places},
        )

    def at(self, now: int) -> Policy:
        """The policy as it holds at an instant (UTC microseconds): with the windows that are open."""
        in_force = tuple(one for one in self.windows if one.phase(now) is Phase.OPEN)
        return self if in_force == self.in_force else replace(self, in_force=in_force)

    def blocking(self, rule: Rule, scene: Scene | None) -> Blocking:
        """From where on a rule blocks in a scene, and why."""
        own = self.scenes.get(scene, {}).get(rule.head) if scene else None
        known = self.settled.get(_place(rule, scene if own else None))
        if known is not None:
            return known
        curve = self.curves.get(rule.head, NO_REVIEWS)
        wanted = rule.block if own is None else own.block
        found = blocking(wanted, self.calibrated.get(rule.head, Threshold()).block, rule.proof, curve)
        return found if rule.may_block else replace(found, threshold=NEVER, basis=Basis.PEOPLE)

    def limits(self, scene: Scene) -> tuple[tuple[Rule, Threshold], ...]:
        """The enabled rules with their thresholds in a scene; worked out once a policy, not for every post."""
        if scene not in self._limits:
            self._limits[scene] = tuple(
                (rule, self.threshold(rule, scene)) for rule in self.rules if rule.enabled
            )
        return self._limits[scene]

    def with_review(self, head: str, review: float) -> Policy:
        """The policy with another review threshold of one head; a scene's own threshold stays."""
        rules = tuple(replace(one, review=review) if one.head == head else one for one in self.rules)
        made = replace(self, rules=rules)
        enabled = [one for one in rules if one.enabled]
        for scene, limits in self._limits.items():  # a budget asks for one a post: the others' are known
            made._limits[scene] = tuple(  # noqa: SLF001 - its own class
                (rule, made.threshold(rule, scene) if rule.head == head else limit)
                for rule, (_, limit) in zip(enabled, limits, strict=True)
            )
        return made

    def threshold(self, rule: Rule, scene: Scene) -> Threshold:
        """Thresholds of a rule in a scene: the scene's own, else the rule's, else the bundle's."""
        own = self.scenes.get(scene, {}).get(rule.head)
        if own is not None:
            review = own.review
        else:
            usual = self.calibrated.get(rule.head, Threshold()).review
            review = usual if rule.review is None else rule.review
        return Threshold(review, self.blocking(rule, scene).threshold)


def _place(rule: Rule, scene: Scene | None) -> Place:
    return rule.head, rule.block, rule.may_block, rule.proof, scene
