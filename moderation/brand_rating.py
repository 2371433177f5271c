"""Rates mentions towards their brands: all of a batch in one call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from moderation.domain.brands import RATED_FROM, Mention
from moderation.domain.evidence import Field
from moderation.domain.scores import Polarity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.classifiers.protocol import Classifier
    from moderation.domain.scores import TargetSentiment


def rate(
    classifier: Classifier, found: Sequence[Sequence[Mention]], texts: Sequence[tuple[str, str]]
) -> list[tuple[Mention, ...]]:
    """Rate the mentions of each post, in order.

    Args:
        classifier: who is asked; not at all where there is no mention.
        found: mentions of each post.
        texts: (title, text) of each post, as the mentions' offsets count.
    """
    asked = [
        (_field_text(*texts[index], mention), mention.start, mention.end)
        for index, mentions in enumerate(found)
        for mention in mentions
    ]
    rated = iter(classifier.target_sentiment(asked) if asked else ())
    return [tuple(_rated(mention, next(rated)) for mention in mentions) for mentions in found]


def _rated(mention: Mention, sentiment: TargetSentiment) -> Mention:
    polarity = sentiment.polarity if sentiment.probability >= RATED_FROM else Polarity.UNRATED
    return replace(mention, polarity=polarity, probability=sentiment.probability)


def _field_text(title: str, text: str, mention: Mention) -> str:
    return title if mention.field is Field.TITLE else text
