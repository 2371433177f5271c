"""Run one function on several single-thread processes that add up their gradients."""

from __future__ import annotations

import os
import signal
import tempfile
from typing import TYPE_CHECKING, Any

import torch
import torch.distributed as dist
from torch.multiprocessing.spawn import spawn

if TYPE_CHECKING:
    from collections.abc import Callable

Share = tuple[int, int]


def _enter(
    rank: int, ranks: int, meeting: str, function: Callable[..., None], arguments: tuple[Any, ...]
) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=ranks)
    try:
        function((rank, ranks), *arguments)
    finally:
        dist.destroy_process_group()


def _leave(_signal: int, _frame: object) -> None:
    raise SystemExit(128 + signal.SIGTERM)


def run_ranks(function: Callable[..., None], ranks: int, *arguments: Any) -> None:
    """Call ``function((rank, ranks), *arguments)`` on every rank; with one rank, in this process.

    Several processes of one thread each beat one process of several threads wherever other work wants the
    cores too: they meet once a step, not at every matrix product.
    """
    if ranks == 1:
        function((0, 1), *arguments)
        return
    os.environ.update(OMP_NUM_THREADS="1", OMP_WAIT_POLICY="PASSIVE", ONEDNN_PRIMITIVE_CACHE_CAPACITY="256")
    # Whoever stops this process stops the ranks too: they are daemons, and a SIGTERM ends it in good order.
    before = signal.signal(signal.SIGTERM, _leave)
    start: Callable[..., Any] = spawn
    # They find each other by a file: a free port could be taken before they are there.
    with tempfile.TemporaryDirectory() as folder:
        meeting = f"file://{folder}/ranks"
        try:
            start(_enter, args=(ranks, meeting, function, arguments), nprocs=ranks, join=True, daemon=True)
        finally:
            signal.signal(signal.SIGTERM, before)
