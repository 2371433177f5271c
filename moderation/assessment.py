"""From texts to verdicts: understand, score, find brands, decide.  A batch in, a list out; no database and no queue.

The scoring service and the command line share it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from moderation.brand_finder import NO_BRANDS, BrandFinder
from moderation.brand_rating import rate
from moderation.domain.evidence import Field
from moderation.domain.policy import Circumstances, Evidence, decide, half_seen
from moderation.domain.scores import NEUTRAL, Scores
from moderation.domain.verdict import Versions
from moderation.headline_evidence import headline_hits
from moderation.images.evidence import SeenPicture, contacts_in, hits_in, worst
from moderation.text.understand import understand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.classifiers.protocol import Classifier
    from moderation.domain.brands import Mention
    from moderation.domain.evidence import Contact, Hit
    from moderation.domain.pictures import Picture
    from moderation.domain.policy import Policy
    from moderation.domain.verdict import Verdict
    from moderation.text.lexicon import Lexicon
    from moderation.text.segment import Segmenter
    from moderation.text.understand import Understanding

NOTHING: Final = Scores(ad=0.0, negativity=0.0, sentiment=NEUTRAL)
"""Scores of no words at all: no model is asked."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One text to assess, and the rules that apply to it.  ``shadow`` is a policy that is only watched.

    ``pictures`` are its images as they were read; ``half_seen`` says what should have been looked at and could not be.
    """

    text: str
    policy: Policy
    lexicon: Lexicon
    title: str = ""
    circumstances: Circumstances = field(default_factory=Circumstances)
    brands: BrandFinder = NO_BRANDS
    shadow: Policy | None = None
    shadow_id: int = 0
    unchecked: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    half_seen: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The verdict on a subject, and what the shadow policy would have said."""

    verdict: Verdict
    shadow: Verdict | None = None
    shadow_id: int = 0


