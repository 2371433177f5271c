"""Pre-train an encoder: resumable, on several processes or one GPU.

Weights are kept in fp32 and copied to a bf16 model for the forward and backward pass.  The learning rate
rises, then stays constant: the trunk can go on at any later time.  :func:`decay` anneals a copy of the
trunk to an encoder that is good to fine-tune.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

import torch
from safetensors.torch import load_file

from moderation.classifiers.sounding import folded, unfolded, with_means
from moderation.classifiers.tokenise import Vocabulary
from moderation.training.batches import Batches, homophones
from moderation.training.electra import Electra, Shape
from moderation.training.masked import MaskedModel
from moderation.training.optim import Masters
from moderation.training.tokenised import Lines
from moderation.training.vocabulary import partners

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor


OBJECTIVES: Final = {"masked": MaskedModel, "replaced": Electra}
_WORDS: Final = "embeddings.word_embeddings.weight"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a pre-training run is made of.  ``tokens`` are padded ids a step over all ranks."""

    objective: str = "masked"
    shape: Shape = field(default_factory=Shape)
    tokens: int = 8_192
    rate: float = 6e-4
    warm_up: int = 300
    weight_decay: float = 0.01
    clip: float = 1.0
    # Steps that the ranks take on their own before they meet; 1: they add up the gradients of every step.
    together: int = 20
    longest: int = 256
    seed: int = 1
    minutes_between_checkpoints: float = 4.0


@dataclass(frozen=True, slots=True)
class Progress:
    """One line of the log."""

    step: int
    tokens: int
    tokens_per_second: float
    figures: dict[str, float]


class Run:
    """A model, its optimiser, and the number of steps done."""

    def __init__(self, plan: Plan, vocabulary: Vocabulary, device: str) -> None:
        torch.manual_seed(plan.seed)
        attention = "sdpa" if device.startswith("cuda") else "eager"
        self.plan, self.device = plan, torch.device(device)
        kind = OBJECTIVES[plan.objective]
        self.model = kind(plan.shape, len(vocabulary.tokens), attention).to(self.device)
        self.partners = torch.zeros(len(vocabulary.tokens), dtype=torch.long, device=self.device)
        if isinstance(self.model, MaskedModel):
            self.partners = partners(vocabulary).to(self.device)
            self.model.partners = self.partners
        self.masters = Masters(self.model, plan.weight_decay)
        self.steps, self.tokens = 0, 0

    @torch.no_grad()
    def begin(self, embeddings: Tensor, frequencies: Tensor) -> None:
        """Start from counted embeddings and character frequencies rather than from noise."""
        model = self.model.float()
        here = self.partners.cpu()
        model.prepare(unfolded(with_means(embeddings, here, frequencies), here))
        for weight, parameter in zip(self.masters.weights, model.parameters(), strict=True):
            weight.copy_(parameter)
        model.to(torch.bfloat16)
        named = self.masters.named()
        named["bias"].copy_(((frequencies + 1) / (frequencies + 1).sum()).log())
        self.masters.publish()

    @torch.no_grad()
    def adopt(self, encoder: Path) -> None:
        """Take an encoder's weights (a folder of :meth:`export`); the heads of pre-training stay new."""
        given = load_file(encoder / "model.safetensors")
        for name, weight in self.masters.named("encoder.").items():
            weight.copy_(given[name])
            if name == _WORDS:
                weight.copy_(unfolded(weight, self.partners))
        self.masters.publish()

    def load(self, folder: Path) -> bool:
        """Go on from the last checkpoint of a folder; False if there is none."""
        path = folder / "trunk.pt"
        if not path.exists():
            return False
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.masters.restore(state)
        self.steps, self.tokens = state["steps"], state["tokens"]
        return True

    def save(self, folder: Path, name: str = "trunk.pt") -> None:
        """Write a checkpoint; whoever reads sees the old or the new one, never a half."""
        folder.mkdir(parents=True, exist_ok=True)
        state = {
            **self.masters.state(),
            "steps": self.steps,
            "tokens": self.tokens,
            "plan": json.dumps(asdict(self.plan)),
        }
        part = folder / f"{name}.part"
        torch.save(state, part)
        part.replace(folder / name)

    def advance(self, batches: Batches, rank: int, ranks: int, rate: float) -> dict[str, float]:
        """One step, and every so many the ranks meet; returns the losses of this rank."""
        batch = batches.step(self.steps, rank, ranks)
        torch.manual_seed((self.plan.seed * 1_000_003 + self.steps) * 64 + rank)
        arrays = (batch.original, batch.masked, batch.places, batch.counted)
        original, masked, places, counted = (torch.from_numpy(each).to(self.device) for each in arrays)
        step = self.model(original, masked, places, counted)
        step.loss.backward()
        self.masters.apply(rate, ranks if self.plan.together == 1 else 1, self.plan.clip)
        self.steps += 1
        self.tokens += original.numel() * ranks
        if self.met:
            self.meet(ranks)
        figures: dict[str, float] = step.figures
        return figures

    @property
    def met(self) -> bool:
        """Whether all ranks hold the same weights after this step."""
        return self.steps % self.plan.together == 0

    def meet(self, ranks: int) -> None:
        """Bring the ranks together that stepped on their own."""
        if self.plan.together > 1:
            self.masters.average(ranks)

    def export(self, folder: Path) -> None:
        """Save the encoder in fp16 with ``save_pretrained`` (shards of at most 16 MB)."""
        named = self.masters.named("encoder.")
        named[_WORDS] = folded(named[_WORDS], self.partners)
        state = {name: weight.half() for name, weight in named.items()}
        encoder = self.model.encoder
        encoder.config._attn_implementation = "eager"  # noqa: SLF001 - the only way after reading a config
        encoder.config.dtype = torch.float16
        encoder.save_pretrained(folder, state_dict=state, max_shard_size="15MB")


