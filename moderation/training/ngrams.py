"""Experts: linear models on the wide part's runs, each trained on the sources that mean the same by a label."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch.nn import functional

from moderation.classifiers.network import SIZE, Wide
from moderation.classifiers.tokenise import CLS, SEP
from moderation.text.pinyin import sounds
from moderation.training.labels import HEADS, OUTPUTS, SERVED
from moderation.training.losses import loss
from moderation.training.sources import REVIEWS
from moderation.training.views import around_target, batches, plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from moderation.classifiers.tokenise import Tokeniser
    from moderation.training.corpus import Corpus
    from moderation.training.labels import Example

GATE: Final = "gate"
_SENTIMENT: Final = tuple(range(*HEADS["sentiment"]))
_BATCH: Final = 1536


@dataclass(frozen=True, slots=True)
class Expert:
    """Columns of the served logits that an expert gives, and the sources it learns them from (empty: all)."""

    name: str
    columns: tuple[int, ...]
    sources: frozenset[str] = frozenset()
    repeats: int = 1


EXPERTS: Final = (
    Expert("all", tuple(range(SERVED))),
    Expert("posts", tuple(range(SERVED)), frozenset({"posts", "readings"}), 3),
    Expert("cold", (0,), frozenset({"cold"})),
    Expert("social", _SENTIMENT, frozenset({"ewect", "weibo_8moods"})),
    Expert("review", _SENTIMENT, REVIEWS),
    Expert(GATE, (0,)),
)


def sound_table(tokens: Sequence[str]) -> Tensor:
    """The syllable of every token, near-alike initials and finals as one; other tokens sound like nothing else."""
    table, symbols = sounds().table, sounds().symbols
    found = [
        ord(table.get(ord(each), "\0") if len(each) == 1 else symbols.get(each, "\0")) for each in tokens
    ]
    return torch.tensor([each or 0x20000 + n for n, each in enumerate(found)])


@dataclass(frozen=True, slots=True)
class Runs:
    """Rows of the table for every text, end to end, and the labels; text ``n`` has ``starts[n]:starts[n + 1]``."""

    rows: Tensor
    starts: Tensor
    labels: Mapping[str, Tensor]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def batch(self, members: NDArray[np.int64]) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        """Rows, their offsets and the labels of some texts."""
        own = torch.from_numpy(members)
        counts = self.starts[own + 1] - self.starts[own]
        offsets = torch.cumsum(counts, 0) - counts
        places = torch.arange(int(counts.sum())) + torch.repeat_interleave(self.starts[own] - offsets, counts)
        return self.rows[places].long(), offsets, {name: each[own] for name, each in self.labels.items()}


def read_runs(
    wide: Wide, tokeniser: Tokeniser, examples: Sequence[Example], seed: int
) -> tuple[Runs, list[int]]:
    """Runs of one varied view of every example, and which example each of them is."""
    rows: list[Tensor] = []
    labels: list[dict[str, Tensor]] = []
    steps = plan(examples, 16_384, 256, seed)
    for ids, _, known in batches(examples, steps, tokeniser, seed):
        rows.append(wide.runs(ids).int())
        labels.append(known)
    counts = torch.cat([(each != wide.size).sum(1) for each in rows])
    starts = torch.cat([torch.zeros(1, dtype=torch.long), counts.cumsum(0)])
    flat = torch.cat([each[each != wide.size] for each in rows])
    owners = [n for step in steps for n in step.members]
    return Runs(
        flat, starts, {name: torch.cat([each[name] for each in labels]) for name in labels[0]}
    ), owners


class Linear:
    """One expert while it learns: a table, a shift, and their Adagrad."""

    def __init__(self, size: int) -> None:
        self.table = torch.zeros(size + 1, OUTPUTS, requires_grad=True)
        self.shift = torch.zeros(OUTPUTS, requires_grad=True)
        self._optimiser = torch.optim.Adagrad(
            [self.table, self.shift], lr=1.0, initial_accumulator_value=1e-6
        )

    def logits(self, rows: Tensor, offsets: Tensor) -> Tensor:
        """Logits (texts, outputs) of rows laid end to end."""
        counts = torch.diff(offsets, append=torch.tensor([len(rows)]))
        total = functional.embedding_bag(rows, self.table, offsets, mode="sum")
        return total / counts.clamp(min=1).sqrt().unsqueeze(1) + self.shift

    def learn(self, runs: Runs, members: NDArray[np.int64], rate: float, seed: int) -> float:
        """One pass over some texts; returns the mean loss."""
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        order = np.random.default_rng(seed).permutation(members)
        total = 0.0
        for start in range(0, len(order), _BATCH):
            rows, offsets, labels = runs.batch(order[start : start + _BATCH])
            value = loss(self.logits(rows, offsets), labels)
            self._optimiser.zero_grad()
            value.backward()
            self._optimiser.step()
            total += value.item() * len(offsets)
        return total / max(1, len(order))


def review_labels(labels: Mapping[str, Tensor], is_review: Tensor) -> dict[str, Tensor]:
    """Labels of the gate: the first binary column says whether a text comes from a source of reviews."""
    out = {name: each.clone() for name, each in labels.items()}
    for name in ("sentiment", "intent", "target"):
        out[name].fill_(-1)
    out["binary_weight"].zero_()
    out["binary"].zero_()
    out["binary_weight"][:, 0] = 1.0
    out["binary"][:, 0] = is_review.float()
    return out


def train_experts(
    tokeniser: Tokeniser,
    corpus: Corpus,
    report: Callable[[str, int, float], None],
    *,
    passes: int = 3,
    rate: float = 1.0,
    size: int = SIZE,
    posts_times: int = 2,
) -> dict[str, Tensor]:
    """Tables and shifts of all experts, by name (``all.table`` …), and the sounds that their runs need.

    A pass over everything takes about two minutes on one core.  ``report`` gets (expert, pass, loss).
    """
    wide = Wide(1, sound_table(tokeniser.vocabulary.tokens), size)
    learners = {expert.name: Linear(size) for expert in EXPERTS}
    for epoch in range(passes):
        examples = corpus.one_pass(epoch, posts_times)
        runs, owners = read_runs(wide, tokeniser, examples, 11 + epoch)
        sources = np.asarray([examples[n].source for n in owners])
        is_review = torch.from_numpy(np.isin(sources, list(REVIEWS)))
        gate = Runs(runs.rows, runs.starts, review_labels(runs.labels, is_review))
        own_rate = rate * (0.5 + 0.5 * math.cos(math.pi * epoch / passes))
        for expert in EXPERTS:
            known = (
                np.isin(sources, list(expert.sources)) if expert.sources else np.ones(len(runs), dtype=bool)
            )
            chosen = gate if expert.name == GATE else runs
            members, value = np.flatnonzero(known), 0.0
            for again in range(expert.repeats):
                value = learners[expert.name].learn(chosen, members, own_rate, 100 * epoch + again)
            report(expert.name, epoch, value)
    return named(wide, learners)


@torch.no_grad()
def named(wide: Wide, learners: Mapping[str, Linear]) -> dict[str, Tensor]:
    """The experts' own columns as tensors by name."""
    found: dict[str, Tensor] = {"sounds": wide.sounds.detach().clone()}
    for expert in EXPERTS:
        columns = list(expert.columns)
        learner = learners[expert.name]
        found[f"{expert.name}.table"] = learner.table[:, columns].half().contiguous()
        found[f"{expert.name}.shift"] = learner.shift[columns].clone()
    return found


