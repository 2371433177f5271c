"""Reading bundles: what is wrong with a damaged one is said in one line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from moderation.classifiers import BundleError, load_classifier, read_bundle
from moderation.classifiers.bundle import digest
from moderation.classifiers.tokenise import SPECIAL, Vocabulary
from moderation.domain.convention import Category
from moderation.domain.scores import Intent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BINARY = ["offence", *(category.value for category in Category)]
SENTIMENTS = ["negative", "neutral", "positive"]


def contents(folder: Path) -> dict[str, Any]:
    """A valid ``bundle.json`` for the files of the folder."""
    return {
        "schema": 1,
        "name": "tiny",
        "version": "1.0.0",
        "created": "2026-11-21",
        "files": {
            name: {"sha256": digest(folder / name), "bytes": (folder / name).stat().st_size}
            for name in ("model.onnx", "vocab.json")
        },
        "max_length": 16,
        "heads": {
            "binary": [*BINARY],
            "sentiment": [*SENTIMENTS],
            "intent": list(Intent),
            "target": SENTIMENTS,
        },
        "calibration": {"binary": {"ad": [2.0, -1.0]}, "temperatures": {"sentiment": 1.5}},
        "thresholds": {"ad": {"review": 0.5, "block": 0.9}, "hate": {"review": 0.6, "block": None}},
        "metrics": {},
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bundle whose model file is not a model."""
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    Vocabulary((*SPECIAL, *"加微信你好"), {}).write(tmp_path / "vocab.json")
    (tmp_path / "bundle.json").write_text(json.dumps(contents(tmp_path)), encoding="utf-8")
    return tmp_path


def change(folder: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    """Edit ``bundle.json``."""
    content = contents(folder)
    edit(content)
    (folder / "bundle.json").write_text(json.dumps(content), encoding="utf-8")


def test_a_sound_bundle_is_read(folder: Path) -> None:
    bundle = read_bundle(folder)
    assert (bundle.name, bundle.version, bundle.max_length) == ("tiny", "1.0.0", 16)
    assert bundle.thresholds["ad"].block == 0.9
    assert bundle.thresholds["hate"].block is None
    assert bundle.calibration.binary["ad"] == (2.0, -1.0)


def test_a_folder_without_a_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"bundle\.json is missing"):
        load_classifier(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda folder: (folder / "vocab.json").unlink(), "vocab.json is missing"),
        (lambda folder: (folder / "model.onnx").write_bytes(b"not a mode!"), "model.onnx is damaged"),
        (lambda folder: (folder / "model.onnx").write_bytes(b"short"), "model.onnx has 5 bytes"),
        (lambda folder: (folder / "bundle.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "bundle.json").write_text("[]"), "not a bundle of schema 1"),
        (lambda folder: change(folder, lambda content: content.update(schema=99)), "not a bundle of schema 1"),
        (lambda folder: change(folder, lambda content: content.pop("max_length")), "misstates 'max_length'"),
        (lambda folder: change(folder, lambda content: add_label(content, "witchcraft")), "label 'witchcraft'"),
        (lambda folder: change(folder, lambda content: content["heads"]["binary"].pop()), "'flood' is missing"),
        (lambda folder: change(folder, lambda content: content["heads"].update(intent=["greed"])), "intent 'greed'"),
        (lambda folder: change(folder, lambda content: content["heads"]["sentiment"].pop()), "sentiment classes"),
    ],
)  # fmt: skip
def test_damage_is_one_clear_line(folder: Path, damage: Callable[[Path], object], says: str) -> None:
    damage(folder)
    with pytest.raises(BundleError) as error:
        read_bundle(folder)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def add_label(content: dict[str, Any], name: str) -> None:
    """Put an unknown label among the binary heads."""
    content["heads"]["binary"] = [*BINARY, name]


def test_a_model_that_is_none_says_so(folder: Path) -> None:
    with pytest.raises(BundleError, match=r"model\.onnx cannot be loaded"):
        load_classifier(folder)