def constant_rate(plan: Plan, step: int) -> float:
    """The trunk's learning rate."""
    return plan.rate * min(1.0, (step + 1) / plan.warm_up)


def train(
    run: Run,
    batches: Batches,
    folder: Path,
    until: Callable[[Run], bool],
    report: Callable[[Progress], None],
    *,
    rank: int = 0,
    ranks: int = 1,
) -> None:
    """Run the trunk until ``until`` says so, checkpointing on the way (rank 0)."""
    saved = begun = time.monotonic()
    first = run.tokens
    smooth: dict[str, float] = {}
    while not until(run):
        found = run.advance(batches, rank, ranks, constant_rate(run.plan, run.steps))
        smooth = {key: 0.98 * smooth.get(key, value) + 0.02 * value for key, value in found.items()}
        now = time.monotonic()
        if rank == 0 and run.steps % 50 == 0:
            report(Progress(run.steps, run.tokens, (run.tokens - first) / (now - begun), smooth))
        if rank == 0 and run.met and now - saved > 60 * run.plan.minutes_between_checkpoints:
            run.save(folder)
            saved = now
    run.meet(ranks)
    if rank == 0:
        run.save(folder)


def decay(run: Run, batches: Batches, steps: int, rank: int = 0, ranks: int = 1) -> None:
    """Anneal the weights over ``steps`` further steps (1 - sqrt); never save the result as the trunk."""
    start = run.steps
    for _ in range(steps):
        share = (run.steps - start) / steps
        run.advance(batches, rank, ranks, run.plan.rate * (1.0 - math.sqrt(share)) + 1e-7)
    run.meet(ranks)


def open_batches(plan: Plan, folder: Path) -> tuple[Vocabulary, Batches]:
    """Vocabulary and batches of a pre-training folder (``vocab.json`` and ``lines/``)."""
    vocabulary = Vocabulary.read(folder / "vocab.json")
    sounds, spelt = homophones(vocabulary.tokens), partners(vocabulary).numpy()
    return vocabulary, Batches(
        Lines.open(folder / "lines"), plan.tokens, plan.seed, longest=plan.longest, sounds=sounds, spelt=spelt
    )


def describe(progress: Progress) -> dict[str, Any]:
    """A log line as plain values."""
    values = {
        "step": progress.step,
        "tokens": progress.tokens,
        "tokens_per_second": progress.tokens_per_second,
    }
    return {key: round(value, 4) for key, value in {**values, **progress.figures}.items()}