@torch.no_grad()
def expert_logits(
    experts: Mapping[str, Tensor], tokeniser: Tokeniser, examples: Sequence[Example], limit: int = 256
) -> dict[str, Tensor]:
    """Logits of every expert by name, (examples, served) with zeros where it has no column; the gate: (examples,)."""
    names = [each.name for each in EXPERTS]
    tables = torch.cat([experts[f"{name}.table"].float() for name in names], dim=1)
    wide = Wide(tables.shape[1], experts["sounds"], len(tables) - 1)
    wide.table.copy_(tables)
    wide.shift.copy_(torch.cat([experts[f"{name}.shift"] for name in names]))
    total = torch.cat([wide(torch.tensor([_ids(each, tokeniser, limit)])) for each in examples])
    found: dict[str, Tensor] = {}
    for expert, part in zip(
        EXPERTS, total.split([len(each.columns) for each in EXPERTS], dim=1), strict=True
    ):
        full = torch.zeros(len(examples), SERVED)
        full[:, list(expert.columns)] = part
        found[expert.name] = part[:, 0].clone() if expert.name == GATE else full
    return found


def _ids(example: Example, tokeniser: Tokeniser, limit: int) -> list[int]:
    if example.span is not None:
        return [CLS, *around_target(tokeniser.ids_with_target(example.text, *example.span), limit - 2), SEP]
    return tokeniser.encode(example.text, example.title, limit)[0]
