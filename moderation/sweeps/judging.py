"""What a sweep says of a batch of posts that were judged before.  No database, no model."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from moderation.domain import sweeps
from moderation.domain.evidence import ContactKind, Field, Hit, HitType
from moderation.domain.policy import Circumstances
from moderation.domain.post import PublishingMode, Scene
from moderation.text.lexicon import Lexicon
from moderation.text.matching import match_posts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moderation.domain.policy import Policy
    from moderation.domain.verdict import Verdict
    from moderation.store.tables import PostRow, VerdictRow
    from moderation.sweeps.criteria import Criteria
    from moderation.text.entries import Entry

LIBRARY: Final = "sweep"
"""List that the hits of a sweep name."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One post under the criteria.  ``matched``: they strike it; ``verdict``: the one that it would have instead."""

    matched: bool = False
    verdict: Verdict | None = None


NOT_STRUCK: Final = Judged()


@dataclass(frozen=True, slots=True)
class WordJudge:
    """Judges by fresh hits alone."""

    policy: Policy
    criteria: Criteria
    may_block: bool
    lexicon: Lexicon
    whole: bool = field(default=False, init=False)

    @classmethod
    def of(
        cls, criteria: Criteria, policy: Policy, allowed: Sequence[Entry], *, may_block: bool
    ) -> WordJudge:
        """Compile the words beside the allow words that hold.

        Raises:
            EntryError: names the word that cannot be used, counted from 1.
        """
        sought = [
            replace(one, library=one.library or LIBRARY, effective_from=None, effective_to=None)
            for one in criteria.entries
        ]
        return cls(policy, criteria, may_block, Lexicon.compile((*sought, *allowed), LIBRARY))

    def judge(self, batch: Sequence[tuple[PostRow, VerdictRow]], *, now: int) -> list[Judged]:
        """What the words say of each post, in order."""
        found = match_posts([(post.title, post.text) for post, _ in batch], [self.lexicon], now=now)
        return [
            self._judge(post, verdict, hits[0]) for (post, verdict), hits in zip(batch, found, strict=True)
        ]

    def _judge(self, post: PostRow, verdict: VerdictRow, hits: tuple[Hit, ...]) -> Judged:
        hits += self._contacts(verdict.body)
        if all(hit.suppressed for hit in hits):
            return NOT_STRUCK
        given = hits if self.may_block else sweeps.softened(hits)
        answer = sweeps.judge_by_words(
            self.policy, verdict.body, given, circumstances(post), self.lexicon.version
        )
        return Judged(
            matched=True, verdict=answer if sweeps.is_worse(verdict.suggestion, answer.suggestion) else None
        )

    def _contacts(self, body: Mapping[str, Any]) -> tuple[Hit, ...]:
        """The contact among those that were found when the post was judged, disguised ones too."""
        sought = self.criteria.contact
        if sought is None:
            return ()
        return tuple(
            Hit(
                type=HitType.CONTACT,
                value=one["value"],
                normalised=one["value"],
                field=Field(one["field"]),
                start=one["start"],
                end=one["end"],
                clause=sought.clause,
                library=ContactKind(one["kind"]).value,
                level=sought.level,
            )
            for one in body["contacts"]
            if one["value"].casefold() == sought.word.casefold()
        )


@dataclass(frozen=True, slots=True)
class PolicyJudge:
    """Judges kept evidence under another policy."""

    policy: Policy
    may_block: bool
    whole: bool = field(default=True, init=False)

    def judge(self, batch: Sequence[tuple[PostRow, VerdictRow]], *, now: int) -> list[Judged]:  # noqa: ARG002 - as WordJudge
        """What the policy says of each post, in order."""
        return [self._judge(post, verdict) for post, verdict in batch]

    def _judge(self, post: PostRow, verdict: VerdictRow) -> Judged:
        around = circumstances(post)
        answer = sweeps.judge_by_policy(self.policy, verdict.body, around)
        if not self.may_block:
            answer = sweeps.at_most_review(answer, self.policy, around)
        worse = sweeps.is_worse(verdict.suggestion, answer.suggestion)
        return Judged(matched=worse, verdict=answer if worse else None)


def circumstances(post: PostRow) -> Circumstances:
    """What the policy may know of a kept post besides its text."""
    return Circumstances(
        scene=Scene(post.scene),
        group=post.group_path,
        official=bool(post.author.get("official")),
        mode=PublishingMode(post.mode),
    )
