"""From trained parts to a bundle: mix deep and wide, export, calibrate on dev, set thresholds."""

# ruff: noqa: PLR2004 - shares and sizes read best where they are used
from __future__ import annotations

import datetime as dt
import itertools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from moderation.classifiers import load_classifier
from moderation.classifiers.batching import Budget
from moderation.classifiers.bundle import Calibration, read_bundle
from moderation.classifiers.onnx_backend import OnnxRunner
from moderation.classifiers.transformer import TransformerClassifier
from moderation.training.calibrate import fit, probabilities, thresholds
from moderation.training.corpus import read_posts, read_source, take
from moderation.training.export import Facts, described, export_onnx, quantise, write_bundle
from moderation.training.finetune import read_network
from moderation.training.held import joined, judge
from moderation.training.labels import BINARY, SENTIMENTS, SERVED, Example
from moderation.training.ngrams import expert_logits
from moderation.training.readings import read_readings, with_readings
from moderation.training.sources import USES
from moderation.training.stacking import fit_all, join
from moderation.training.statistics import calibration_error, f1_of
from moderation.training.tokenised import read_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from moderation.classifiers.bundle import Threshold
    from moderation.classifiers.network import Network
    from moderation.training.calibrate import Judged

_MOST: Final = 2500
_CAPS: Final = {
    "chnci": 1500,
    "stoneskipping": 1500,
    "sophonplus_shopping": 2000,
    "conv_sentiment": 1500,
    "weibo_8moods": 2500,
}
_REVIEWS: Final = {"chnsenticorp", "sophonplus_shopping", "sophonplus_waimai", "finfe"}
_CALM: Final = (_REVIEWS, {"ewect", "weibo_8moods", "weibo2018", "covid19_weibo"}, {"conv_sentiment"})
_NEGATIVE: Final = SENTIMENTS.index("negative")
_RUN: Final = Budget(tokens=2048, padding=8)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where dev examples come from: the data folder, our own posts, a file of unlabelled lines."""

    data: Path
    posts: Path | None
    unlabelled: Path | None
    permissive: bool = False

    def dev(self) -> dict[str, list[Example]]:
        """Dev examples by source, at most 2,500 of each."""
        found = {}
        readings = read_readings(self.posts)
        for name, use in USES.items():
            if (self.data / f"{name}.jsonl.xz").exists() and (use.permissive or not self.permissive):
                own = with_readings(read_source(self.data, name, "dev"), readings)
                found[name] = take(own, _CAPS.get(name, _MOST), 1)
        if self.posts:
            found["posts"] = read_posts(self.posts, "dev")
        return {name: examples for name, examples in found.items() if examples}

    def ordinary(self, most: int = 6000) -> list[Example]:
        """Unlabelled lines without contacts."""
        if not self.unlabelled:
            return []
        lines = itertools.islice(read_lines(self.unlabelled), most)
        return [Example(line, "unlabelled") for line in lines if "<" not in line]


def judge_all(classifier: TransformerClassifier, examples: Mapping[str, list[Example]]) -> dict[str, Judged]:
    """Logits of every source's examples."""
    return {name: judge(classifier, each) for name, each in examples.items()}


def mix(
    network: Network,
    experts: Mapping[str, Tensor],
    deep: TransformerClassifier,
    examples: Mapping[str, list[Example]],
) -> dict[str, dict[str, list[float]]]:
    """Put the experts into the network by the weights that dev asks for; returns the weights."""
    judged = joined(list(judge_all(deep, examples).values()))
    parts = expert_logits(experts, deep.tokeniser, judged.examples)
    weights = fit_all({"deep": torch.from_numpy(judged.logits)} | parts, judged.examples)
    join(network, experts, weights)
    return weights


def calm_logits(judged: Mapping[str, Judged]) -> list[NDArray[np.float32]]:
    """Logits of dev posts that should pass, by kind: reviews, Weibo posts and chat, the latter two where not angry."""
    found = []
    for kind in _CALM:
        rows = [
            logits
            for name in sorted(kind & judged.keys())
            for example, logits in zip(judged[name].examples, judged[name].logits, strict=True)
            if name in _REVIEWS or example.sentiment != _NEGATIVE
        ]
        found.append(np.asarray(rows, dtype=np.float32).reshape(-1, SERVED))
    return found


