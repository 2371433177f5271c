"""Fine-tune the encoder and all heads together; resumable, on several processes or one GPU."""

from __future__ import annotations

import json
import math
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, cast

import torch
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertModel

from moderation.classifiers.network import Network, from_weights
from moderation.classifiers.sounding import folded, unfolded
from moderation.training.losses import loss
from moderation.training.optim import Masters
from moderation.training.views import batches, plan
from moderation.training.vocabulary import partners

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor

    from moderation.classifiers.tokenise import Tokeniser
    from moderation.training.corpus import Corpus


_WORDS: Final = "encoder.embeddings.word_embeddings.weight"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Settings of a fine-tuning run; ``tokens`` are padded ids a step over all ranks.

    A pass uses the part ``core`` of every core source and ``share`` of every other one, each pass ``falling``
    times the share of the one before: what the side sources teach comes first, what counts last.  Few ``tokens``
    a step make many updates, which count for more than their precision.  The ranks step on their own and meet
    every ``together`` steps.
    """

    passes: int = 2
    tokens: int = 3_072
    together: int = 40
    rate: float = 3e-4
    head_scale: float = 3.0
    warm_up: float = 0.06
    limit: int = 256
    posts_times: int = 3
    weak: int = 30_000
    share: float = 1.0
    falling: float = 1.0
    core: float = 1.0
    seed: int = 7
    minutes_between_checkpoints: float = 3.0


@dataclass(frozen=True, slots=True)
class Report:
    """One line of the log."""

    step: int
    steps: int
    loss: float
    examples_per_second: float


def read_encoder(folder: Path, attention: str) -> BertModel:
    """The pre-trained encoder of a folder, in fp32."""
    return BertModel.from_pretrained(
        folder, add_pooling_layer=False, attn_implementation=attention, dtype=torch.float32
    )


def save_network(masters: Masters, folder: Path) -> None:
    """Write weights (fp32 safetensors) and the encoder's config; replaced in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    network, named = cast("Network", masters.model), masters.named()
    if network.partners is not None:
        named[_WORDS] = folded(named[_WORDS], network.partners)
    save_file({name: weight.contiguous() for name, weight in named.items()}, folder / "network.part")
    (folder / "network.part").replace(folder / "network.safetensors")
    network.encoder.config.save_pretrained(folder)


def read_network(folder: Path) -> Network:
    """A fine-tuned network in fp32, ready to run or export."""
    config = BertConfig.from_pretrained(folder)
    config._attn_implementation = "eager"  # noqa: SLF001 - the only way after reading a config
    return from_weights(config, load_file(folder / "network.safetensors"))


@torch.no_grad()
def tie(network: Network, alike: Tensor) -> None:
    """Let characters share their syllables' embeddings from here on; what the network says stays the same."""
    words = network.encoder.embeddings.word_embeddings.weight
    words.copy_(unfolded(words, alike))
    network.partners = alike


def rate_at(recipe: Recipe, step: int, steps: int) -> float:
    """Linear warm-up, then a cosine down to a twentieth."""
    rising = max(1, int(recipe.warm_up * steps))
    if step < rising:
        return recipe.rate * (step + 1) / rising
    share = (step - rising) / max(1, steps - rising)
    return recipe.rate * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * share)))


def finetune(  # noqa: PLR0917 - the nouns of one sentence, in its order
    network: Network,
    tokeniser: Tokeniser,
    corpus: Corpus,
    recipe: Recipe,
    folder: Path,
    report: Callable[[Report], None],
    *,
    share: tuple[int, int] = (0, 1),
    device: str = "cpu",
) -> None:
    """Train and leave the network in ``folder``; goes on from a checkpoint that lies there.

    Args:
        network: fresh heads on a pre-trained encoder.
        tokeniser: of the encoder.
        corpus: gives the examples of each pass.
        recipe: settings.
        folder: for the checkpoint and the result.
        report: called every 20 steps on rank 0.
        share: (rank, ranks).
        device: ``cpu`` or ``cuda``.
    """
    torch.manual_seed(recipe.seed)
    rank, ranks = share
    network.to(device).train()
    tie(network, partners(tokeniser.vocabulary).to(device))
    masters = Masters(network, scale=lambda name: 1.0 if name.startswith("encoder.") else recipe.head_scale)
    passes = [
        (examples, plan(examples, recipe.tokens, recipe.limit, recipe.seed + epoch, ranks))
        for epoch in range(recipe.passes)
        for part in [recipe.share * recipe.falling**epoch]
        for examples in [corpus.one_pass(epoch, recipe.posts_times, recipe.weak, part, recipe.core)]
    ]
    steps = sum(len(each) for _, each in passes)
    done = _resume(masters, folder / "finetune.pt")
    step, begun, seen, smooth = 0, time.monotonic(), 0, 0.0
    saved = begun
    for epoch, (examples, planned) in enumerate(passes):
        skipped = min(len(planned), max(0, done - step))
        step += skipped
        stream = batches(examples, planned[skipped:], tokeniser, recipe.seed + 101 * epoch, share)
        for ids, types, labels in stream:
            torch.manual_seed(recipe.seed * 1_000_003 + step * 64 + rank)
            logits = network(ids.to(device), types.to(device))
            value = loss(logits, {name: each.to(device) for name, each in labels.items()})
            value.backward()
            masters.apply(rate_at(recipe, step, steps))
            step, seen = step + 1, seen + len(ids) * ranks
            met = step % recipe.together == 0 or step == steps
            if met:
                masters.average(ranks)
            smooth = value.item() if not smooth else 0.97 * smooth + 0.03 * value.item()
            now = time.monotonic()
            if rank == 0 and step % 20 == 0:
                report(Report(step, steps, smooth, seen / (now - begun)))
            if rank == 0 and met and now - saved > 60 * recipe.minutes_between_checkpoints:
                _checkpoint(masters, step, recipe, folder)
                saved = now
    if rank == 0:
        save_network(masters, folder)
        (folder / "finetune.pt").unlink(missing_ok=True)


def _checkpoint(masters: Masters, step: int, recipe: Recipe, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / "finetune.part"
    torch.save({**masters.state(), "step": step, "recipe": json.dumps(asdict(recipe))}, part)
    part.replace(folder / "finetune.pt")


def _resume(masters: Masters, path: Path) -> int:
    if not path.exists():
        return 0
    state = torch.load(path, map_location=masters.weights[0].device, weights_only=True)
    masters.restore(state)
    return int(state["step"])
