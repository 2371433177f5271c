"""Things that tests are about, with defaults for whatever a test does not care about."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from moderation.assessment import Assessor
from moderation.domain.brands import Brand, Mention
from moderation.domain.convention import Category, clause
from moderation.domain.evidence import Contact, ContactKind, Field, Hit, HitType, Level, Source
from moderation.domain.policy import Policy, Rule, Threshold
from moderation.domain.post import Author, Submission
from moderation.domain.scores import NEUTRAL, Scores
from moderation.domain.verdict import Action, Finding, RiskLevel, Suggestion, Verdict, Versions
from moderation.images.keeping import Pictures
from moderation.images.looking import Looking
from moderation.rulebooks import Rulebooks
from moderation.services.intake import Intake, new_post_id
from moderation.services.scoring import Scoring
from moderation.services.trying import Trying
from moderation.services.users import Role
from moderation.store import identities
from moderation.store.tables import BrandRow, CommunityRow, MentionRow, UserRow
from moderation.text.entries import Entry, Kind
from moderation.text.segment import default_segmenter
from tests.fakes import FakeClassifier, RecordingAnnouncer, RecordingBell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from moderation.services.intake import Receipt
    from moderation.store.engine import Sessions

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NOW = 1_763_712_000 * SECOND
"""2025-11-21 08:00 UTC, 16:00 in Shanghai: the present of most tests."""

_numbers = itertools.count(1)


# ---------------------------------------------------------------- posts


def a_submission(data_id: str = "", text: str = "今天天气不错,大家周末去哪儿玩?", **more: Any) -> Submission:
    return Submission(data_id=data_id or f"post-{next(_numbers)}", text=text, **more)


def an_author(author_id: str = "u1", **more: Any) -> Author:
    return Author(id=author_id, **more)


def a_post_body(data_id: str = "", text: str = "今天天气不错", **more: Any) -> dict[str, Any]:
    """A post as JSON, the way a platform sends it."""
    return {"data_id": data_id or f"post-{next(_numbers)}", "text": text, **more}


def some_columns(community_id: int, data_id: str = "", text: str = "你好", **more: Any) -> dict[str, Any]:
    """Column values of a new post."""
    submission = a_submission(data_id, text)
    return {
        "id": new_post_id(NOW),
        "community_id": community_id,
        "data_id": submission.data_id,
        "text": text,
        "images": [],
        "scene": "post",
        "mode": "post",
        "author_id": None,
        "author": {},
        "device": {},
        "context": {},
        "metrics": {},
        "extra": {},
        "content_hash": submission.content_hash,
        "posted_at": NOW,
        "received_at": NOW,
        "cost": len(text) + 1,
        **more,
    }


def keep(sessions: Sessions, community_id: int, *submissions: Submission, now: int = NOW) -> list[Receipt]:
    """Keep posts as the service does."""
    return Intake(sessions, RecordingBell()).submit(community_id, submissions, now=now)


# ---------------------------------------------------------------- scores, evidence, verdicts


def some_scores(ad: float = 0.01, negativity: float = 0.05, **categories: float) -> Scores:
    """Scores of a text; categories by name, the others at 0."""
    found = {category: categories.pop(category.value, 0.0) for category in Category}
    assert not categories, f"unknown categories: {categories}"
    return Scores(ad=ad, negativity=negativity, sentiment=NEUTRAL, categories=found | {Category.AD: ad})


def a_hit(number: str = "3.1", level: Level = Level.REVIEW, **more: Any) -> Hit:
    values: dict[str, Any] = {
        "type": HitType.KEYWORD,
        "value": "兼职",
        "normalised": "兼职",
        "field": Field.TEXT,
        "start": 0,
        "end": 2,
        "library": "ads",
    }
    return Hit(**{**values, "clause": number, "level": level, **more})


def a_contact(kind: ContactKind = ContactKind.WECHAT, **more: Any) -> Contact:
    return Contact(**{"kind": kind, "value": "abc123", "start": 3, "end": 9, **more})


def a_finding(
    number: str = "3.1",
    probability: float = 0.9,
    suggestion: Suggestion = Suggestion.REVIEW,
    source: Source = Source.MODEL,
) -> Finding:
    return Finding(number, clause(number).label, probability, source, suggestion)


def a_mention(brand_id: int = 1, brand: str = "小米", start: int = 0, **more: Any) -> Mention:
    return Mention(
        **{
            "brand_id": brand_id,
            "brand": brand,
            "surface": brand,
            "start": start,
            "end": start + len(brand),
            **more,
        }
    )


def a_verdict(
    suggestion: Suggestion = Suggestion.PASS,
    risk_level: RiskLevel = RiskLevel.NONE,
    action: Action = Action.SHOW,
    **more: Any,
) -> Verdict:
    return Verdict(suggestion=suggestion, risk_level=risk_level, action=action, **more)


SOME_VERSIONS = Versions(model="fake-1", policy="test-1", lexicon="none")


# ---------------------------------------------------------------- policy and assessment


CALIBRATED = dict.fromkeys(("ad", "diversion", "negativity", "abuse"), Threshold(0.5, 0.9))


def a_policy(**more: Any) -> Policy:
    """Ads and abuse, review at 0.5 and block at 0.9 by the bundle's calibration."""
    rules = (Rule("ad", "3.1"), Rule("diversion", "3.1"), Rule("negativity", "2.6"), Rule("abuse", "2.6"))
    values = {"version": "test-1", "rules": rules, "exempt": frozenset({"3.1"}), "calibrated": CALIBRATED}
    return Policy(**{**values, **more})