@dataclass(frozen=True, slots=True)
class Assessor:
    """The parts that every verdict rests on, loaded once."""

    classifier: Classifier
    segmenter: Segmenter

    def assess(self, subjects: Sequence[Subject], *, now: int) -> list[Assessment]:
        """Reach a verdict on each subject, in order.

        Args:
            subjects: what to assess.
            now: UTC microseconds, for lexicon entries with an effective window.
        """
        model = self.classifier.version
        return [
            _judge(subject, evidence, Versions(model=model, lexicon=subject.lexicon.version))
            for subject, evidence in zip(subjects, self.examine(subjects, now=now), strict=True)
        ]

    def examine(self, subjects: Sequence[Subject], *, now: int) -> list[Evidence]:
        """Gather the evidence on each subject, in order."""
        bodies = self._understand([(one.text, one.lexicon) for one in subjects], now)
        titled = [index for index, subject in enumerate(subjects) if subject.title]
        titles = self._understand([(subjects[at].title, subjects[at].lexicon) for at in titled], now)
        heads = dict(zip(titled, titles, strict=True))
        scores = self._score(subjects)
        mentions = self._mentions(subjects, bodies, heads)
        seen = self._examine_pictures(subjects, now)
        return [
            Evidence(
                scores=worst(scores[index], seen.get(index, ())),
                hits=(
                    *_hits(bodies[index], heads.get(index)),
                    *_mismatch(subject, bodies[index], heads.get(index), scores[index]),
                    *hits_in(seen.get(index, ())),
                ),
                contacts=(*_contacts(bodies[index], heads.get(index)), *contacts_in(seen.get(index, ()))),
                keywords=bodies[index].keywords,
                mentions=mentions[index],
                unchecked=subject.unchecked,
                pictures=subject.pictures,
            )
            for index, subject in enumerate(subjects)
        ]

    def _score(self, subjects: Sequence[Subject]) -> list[Scores]:
        """Scores of each subject's words: a title without a body is the text, and of no words there is no score."""
        found = [NOTHING] * len(subjects)
        asked = [at for at, one in enumerate(subjects) if one.text.strip() or one.title.strip()]
        if asked:
            texts = [subjects[at].text if subjects[at].text.strip() else subjects[at].title for at in asked]
            titles = [(subjects[at].title or None) if subjects[at].text.strip() else None for at in asked]
            for at, one in zip(asked, self.classifier.score(texts, titles), strict=True):
                found[at] = one
        return found

    def _examine_pictures(self, subjects: Sequence[Subject], now: int) -> dict[int, list[SeenPicture]]:
        """What stands in the images of those subjects that have any: lines are understood and scored as texts are."""
        shown = [(index, one) for index, subject in enumerate(subjects) for one in subject.pictures]
        if not shown:
            return {}
        written = [(index, one) for index, one in shown if one.text]
        texts = [one.text for _, one in written]
        understood = self._understand([(one.text, subjects[index].lexicon) for index, one in written], now)
        scored = self.classifier.score(texts, [None] * len(texts)) if texts else []
        read = {
            (index, one.number): (found, scores)
            for (index, one), found, scores in zip(written, understood, scored, strict=True)
        }
        seen: dict[int, list[SeenPicture]] = {}
        for index, one in shown:
            seen.setdefault(index, []).append(SeenPicture(one, *read.get((index, one.number), (None, None))))
        return seen

    def _understand(self, given: Sequence[tuple[str, Lexicon]], now: int) -> list[Understanding]:
        """Understand texts, those under one lexicon together, and give them back in order."""
        groups: dict[int, list[int]] = {}
        for index, (_, lexicon) in enumerate(given):
            groups.setdefault(id(lexicon), []).append(index)
        found: dict[int, Understanding] = {}
        for indexes in groups.values():
            understood = understand(
                [given[index][0] for index in indexes],
                lexicon=given[indexes[0]][1],
                segmenter=self.segmenter,
                now=now,
            )
            found.update(zip(indexes, understood, strict=True))
        return [found[index] for index in range(len(given))]

    def _mentions(
        self, subjects: Sequence[Subject], bodies: Sequence[Understanding], heads: dict[int, Understanding]
    ) -> list[tuple[Mention, ...]]:
        """Find every subject's brands, then rate all of them in one call."""
        found: list[list[Mention]] = []
        for index, subject in enumerate(subjects):
            mentions = subject.brands.find(bodies[index], Field.TEXT)
            if index in heads:
                mentions += subject.brands.find(heads[index], Field.TITLE)
            found.append(mentions)
        return rate(self.classifier, found, [(one.title, one.text) for one in subjects])


def _judge(subject: Subject, evidence: Evidence, versions: Versions) -> Assessment:
    verdict = decide(subject.policy, evidence, subject.circumstances, versions)
    if subject.half_seen:
        verdict = half_seen(verdict, subject.half_seen, subject.circumstances.mode)
    if subject.shadow is None:
        return Assessment(verdict)
    shadow = decide(subject.shadow, evidence, subject.circumstances, versions)
    if subject.half_seen:
        shadow = half_seen(shadow, subject.half_seen, subject.circumstances.mode)
    return Assessment(verdict, shadow, subject.shadow_id)


def _mismatch(
    subject: Subject, body: Understanding, head: Understanding | None, scores: Scores
) -> tuple[Hit, ...]:
    """Where title and body do not fit: a post without a body may well say everything in its title and images."""
    return headline_hits(subject.title, body, head, scores) if subject.text.strip() else ()


def _hits(body: Understanding, head: Understanding | None) -> tuple[Hit, ...]:
    if head is None:
        return tuple(body.hits)
    return (*(replace(hit, field=Field.TITLE) for hit in head.hits), *body.hits)


def _contacts(body: Understanding, head: Understanding | None) -> tuple[Contact, ...]:
    if head is None:
        return tuple(body.contacts)
    return (*(replace(contact, field=Field.TITLE) for contact in head.contacts), *body.contacts)
