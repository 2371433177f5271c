"""The JSON of a verdict has the shape that interfaces.md fixes: every key, always."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.convention import Category
from moderation.domain.evidence import Field, Level
from moderation.domain.scores import Intent, Polarity, Scores, Sentiment
from moderation.domain.verdict import Action, RiskLevel, Suggestion, Verdict
from moderation.domain.wire import mention_json, verdict_json
from tests.factories import (
    SOME_VERSIONS,
    a_contact,
    a_finding,
    a_hit,
    a_mention,
    a_verdict,
    some_scores,
)

CATEGORIES = [
    "ad",
    "diversion",
    "fraud",
    "gambling",
    "porn",
    "illicit_goods",
    "abuse",
    "hate",
    "threat",
    "superstition",
    "clickbait",
    "fan_circle",
    "rumour",
    "minor_harm",
    "flood",
]

SHAPE: dict[str, Any] = {
    "suggestion": str, "risk_level": str, "label": str, "clause": (str, type(None)),
    "labels": [{"label": str, "clause": str, "probability": float, "source": str}],
    "ad": float, "negativity": float,
    "sentiment": {"label": str, "negative": float, "neutral": float, "positive": float},
    "categories": dict.fromkeys(CATEGORIES, float),
    "hits": [{"type": str, "value": str, "normalised": str, "field": str, "start": int, "end": int,
              "clause": str, "library": str, "suppressed": bool, "reason": str}],
    "contacts": [{"kind": str, "value": str, "start": int, "end": int}],
    "keywords": [str],
    "mentions": [{"brand": str, "surface": str, "start": int, "end": int, "sentiment": str,
                  "probability": float, "link_confidence": float}],
    "versions": {"model": str, "policy": str, "lexicon": str},
    "action": str, "unchecked": [str],
}  # fmt: skip
"""interfaces.md, «Result of moderation score»; a result may hold more."""


def check_shape(value: Any, shape: Any, path: str = "") -> None:
    if isinstance(shape, dict):
        assert set(shape) <= set(value), f"{path}: {set(shape) - set(value)} missing"
        for key, inner in shape.items():
            check_shape(value[key], inner, f"{path}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), path
        for one in value:
            check_shape(one, shape[0], f"{path}[]")
    else:
        assert isinstance(value, shape), f"{path}: {value!r}"


EMPTY = a_verdict()
FULL = a_verdict(
    Suggestion.REVIEW,
    RiskLevel.MEDIUM,
    Action.FOLD,
    findings=(a_finding("3.1", 0.912345), a_finding("2.6", 0.5)),
    scores=Scores(
        ad=0.91234567, negativity=0.1, sentiment=Sentiment(0.2, 0.7, 0.1), intent={Intent.COMPLAINT: 0.7}
    ),
    hits=(a_hit("3.8", Level.BLOCK, suppressed=True, reason="允许"), a_hit(field=Field.TITLE)),
    contacts=(a_contact(obfuscated=True),),
    keywords=("兼职",),
    mentions=(a_mention(polarity=Polarity.NEGATIVE, probability=0.87654321),),
    versions=SOME_VERSIONS,
    unchecked=("image 1",),
)


@pytest.mark.parametrize("verdict", [EMPTY, FULL], ids=["empty", "full"])
def test_every_key_is_present(verdict: Verdict) -> None:
    check_shape(verdict_json(verdict), SHAPE)


def test_categories_are_those_of_the_interface() -> None:
    assert [category.value for category in Category] == CATEGORIES


def test_values() -> None:
    body = verdict_json(FULL)
    assert (body["suggestion"], body["risk_level"], body["action"]) == ("review", "medium", "fold")
    assert (body["label"], body["clause"]) == ("spam_ads", "3.1")
    assert [finding["clause"] for finding in body["labels"]] == ["3.1", "2.6"]
    assert (body["ad"], body["labels"][0]["probability"]) == (0.9123, 0.9123)
    assert body["sentiment"] == {"label": "neutral", "negative": 0.2, "neutral": 0.7, "positive": 0.1}
    assert body["hits"][0]["suppressed"]
    assert body["hits"][1]["field"] == "title"
    assert body["versions"] == {"model": "fake-1", "policy": "test-1", "lexicon": "none"}
    assert body["unchecked"] == ["image 1"]


def test_a_pass_claims_no_clause() -> None:
    body = verdict_json(EMPTY)
    assert (body["label"], body["clause"], body["labels"]) == ("none", None, [])


def test_reason_is_there_only_when_there_is_one() -> None:
    assert "reason" not in verdict_json(EMPTY)
    assert verdict_json(a_verdict(Suggestion.REVIEW, reason="ValueError: x"))["reason"] == "ValueError: x"


def test_mention() -> None:
    assert mention_json(a_mention(start=3, polarity=Polarity.NEGATIVE, probability=0.87654321)) == {
        "brand": "小米",
        "surface": "小米",
        "field": "text",
        "start": 3,
        "end": 5,
        "sentiment": "negative",
        "probability": 0.8765,
        "link_confidence": 1.0,
    }


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(list(Suggestion)))
def test_result_is_plain_json(ad: float, negativity: float, suggestion: Suggestion) -> None:
    body = verdict_json(a_verdict(suggestion, scores=some_scores(ad, negativity)))
    assert json.loads(json.dumps(body, allow_nan=False)) == body