AD_WORD, ABUSE_WORD, DOUBTFUL_WORD = "加微信", "混蛋", "优惠"


def an_assessor(classifier: FakeClassifier | None = None) -> Assessor:
    """An assessor whose classifier holds 加微信 for an ad, 混蛋 for abuse, and is in doubt about 优惠."""
    return Assessor(classifier or a_classifier(), default_segmenter())


def a_scoring(
    sessions: Sessions,
    classifier: FakeClassifier | None = None,
    *,
    policy: Policy | None = None,
    entries: Sequence[Entry] = (),
    looking: Looking | None = None,
    clock: Callable[[], int] = lambda: NOW,
) -> Scoring:
    """The scoring service with a fake model; its bell and announcer record."""
    return Scoring(
        sessions=sessions,
        bell=RecordingBell(),
        announcer=RecordingAnnouncer(),
        assessor=an_assessor(classifier),
        rulebooks=Rulebooks(sessions, policy or a_policy(), tuple(entries), CALIBRATED),
        looking=looking or Looking(Pictures(sessions, clock)),
        clock=clock,
    )


def a_trying(
    sessions: Sessions, classifier: FakeClassifier | None = None, *, clock: Callable[[], int] = lambda: NOW
) -> Trying:
    """Scoring of tried texts with a fake model."""
    scoring = a_scoring(sessions, classifier, clock=clock)
    return Trying(sessions, scoring.announcer, scoring.assessor, scoring.rulebooks, clock)


def a_classifier(*, fails_on: Sequence[str] = ()) -> FakeClassifier:
    return FakeClassifier(
        {
            AD_WORD: some_scores(ad=0.97),
            ABUSE_WORD: some_scores(negativity=0.96, abuse=0.95),
            DOUBTFUL_WORD: some_scores(ad=0.6),
        },
        fails_on=fails_on,
    )


def an_entry(word: str, number: str = "3.1", level: Level = Level.REVIEW, **more: Any) -> Entry:
    return Entry(
        **{"word": word, "kind": Kind.NORMAL, "clause": number, "level": level, "library": "test", **more}
    )


# ---------------------------------------------------------------- rows


def a_community(sessions: Sessions, slug: str = "default") -> CommunityRow:
    with sessions.write.begin() as session:
        return identities.add_community(session, slug=slug, name="社区", now=NOW)


def a_user(sessions: Sessions, community_id: int, email: str = "", role: Role = Role.MODERATOR) -> UserRow:
    """A user whose password nobody knows: making a real hash takes time."""
    number = next(_numbers)
    row = UserRow(
        community_id=community_id,
        email=email or f"user{number}@example.com",
        name="王审核",
        password_hash="unusable",
        role=role.value,
        active=True,
        session_id=f"session-{number}",
        created_at=NOW,
    )
    with sessions.write.begin() as session:
        session.add(row)
    return row


def a_brand(brand_id: int = 1, name: str = "小米", **more: Any) -> Brand:
    return Brand(**{"id": brand_id, "name": name, **more})


def a_brand_row(sessions: Sessions, community_id: int, name: str = "小米", **dossier: Any) -> BrandRow:
    row = BrandRow(
        community_id=community_id, name=name, dossier=dossier, version=1, created_at=NOW, updated_at=NOW
    )
    with sessions.write.begin() as session:
        session.add(row)
    return row


def mention_columns(community_id: int, brand_id: int, post_id: str = "", **more: Any) -> dict[str, Any]:
    """Column values of a mention."""
    values = {
        "community_id": community_id,
        "brand_id": brand_id,
        "post_id": post_id or f"p{next(_numbers)}",
        "surface": "小米",
        "field": "text",
        "start": 0,
        "end": 2,
        "polarity": "neutral",
        "probability": 0.8,
        "link_confidence": 0.95,
        "clean": True,
        "content_hash": "0" * 64,
        "author_id": None,
        "source": "forum",
        "posted_at": NOW,
        **more,
    }
    assert set(values) == set(MentionRow.__table__.columns.keys()) - {"id"}
    return values
