"""From a fine-tuned network to an int8 ONNX file and a bundle folder."""

from __future__ import annotations

import copy
import json
import shutil
import warnings
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, cast

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

from moderation.classifiers.bundle import SCHEMA, SENTIMENTS, digest
from moderation.classifiers.network import PackedWide
from moderation.training.labels import BINARY, INTENTS, SERVED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

    from moderation.classifiers.bundle import Calibration, Threshold
    from moderation.classifiers.network import Network, Wide


class _Served(nn.Module):
    """The network without the heads that only training uses."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, types: Tensor) -> Tensor:
        logits: Tensor = self.network(ids, types)[:, :SERVED]
        return logits


def export_onnx(network: Network, path: Path, *, packed: bool = False) -> None:
    """Write the fp32 ONNX graph (inputs ``ids`` and ``types``, output ``logits``; batch and length free).

    ``packed`` keeps the wide part's table as whole numbers of 8 bits.
    """
    network.float().eval()
    if packed and network.wide is not None:
        network = copy.deepcopy(network)
        network.wide = PackedWide(cast("Wide", network.wide))
    ids = torch.tensor([[2, 30, 31, 32, 3], [2, 40, 3, 0, 0]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Served(network).eval(),
            (ids, torch.zeros_like(ids)),
            str(path),
            input_names=["ids", "types"],
            output_names=["logits"],
            dynamic_axes={
                "ids": {0: "batch", 1: "length"},
                "types": {0: "batch", 1: "length"},
                "logits": {0: "batch"},
            },
            opset_version=17,
            dynamo=False,
        )


def quantise(source: Path, path: Path, *, reduce_range: bool = True) -> None:
    """int8 weights, activations quantised as they come.

    ``reduce_range`` keeps weights to 7 bits: on CPUs without VNNI 8 bits can overflow in the kernels.
    """
    model = onnx.load(str(source))
    quantize_dynamic(
        model, str(path), weight_type=QuantType.QInt8, reduce_range=reduce_range, per_channel=True,
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What goes into ``bundle.json`` beside the files."""

    name: str
    version: str
    created: str
    calibration: Calibration
    thresholds: dict[str, Threshold]
    max_length: int = 256
    metrics: dict[str, Any] = field(default_factory=dict)


def described(calibration: Calibration, thresholds: Mapping[str, Threshold]) -> dict[str, Any]:
    """Calibration and thresholds as ``bundle.json`` has them."""
    return {
        "calibration": {
            "binary": {name: list(pair) for name, pair in calibration.binary.items()},
            "temperatures": dict(calibration.temperatures),
        },
        "thresholds": {name: asdict(each) for name, each in thresholds.items()},
    }


def write_bundle(
    folder: Path, facts: Facts, model: Path, vocabulary: Path, others: tuple[Path, ...] = ()
) -> None:
    """Make the bundle in a folder beside, then put it in the place of an older one."""
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    shutil.copyfile(model, part / "model.onnx")
    shutil.copyfile(vocabulary, part / "vocab.json")
    for other in others:
        shutil.copyfile(other, part / other.name)
    names = ["model.onnx", "vocab.json", *(other.name for other in others)]
    content = {
        "schema": SCHEMA,
        "name": facts.name,
        "version": facts.version,
        "created": facts.created,
        "files": {
            name: {"sha256": digest(part / name), "bytes": (part / name).stat().st_size} for name in names
        },
        "vocabulary": "vocab.json",
        "max_length": facts.max_length,
        "heads": {
            "binary": list(BINARY),
            "sentiment": list(SENTIMENTS),
            "intent": list(INTENTS),
            "target": list(SENTIMENTS),
        },
        **described(facts.calibration, facts.thresholds),
        "metrics": facts.metrics,
    }
    (part / "bundle.json").write_text(
        json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        for name in ("card.md",):
            if (folder / name).exists():
                shutil.copyfile(folder / name, part / name)
        folder.rename(old)
    part.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
