"""Figures of a bundle on test files: with intervals, by slice, cloaked and plain, as JSON and Markdown."""

# ruff: noqa: PLR2004 - shares and sizes read best where they are used
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from moderation.training.calibrate import probabilities
from moderation.training.cloaked import cloaked_figures
from moderation.training.held import judge
from moderation.training.labels import BINARY, HEADS, SENTIMENTS
from moderation.training.statistics import accuracy, bootstrap, calibration_error, f1_of, macro_f1, wilson

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from moderation.classifiers.transformer import TransformerClassifier
    from moderation.training.calibrate import Judged
    from moderation.training.labels import Example

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

Figures = dict[str, Any]
_SHORT: Final = 12
_LEAST_SLICE: Final = 20
_ANGRY: Final = {"ewect", "conv_sentiment"}
_ORDINARY: Final = {"ewect", "chnsenticorp", "conv_sentiment", "nlpcc2016_stance"}


def with_interval(figure: Callable[[Whole, Whole], float], wanted: Whole, said: Whole) -> dict[str, float]:
    """A figure and its 95 % bootstrap interval."""
    low, high = bootstrap(figure, wanted, said)
    return {"value": round(figure(wanted, said), 4), "low": round(low, 4), "high": round(high, 4)}


def binary_scores(classifier: TransformerClassifier, judged: Judged) -> Floats:
    """Calibrated probabilities (examples, binary heads)."""
    pairs = classifier.bundle.calibration.binary
    columns = [
        probabilities(judged.logits[:, n].astype(np.float64), pairs.get(name, (1.0, 0.0)))
        for n, name in enumerate(BINARY)
    ]
    return np.stack(columns, axis=1)


