"""JSON shapes of a verdict: what the command line writes, the database keeps and the HTTP interface answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moderation.domain.convention import Category
from moderation.domain.evidence import Contact, ContactKind, Field, Hit, HitType, Level
from moderation.domain.pictures import Picture
from moderation.domain.policy import Evidence
from moderation.domain.scores import Scores, Sentiment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moderation.domain.brands import Mention
    from moderation.domain.verdict import Finding, Verdict

_DIGITS = 4
_CATEGORIES: Final = {each.value: each for each in Category}
"""Looked up: a backtest reads millions of them, and asking the enumeration takes ten times as long."""


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """Render a verdict.  Offsets are ``[start, end)`` in code points of the submitted text."""
    scores = verdict.scores
    return {
        "suggestion": verdict.suggestion.value,
        "risk_level": verdict.risk_level.value,
        "label": verdict.label.value,
        "clause": verdict.clause or None,
        "labels": [_finding_json(finding) for finding in verdict.findings],
        "ad": round(scores.ad, _DIGITS),
        "negativity": round(scores.negativity, _DIGITS),
        "sentiment": {
            "label": scores.sentiment.label.value,
            "negative": round(scores.sentiment.negative, _DIGITS),
            "neutral": round(scores.sentiment.neutral, _DIGITS),
            "positive": round(scores.sentiment.positive, _DIGITS),
        },
        "categories": {each.value: round(scores.categories.get(each, 0.0), _DIGITS) for each in Category},
        "intent": {key.value: round(value, _DIGITS) for key, value in scores.intent.items()},
        "hits": [_hit_json(hit) for hit in verdict.hits],
        "contacts": [_contact_json(contact) for contact in verdict.contacts],
        "keywords": list(verdict.keywords),
        "mentions": [mention_json(mention) for mention in verdict.mentions],
        "versions": {
            "model": verdict.versions.model,
            "policy": verdict.versions.policy,
            "lexicon": verdict.versions.lexicon,
        },
        "action": verdict.action.value,
        "unchecked": list(verdict.unchecked),
        **({"reason": verdict.reason} if verdict.reason else {}),
        **({"images": [_picture_json(one) for one in verdict.pictures]} if verdict.pictures else {}),
    }


def _picture_json(picture: Picture) -> dict[str, Any]:
    return {"image": picture.number, "codes": list(picture.codes), "text": picture.text}


def mention_json(mention: Mention) -> dict[str, Any]:
    """Render a brand mention."""
    return {
        "brand": mention.brand,
        "surface": mention.surface,
        "field": mention.field.value,
        "start": mention.start,
        "end": mention.end,
        "sentiment": mention.polarity.value,
        "probability": round(mention.probability, _DIGITS),
        "link_confidence": round(mention.link_confidence, _DIGITS),
    }


def _finding_json(finding: Finding) -> Mapping[str, Any]:
    return {
        "label": finding.label.value,
        "clause": finding.clause,
        "probability": round(finding.probability, _DIGITS),
        "source": finding.source.value,
        "suggestion": finding.suggestion.value,
    }


def _hit_json(hit: Hit) -> Mapping[str, Any]:
    return {
        "type": hit.type.value,
        "value": hit.value,
        "normalised": hit.normalised,
        "field": hit.field.value,
        "start": hit.start,
        "end": hit.end,
        "clause": hit.clause,
        "library": hit.library,
        "level": hit.level.value,
        "suppressed": hit.suppressed,
        "reason": hit.reason,
        **({"image": hit.image} if hit.image else {}),
    }


def _contact_json(contact: Contact) -> Mapping[str, Any]:
    return {
        "kind": contact.kind.value,
        "value": contact.value,
        "field": contact.field.value,
        "start": contact.start,
        "end": contact.end,
        "obfuscated": contact.obfuscated,
        **({"image": contact.image} if contact.image else {}),
    }


def evidence_from_json(body: Mapping[str, Any]) -> Evidence:
    """The evidence that a kept verdict rests on, so that another policy can decide on it without scoring again."""
    sentiment = body["sentiment"]
    return Evidence(
        scores=Scores(
            ad=body["ad"],
            negativity=body["negativity"],
            sentiment=Sentiment(sentiment["negative"], sentiment["neutral"], sentiment["positive"]),
            categories={
                _CATEGORIES.get(name) or Category(name): each for name, each in body["categories"].items()
            },
        ),
        hits=tuple(_hit_from_json(hit) for hit in body["hits"] if hit["type"] != HitType.CONTACT.value),
        contacts=tuple(
            Contact(
                kind=ContactKind(one["kind"]),
                value=one["value"],
                start=one["start"],
                end=one["end"],
                obfuscated=one["obfuscated"],
                field=Field(one["field"]),
                image=one.get("image", 0),
            )
            for one in body["contacts"]
        ),
        keywords=tuple(body["keywords"]),
        unchecked=tuple(body["unchecked"]),
        pictures=tuple(
            Picture(one["image"], tuple(one["codes"]), one["text"]) for one in body.get("images") or ()
        ),
    )


def _hit_from_json(hit: Mapping[str, Any]) -> Hit:
    return Hit(
        type=HitType(hit["type"]),
        value=hit["value"],
        normalised=hit["normalised"],
        field=Field(hit["field"]),
        start=hit["start"],
        end=hit["end"],
        clause=hit["clause"],
        library=hit["library"],
        level=Level(hit["level"]),
        suppressed=hit["suppressed"],
        reason=hit["reason"],
        image=hit.get("image", 0),
    )
