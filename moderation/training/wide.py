"""Train the wide part, and mix it with the deep one as dev examples say."""

# ruff: noqa: PLR2004 - shares and sizes read best where they are used
from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from moderation.classifiers.network import Wide
from moderation.training.labels import BINARY, HEADS, OUTPUTS, SERVED
from moderation.training.losses import loss
from moderation.training.views import batches, plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from moderation.classifiers.network import Network
    from moderation.classifiers.tokenise import Tokeniser
    from moderation.training.calibrate import Judged
    from moderation.training.corpus import Corpus


def train_wide(
    tokeniser: Tokeniser,
    corpus: Corpus,
    report: Callable[[int, int, float], None],
    *,
    passes: int = 3,
    rate: float = 0.15,
    limit: int = 256,
    seed: int = 11,
    posts_times: int = 2,
) -> Wide:
    """A wide part trained alone with Adagrad; a pass takes a minute or two on one core.

    ``report`` gets (step, steps of this pass, loss) every 100 steps.
    """
    torch.manual_seed(seed)
    torch.sparse.check_sparse_tensor_invariants.disable()
    wide = Wide(OUTPUTS)
    optimiser = torch.optim.Adagrad(wide.parameters(), lr=rate, initial_accumulator_value=1e-4)
    for epoch in range(passes):
        for group in optimiser.param_groups:
            group["lr"] = rate * (0.5 + 0.5 * math.cos(math.pi * epoch / passes))
        examples = corpus.one_pass(epoch, posts_times)
        steps = plan(examples, 12_288, limit, seed + epoch)
        smooth = 0.0
        for number, (ids, _, labels) in enumerate(batches(examples, steps, tokeniser, seed + 101 * epoch)):
            value = loss(wide(ids), labels)
            optimiser.zero_grad()
            value.backward()
            optimiser.step()
            smooth = value.item() if not smooth else 0.98 * smooth + 0.02 * value.item()
            if number % 100 == 0:
                report(number, len(steps), smooth)
    return wide


def _fit(inputs: torch.Tensor, measure: Callable[[torch.Tensor], torch.Tensor], pull: float) -> list[float]:
    """Weights of the two parts, kept at or above zero, that make the measure least."""
    theta = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([theta], lr=0.3, max_iter=80)

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        mixed = (inputs * theta.exp().view(2, *[1] * (inputs.ndim - 1))).sum(0)
        value = measure(mixed) + pull * (theta**2).sum()
        value.backward()
        return value

    optimiser.step(closure)
    return [float(each) for each in theta.detach().exp()]


def _binary_cross_entropy(labels: NDArray[np.float64]) -> Callable[[torch.Tensor], torch.Tensor]:
    wanted = torch.from_numpy(labels)
    return lambda mixed: functional.binary_cross_entropy_with_logits(mixed, wanted, reduction="sum")


def _cross_entropy(classes: NDArray[np.int64]) -> Callable[[torch.Tensor], torch.Tensor]:
    wanted = torch.from_numpy(classes)
    return lambda mixed: functional.cross_entropy(mixed, wanted, reduction="sum")


def mixture(deep: Judged, wide: Judged) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Factors of every served output, (deep, wide), by the likelihood of dev labels."""
    factors = np.full((2, SERVED), 0.5, dtype=np.float32)
    for n, name in enumerate(BINARY):
        (x, labels), (z, _) = deep.binary(name), wide.binary(name)
        if labels.sum() < 15:
            continue
        both = torch.from_numpy(np.stack([x, z]))
        factors[:, n] = _fit(both, _binary_cross_entropy(labels), 3.0)
    for head in ("sentiment", "intent", "target"):
        (logits, classes), (others, _) = deep.classes(head), wide.classes(head)
        both = torch.from_numpy(np.stack([logits, others])).double()
        factors[:, slice(*HEADS[head])] = np.asarray(_fit(both, _cross_entropy(classes), 3.0))[:, None]
    return factors[0], factors[1]


@torch.no_grad()
def join(network: Network, wide: Wide, factors: tuple[NDArray[np.float32], NDArray[np.float32]]) -> None:
    """Put the wide part into the network, each output scaled by its factor."""
    deep_factor, wide_factor = (torch.ones(OUTPUTS) for _ in range(2))
    deep_factor[:SERVED], wide_factor[:SERVED] = torch.from_numpy(factors[0]), torch.from_numpy(factors[1])
    network.out.weight.mul_(deep_factor[:, None])
    network.out.bias.mul_(deep_factor)
    wide.table.weight.mul_(wide_factor)
    wide.shift.mul_(wide_factor)
    network.wide = wide