def assemble(
    network_folder: Path,
    bundle: Path,
    vocabulary: Path,
    sources: Sources,
    version: str,
    *,
    torch_weights: bool = False,
) -> dict[str, Any]:
    """Make the bundle of a fine-tuned network (and ``wide.safetensors`` beside it, if there is one).

    ``torch_weights`` adds fp16 weights, for serving by torch; they double the bundle.

    Returns:
        Dev figures of every binary head, as they stand in the bundle.
    """
    network = read_network(network_folder)
    work = network_folder / "work"
    work.mkdir(exist_ok=True)
    full, packed, small, plain = (work / name for name in ("fp32.onnx", "packed.onnx", "int8.onnx", "bundle"))
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    nothing = Facts(bundle.name, version, today, Calibration({}, {}), {})
    examples = sources.dev()
    if (network_folder / "wide.safetensors").exists():
        export_onnx(network, full)
        quantise(full, small)
        write_bundle(plain, nothing, small, vocabulary)
        deep = TransformerClassifier(load_classifier(plain).bundle, OnnxRunner(small), _RUN)
        mixed = mix(network, load_file(network_folder / "wide.safetensors"), deep, examples)
        (work / "mixture.json").write_text(json.dumps(mixed, indent=1) + "\n", encoding="utf-8")
    export_onnx(network, full)
    export_onnx(network, packed, packed=True)
    quantise(packed, small)
    write_bundle(plain, nothing, small, vocabulary)
    served = TransformerClassifier(load_classifier(plain).bundle, OnnxRunner(small), _RUN)
    calibration, limits, figures = settle(served, examples, sources.ordinary())
    figures["int8_against_fp32"] = int8_against_fp32(served, OnnxRunner(full), examples)
    facts = Facts(bundle.name, version, today, calibration, limits, metrics={"dev": figures})
    others: tuple[Path, ...] = ()
    if torch_weights:
        state = {
            name: (weight.half() if weight.is_floating_point() else weight).contiguous()
            for name, weight in network.state_dict().items()
        }
        save_file(state, work / "network.safetensors")
        network.encoder.config.save_pretrained(work)
        others = (work / "network.safetensors", work / "config.json")
    write_bundle(bundle, facts, small, vocabulary, others)
    return figures


def settle(
    classifier: TransformerClassifier,
    examples: Mapping[str, list[Example]],
    unlabelled: list[Example],
    budgets: tuple[float, float] = (0.012, 0.0005),
) -> tuple[Calibration, dict[str, Threshold], dict[str, Any]]:
    """Calibration, thresholds and dev figures of a classifier; ``budgets`` are (review, block)."""
    judged = judge_all(classifier, examples)
    everything = joined(list(judged.values()))
    calibration = fit(everything)
    mixed = judge(classifier, unlabelled).logits
    limits = thresholds(everything, calibration, calm_logits(judged), mixed, budgets)
    return calibration, limits, dev_figures(everything, calibration)


def calibrate_again(folder: Path, sources: Sources, budgets: tuple[float, float]) -> dict[str, Any]:
    """Fit calibration and thresholds of a bundle again and rewrite its ``bundle.json``."""
    bundle = read_bundle(folder)
    served = TransformerClassifier(bundle, OnnxRunner(folder / "model.onnx"), _RUN)
    calibration, limits, figures = settle(served, sources.dev(), sources.ordinary(), budgets)
    content = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    before = content.get("metrics", {}).get("dev", {})
    content |= described(calibration, limits) | {"metrics": {"dev": before | figures}}
    part = folder / "bundle.json.part"
    part.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    part.replace(folder / "bundle.json")
    return figures


def int8_against_fp32(
    small: TransformerClassifier, full: OnnxRunner, examples: Mapping[str, list[Example]]
) -> dict[str, Any]:
    """Accuracy of both on the offence and sentiment labels of dev, in points (percent)."""
    exact = TransformerClassifier(small.bundle, full, _RUN)
    found: dict[str, Any] = {}
    for name, head in (("cold", "offence"), ("ewect", "sentiment")):
        if name not in examples:
            continue
        for what, classifier in (("int8", small), ("fp32", exact)):
            judged = judge(classifier, examples[name])
            if head == "offence":
                logits, labels = judged.binary(head)
                right = (logits > 0) == (labels > 0)
            else:
                classes, wanted = judged.classes(head)
                right = classes.argmax(1) == wanted
            found.setdefault(f"{name} {head}", {})[what] = round(100 * float(right.mean()), 2)
    return found


def dev_figures(everything: Judged, calibration: Calibration) -> dict[str, Any]:
    """Posts, positives, calibration error and F1 of every binary head on dev."""
    found: dict[str, Any] = {}
    for name in BINARY:
        logits, labels = everything.binary(name)
        scores = probabilities(logits, calibration.binary[name])
        found[name] = {
            "posts": len(labels),
            "positive": int(labels.sum()),
            "ece": round(calibration_error(scores, labels), 4),
            "f1": round(f1_of(labels.astype(np.int64), (scores >= 0.5).astype(np.int64), 1), 4),
        }
    return found
