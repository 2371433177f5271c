"""Shows a post with what its stored verdict says: texts with their evidence marked, scores, what belongs together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from flask_babel import gettext

from moderation.domain.behaviour_verdicts import PROMOTION
from moderation.domain.convention import Category
from moderation.domain.evidence import Field, Source
from moderation.domain.pictures import UNREAD
from review_ui import names
from review_ui.behaviour_page import ShownFinding, findings_of
from review_ui.exhibits import exhibits_of
from review_ui.marks import Span, Tone, excerpt, lay_out
from review_ui.retired_words import retired_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moderation.store.tables import MentionRow, PostRow, VerdictRow
    from review_ui.exhibits import Exhibit
    from review_ui.marks import Group

TOP_CATEGORIES: Final = 5
_SHOWN_FROM: Final = 0.05
REPEATED: Final = frozenset({PROMOTION, "3.2", "3.3"})


@dataclass(frozen=True, slots=True)
class Case:
    """A post with what its verdict shows."""

    post: PostRow
    verdict: VerdictRow | None
    exhibits: tuple[Exhibit, ...] = ()
    scores: Mapping[str, Any] = field(default_factory=dict)

    @property
    def loud(self) -> list[Exhibit]:
        """Evidence that counts."""
        return [each for each in self.exhibits if not each.suppressed]

    @property
    def quiet(self) -> list[Exhibit]:
        """Evidence that was suppressed."""
        return [each for each in self.exhibits if each.suppressed]

    @property
    def unchecked(self) -> list[str]:
        """What was not looked at, the images aside: those say so themselves."""
        return [one for one in self.scores.get("unchecked") or () if not one.startswith("image ")]

    @property
    def unseen(self) -> bool:
        """Whether the machine has read nothing of the post, so that it has no opinion to show."""
        reason = self.scores.get("reason")
        return bool(reason) and (reason == UNREAD or "text" in (self.scores.get("unchecked") or ()))

    @property
    def clause_named(self) -> str:
        """The machine's clause as it is meant here; empty where it names none."""
        number = self.verdict.clause if self.verdict else ""
        return self.named(number) if number else ""

    def named(self, number: str) -> str:
        """A clause as it is meant of this post: 3.1 speaks of repetition, and stands for a single advert too."""
        labels = self.scores.get("labels") or ()
        repeated = self.scores.get("behaviour") or any(
            one["source"] == Source.BEHAVIOUR.value and one["clause"] in REPEATED for one in labels
        )
        return (
            names.clause(number)
            if number != PROMOTION or repeated
            else str(gettext("3.1 广告/推广（未见重复）"))
        )

    @property
    def text(self) -> list[str | Group]:
        """The text, laid out."""
        return lay_out(self.post.text, self._spans(Field.TEXT))

    @property
    def title(self) -> list[str | Group]:
        """The title, laid out."""
        return lay_out(self.post.title, self._spans(Field.TITLE))

    @property
    def excerpt(self) -> list[str | Group]:
        """What a list shows of the post."""
        if not self.post.text.strip():
            return self.title if self.post.title else [names.images(len(self.post.images))]
        return lay_out(
            *excerpt(self.post.text, [one for one in self._spans(Field.TEXT) if one.tone is not Tone.QUIET])
        )

    @property
    def risk(self) -> float | None:
        """The probability that decided, or the highest score of a post that passes; None where it has none."""
        if self.verdict is None or self.unseen:
            return None
        findings = self.scores.get("labels") or []
        if findings:
            return float(findings[0]["probability"])
        return max(float(self.scores.get("ad", 0.0)), float(self.scores.get("negativity", 0.0)))

    @property
    def categories(self) -> list[tuple[Category, float]]:
        """The likeliest categories, the plain ad score aside, likeliest first."""
        scored = [
            (Category(name), float(value))
            for name, value in (self.scores.get("categories") or {}).items()
            if name != Category.AD.value and value >= _SHOWN_FROM
        ]
        return sorted(scored, key=lambda one: -one[1])[:TOP_CATEGORIES]

    @property
    def behaviour(self) -> list[ShownFinding]:
        """What the post shows together with others; asked of the database when a page wants it."""
        return findings_of(self.post)

    @property
    def retired(self) -> set[tuple[str, str]]:
        """(list, reading) of evidence whose word is no longer in force; asked of the database when a page wants it."""
        return retired_words(self.post, self.scores) if self.exhibits else set()

    def _spans(self, where: Field) -> list[Span]:
        return [
            Span(each.start, each.end, each.tone, each.index) for each in self.exhibits if each.field is where
        ]


def case(post: PostRow, verdict: VerdictRow | None) -> Case:
    """Read a verdict's evidence; a verdict on an earlier text of the post marks nothing."""
    if verdict is None or verdict.revision != post.revision:
        return Case(post, verdict, scores=verdict.body if verdict else {})
    return Case(post, verdict, tuple(exhibits_of(verdict.body)), verdict.body)


def mention_case(post: PostRow, mention: MentionRow) -> list[str | Group]:
    """What a list of mentions shows of a post: the surroundings of the brand, marked."""
    in_title = mention.field == Field.TITLE.value
    text = post.title if in_title else post.text
    return lay_out(*excerpt(text, [Span(mention.start, mention.end, Tone.BRAND, 0)], width=120))
