"""AdamW on fp32 weights for a bf16 model, alone or on several ranks that add up their gradients."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
import torch.distributed as dist

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor, nn


class Masters:
    """The fp32 weights of a model and their optimiser.

    Args:
        model: any module; it is turned to bf16, its weights live on here in fp32.
        weight_decay: for matrices; vectors have none.
        scale: factor on the learning rate by parameter name.
    """

    def __init__(
        self, model: nn.Module, weight_decay: float = 0.01, scale: Callable[[str], float] = lambda _name: 1.0
    ) -> None:
        self.model = model
        self.names = [name for name, _ in model.named_parameters()]
        self.weights = [each.detach().clone().float() for each in model.parameters()]
        model.to(torch.bfloat16)
        groups: dict[tuple[float, float], list[Tensor]] = {}
        for name, weight in zip(self.names, self.weights, strict=True):
            groups.setdefault((weight_decay if weight.ndim > 1 else 0.0, scale(name)), []).append(weight)
        groups = dict(sorted(groups.items(), reverse=True))
        self._scales = [factor for _, factor in groups]
        self.optimiser = torch.optim.AdamW(
            [{"params": members, "weight_decay": decay} for (decay, _), members in groups.items()],
            lr=1e-4,
            betas=(0.9, 0.98),
            eps=1e-6,
            fused=True,
        )

    @torch.no_grad()
    def publish(self) -> None:
        """Copy the fp32 weights into the bf16 model."""
        torch._foreach_copy_(list(self.model.parameters()), self.weights)

    @torch.no_grad()
    def apply(self, rate: float, ranks: int = 1, clip: float = 1.0) -> None:
        """One update from the model's gradients; a step with a gradient that is not finite is left out."""
        grads: list[Tensor] = []
        for parameter in self.model.parameters():
            grads.append(torch.zeros_like(parameter) if parameter.grad is None else parameter.grad)
            parameter.grad = None
        # Added up as they are, in bf16: half the bytes between the processes.
        flat = torch.cat([grad.reshape(-1) for grad in grads])
        if ranks > 1:
            dist.all_reduce(flat)
        flat = flat.float()
        norm = float(flat.norm()) / ranks
        if not math.isfinite(norm):
            return
        # One pass over the gradients, and none where there is nothing to do: small steps spend much of their time here.
        factor = min(1.0, clip / (norm + 1e-6)) / ranks
        if factor < 1.0:
            flat *= factor
        for weight, grad in zip(
            self.weights, flat.split([each.numel() for each in self.weights]), strict=True
        ):
            weight.grad = grad.view_as(weight)
        for group, scale in zip(self.optimiser.param_groups, self._scales, strict=True):
            group["lr"] = rate * scale
        self.optimiser.step()
        self.publish()

    @torch.no_grad()
    def average(self, ranks: int) -> None:
        """Bring the ranks together that stepped on their own: the mean of their weights and of their moments.

        Many small steps of one rank cost less than as many that wait for each other, and the mean of the ranks
        is worth more than any of them (local SGD: Stich 2019).
        """
        if ranks == 1:
            return
        moments = [
            self.optimiser.state[weight][name]
            for weight in self.weights
            for name in ("exp_avg", "exp_avg_sq")
            if weight in self.optimiser.state
        ]
        every = [*self.weights, *moments]
        flat = torch.cat([each.reshape(-1) for each in every])
        dist.all_reduce(flat)
        flat /= ranks
        parts = flat.split([each.numel() for each in every])
        for each, mean in zip(every, parts, strict=True):
            each.copy_(mean.view_as(each))
        self.publish()

    def state(self) -> dict[str, Any]:
        """Everything needed to go on."""
        return {"masters": self.weights, "optimiser": self.optimiser.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from :meth:`state`."""
        for weight, saved in zip(self.weights, state["masters"], strict=True):
            weight.copy_(saved)
        self.optimiser.load_state_dict(state["optimiser"])
        self.publish()

    def named(self, prefix: str = "") -> dict[str, Tensor]:
        """The fp32 weights under a prefix of their names, the prefix taken off."""
        pairs = zip(self.names, self.weights, strict=True)
        return {name.removeprefix(prefix): weight for name, weight in pairs if name.startswith(prefix)}