def _share(hits: NDArray[np.bool_]) -> dict[str, float]:
    low, high = wilson(int(hits.sum()), len(hits))
    return {
        "value": round(float(hits.mean()), 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "posts": len(hits),
    }


def binary_figures(scores: Floats, labels: Whole, threshold: float | None) -> Figures:
    """Accuracy, macro-F1, ECE at 0.5, and F1 with precision and recall at the block threshold."""
    said = (scores >= 0.5).astype(np.int64)
    found: Figures = {
        "posts": len(labels),
        "positive": int(labels.sum()),
        "accuracy": with_interval(accuracy, labels, said),
        "macro_f1": with_interval(macro_f1, labels, said),
        "f1": round(f1_of(labels, said, 1), 4),
        "ece": round(calibration_error(scores, labels.astype(np.float64)), 4),
    }
    if threshold is not None:
        sure = scores >= threshold
        found["at_block"] = {
            "threshold": threshold,
            "f1": round(f1_of(labels, sure.astype(np.int64), 1), 4),
            "precision": _share(labels[sure] == 1) if sure.any() else None,
            "recall": _share(sure[labels == 1]) if labels.any() else None,
        }
    return found


def _slices(examples: Sequence[Example], right: NDArray[np.bool_]) -> Figures:
    groups: dict[str, list[int]] = {}
    for n, example in enumerate(examples):
        if example.group:
            groups.setdefault(example.group, []).append(n)
        if len(example.text) < _SHORT:
            groups.setdefault("short", []).append(n)
    return {name: _share(right[rows]) for name, rows in sorted(groups.items()) if len(rows) >= _LEAST_SLICE}


def _sentiment(classifier: TransformerClassifier, judged: Judged) -> Figures:
    rows = [n for n, each in enumerate(judged.examples) if each.sentiment is not None]
    examples = [judged.examples[n] for n in rows]
    logits = judged.logits[rows][:, slice(*HEADS["sentiment"])]
    wanted = np.asarray([each.sentiment for each in examples], dtype=np.int64)
    if all(each.poles for each in examples):
        said = np.where(logits[:, 2] >= logits[:, 0], 2, 0).astype(np.int64)
    else:
        said = logits.argmax(1).astype(np.int64)
    heat = classifier.bundle.calibration.temperatures.get("sentiment", 1.0)
    sure = np.exp(logits / heat - np.logaddexp.reduce(logits / heat, axis=1, keepdims=True)).max(1)
    found: Figures = {
        "posts": len(rows),
        "accuracy": with_interval(accuracy, wanted, said),
        "macro_f1": with_interval(macro_f1, wanted, said),
        "slices": _slices(examples, said == wanted),
    }
    if not all(each.poles for each in examples):
        found["ece"] = round(
            calibration_error(sure.astype(np.float64), (said == wanted).astype(np.float64)), 4
        )
        for subset in sorted({each.group for each in examples if each.group in ("usual", "virus")}):
            own = np.asarray([each.group == subset for each in examples])
            found[f"macro_f1_{subset}"] = with_interval(macro_f1, wanted[own], said[own])
    return found


def _classes(judged: Judged, head: str) -> Figures:
    logits, wanted = judged.classes(head)
    said = logits.argmax(1).astype(np.int64)
    return {
        "posts": len(wanted),
        "accuracy": with_interval(accuracy, wanted, said),
        "macro_f1": with_interval(macro_f1, wanted, said),
    }


def _categories(classifier: TransformerClassifier, judged: Judged) -> Figures:
    """Per category F1 at the review threshold, and how many posts of each kind any head flags."""
    scores = binary_scores(classifier, judged)
    limits = np.asarray([classifier.bundle.thresholds[name].review or 1.1 for name in BINARY])
    blocks = np.asarray([classifier.bundle.thresholds[name].block or 1.1 for name in BINARY])
    found: Figures = {"heads": {}}
    for n, name in enumerate(BINARY):
        labels = np.asarray([int(each.binary[name][0]) for each in judged.examples], dtype=np.int64)
        if labels.any():
            said = (scores[:, n] >= limits[n]).astype(np.int64)
            half = (scores[:, n] >= 0.5).astype(np.int64)
            found["heads"][name] = {
                "positive": int(labels.sum()),
                "f1_review": round(f1_of(labels, said, 1), 4),
                "f1_half": round(f1_of(labels, half, 1), 4),
            }
    found["macro_f1_review"] = round(
        float(np.mean([each["f1_review"] for each in found["heads"].values()])), 4
    )
    found["macro_f1_half"] = round(float(np.mean([each["f1_half"] for each in found["heads"].values()])), 4)
    for kind in ("violation", "near_miss", "ordinary"):
        rows = np.asarray([each.group == kind for each in judged.examples])
        if rows.any():
            flagged, blocked = (scores[rows] >= limits).any(1), (scores[rows] >= blocks).any(1)
            found[kind] = {"review": _share(flagged), "block": _share(blocked)}
    return found


def evaluate_file(classifier: TransformerClassifier, name: str, examples: Sequence[Example]) -> Figures:
    """All figures that the labels of one test file allow."""
    judged = judge(classifier, examples)
    scores, found = binary_scores(classifier, judged), {"name": name, "examples": len(examples)}
    plain = [n for n, each in enumerate(examples) if each.target is None]
    posts = any(each.source == "posts" for each in examples)
    for head in ("offence", "ad"):
        rows = [n for n in plain if head in examples[n].binary]
        if rows:
            labels = np.asarray([int(examples[n].binary[head][0]) for n in rows], dtype=np.int64)
            own = [examples[n] for n in rows]
            column = scores[rows, BINARY.index(head)]
            figures = binary_figures(column, labels, classifier.bundle.thresholds[head].block)
            figures["slices"] = _slices(own, (column >= 0.5) == (labels == 1))
            figures["cloaked"] = cloaked_figures(classifier, own, head)
            found[head] = figures
    if any(examples[n].sentiment is not None for n in plain):
        found["sentiment"] = _sentiment(classifier, judged)
    for head in ("intent", "target"):
        if any(getattr(each, head) is not None for each in examples):
            found[head] = _classes(judged, head)
    if posts:
        rows = [each for each in plain if len(examples[each].binary) == len(BINARY)]
        found["categories"] = _categories(
            classifier, type(judged)([examples[n] for n in rows], judged.logits[rows])
        )
    ordinary = _ordinary_rows(name, examples)
    if ordinary:
        limits = [classifier.bundle.thresholds[each].review or 1.1 for each in BINARY]
        blocks = [classifier.bundle.thresholds[each].block or 1.1 for each in BINARY]
        found["ordinary"] = {
            "review": _share(np.asarray((scores[ordinary] >= limits).any(axis=1))),
            "block": _share(np.asarray((scores[ordinary] >= blocks).any(axis=1))),
        }
    return found


def _ordinary_rows(name: str, examples: Sequence[Example]) -> list[int]:
    """Posts that should pass: reviews, stance posts, and Weibo and chat posts that are not negative.

    Negative Weibo and chat posts do contain insults, so whether they should pass is not known.
    """
    if name not in _ORDINARY:
        return []
    negative = SENTIMENTS.index("negative")
    return [n for n, each in enumerate(examples) if name not in _ANGRY or each.sentiment != negative]


def all_ordinary(results: Sequence[Figures]) -> Figures | None:
    """False alarms over all files that hold ordinary posts."""
    parts = [each["ordinary"] for each in results if "ordinary" in each]
    if not parts:
        return None
    out: Figures = {}
    for what in ("review", "block"):
        total = sum(part[what]["posts"] for part in parts)
        hits = round(sum(part[what]["value"] * part[what]["posts"] for part in parts))
        low, high = wilson(hits, total)
        out[what] = {
            "value": round(hits / total, 5),
            "low": round(low, 5),
            "high": round(high, 5),
            "posts": total,
        }
    return out
