"""Ranks that step on their own and meet: after a meeting all of them hold the mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from moderation.training.optim import Masters
from moderation.training.ranks import run_ranks

if TYPE_CHECKING:
    from pathlib import Path


def _apart_then_together(share: tuple[int, int], folder: Path) -> None:
    rank, ranks = share
    torch.manual_seed(3)
    masters = Masters(nn.Linear(4, 3))
    for step in range(3):
        torch.manual_seed(100 * rank + step)
        masters.model(torch.randn(8, 4, dtype=torch.bfloat16)).float().square().mean().backward()
        masters.apply(1e-2)
    before = [each.clone() for each in masters.weights]
    masters.average(ranks)
    moments = [masters.optimiser.state[each]["exp_avg"].clone() for each in masters.weights]
    torch.save((before, masters.weights, moments), folder / f"{rank}.pt")


def test_a_meeting_leaves_every_rank_with_the_mean(tmp_path: Path) -> None:
    run_ranks(_apart_then_together, 2, tmp_path)
    (first, mine, moments), (second, yours, others) = (torch.load(tmp_path / f"{n}.pt") for n in range(2))
    assert any(not torch.equal(a, b) for a, b in zip(first, second, strict=True))
    for one, other, met, also in zip(first, second, mine, yours, strict=True):
        assert torch.equal(met, also)
        assert torch.allclose(met, (one + other) / 2)
    assert all(torch.equal(a, b) for a, b in zip(moments, others, strict=True))


def test_one_rank_alone_stays_as_it_is(tmp_path: Path) -> None:
    run_ranks(_apart_then_together, 1, tmp_path)
    before, after, _ = torch.load(tmp_path / "0.pt")
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
