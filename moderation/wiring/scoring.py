"""Builds what a scoring process needs: the classifier is loaded here, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from moderation.assessment import Assessor
from moderation.classifiers import load_classifier
from moderation.outbound.announcements import Announcer
from moderation.outbound.bell import Bell
from moderation.policy_file.document import read_policy
from moderation.rulebooks import Rulebooks
from moderation.services.behaviour_pass import BehaviourPass
from moderation.services.scoring import Scoring
from moderation.services.trying import Trying
from moderation.text.lexicon import Lexicon
from moderation.text.segment import default_segmenter
from moderation.wiring.calibration import calibrated_thresholds
from moderation.wiring.common import clock, connect_database, connect_redis
from moderation.wiring.lexicon_files import read_lexicons
from moderation.wiring.pictures import build_looking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moderation.domain.policy import Policy, Threshold
    from moderation.settings import Settings
    from moderation.text.entries import Entry


@dataclass(frozen=True, slots=True)
class Shipped:
    """What is loaded once: the model, and the policy and words that hold until a community has its own."""

    assessor: Assessor
    policy: Policy
    entries: tuple[Entry, ...]
    calibrated: Mapping[str, Threshold]

    @property
    def lexicon(self) -> Lexicon:
        """The shipped words, compiled."""
        return Lexicon.compile(self.entries)


def load_shipped(settings: Settings) -> Shipped:
    """Load bundle, lexicons and policy.

    Raises:
        BundleError: the bundle is damaged or missing.
        PolicyDocumentError: the policy cannot be used.
        LexiconFileError: a word list cannot be used.
    """
    policy = read_policy(settings.policy).policy
    entries = tuple(read_lexicons(settings.lexicons))
    classifier = load_classifier(settings.bundle, threads=settings.threads_per_worker)
    calibrated = calibrated_thresholds(classifier.bundle)
    return Shipped(
        Assessor(classifier, default_segmenter()), policy.with_calibration(calibrated), entries, calibrated
    )


def build_scoring(settings: Settings) -> Scoring:
    """Choose and connect the parts of a scoring worker."""
    shipped = load_shipped(settings)
    sessions = connect_database(settings, pool_size=2)
    redis = connect_redis(settings.redis_url)
    return Scoring(
        sessions=sessions,
        bell=Bell(redis),
        announcer=Announcer(redis),
        assessor=shipped.assessor,
        rulebooks=Rulebooks(
            sessions,
            shipped.policy,
            shipped.entries,
            shipped.calibrated,
            shipped.assessor.classifier.version,
        ).current(clock()),
        looking=build_looking(settings, sessions),
        clock=clock,
        spot_check=settings.spot_check,
    )


def build_trying(scoring: Scoring) -> Trying:
    """Scoring of tried texts with what a scoring worker has loaded."""
    return Trying(
        sessions=scoring.sessions,
        announcer=scoring.announcer,
        assessor=scoring.assessor,
        rulebooks=scoring.rulebooks,
        clock=scoring.clock,
    )


def build_behaviour(scoring: Scoring) -> BehaviourPass:
    """The behaviour pass with what a scoring worker has loaded; it asks no model."""
    return BehaviourPass(
        sessions=scoring.sessions,
        bell=scoring.bell,
        segmenter=scoring.assessor.segmenter,
        rulebooks=scoring.rulebooks,
        clock=scoring.clock,
    )
