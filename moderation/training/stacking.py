"""How much the deep part and each expert count, head by head, as dev examples say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from moderation.classifiers.network import REVIEW, Wide
from moderation.training.labels import BINARY, HEADS, SERVED
from moderation.training.ngrams import EXPERTS, GATE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor

    from moderation.classifiers.network import Network
    from moderation.training.labels import Example

    Logits = Mapping[str, Tensor]

# Where a head has few dev labels it stays near these; the square of the distance in logarithms costs this much.
_START: Final = {"deep": 0.7, "all": 0.4, "posts": 0.3, "cold": 0.3, "social": 0.4, "review": 0.4}
_PULL: Final = 4.0
_SURE: Final = 0.5
# Sources of messages that are no posts count less, so that the mixture suits posts.
_COUNTS: Final = {
    "posts": 1.0,
    "fbs_sms": 0.3,
    "variant_sms": 0.5,
    "game_ads": 0.5,
    "chnci": 0.3,
    "stoneskipping": 0.3,
}
# Sentiment: how neutral a text may be differs between sources; ewect's labels are the most careful.
_FEELING: Final = {"ewect": 2.0, "posts": 0.5, "weibo_8moods": 0.4, "finfe": 0.3, "conv_sentiment": 0.5}


def given_by(column: int, *, parts: bool = True) -> list[str]:
    """Names of the experts that have a served column (the deep part first, with ``parts``)."""
    found = [each.name for each in EXPERTS if column in each.columns and each.name != GATE]
    return ["deep", *found] if parts else found


def _minimise(size: int, start: Tensor, value: Callable[[Tensor], Tensor]) -> Tensor:
    theta = torch.zeros(size, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([theta], lr=0.3, max_iter=120)

    def closure() -> Tensor:
        optimiser.zero_grad()
        found = value(theta + start) + _PULL * (theta**2).sum()
        found.backward()
        return found

    optimiser.step(closure)
    return (theta + start).detach()


def _counts(examples: Sequence[Example], counts: Mapping[str, float] = _COUNTS) -> Tensor:
    return torch.tensor([counts.get(each.source, 1.0) for each in examples], dtype=torch.float64)


def fit_binary(logits: Logits, examples: Sequence[Example], name: str) -> dict[str, float]:
    """Weight of each part (at or above zero) and ``shift`` for one binary head; logits by part, (examples, served)."""
    column = BINARY.index(name)
    parts = given_by(column)
    rows = [n for n, each in enumerate(examples) if name in each.binary and each.binary[name][1] >= _SURE]
    start = torch.tensor([*(float(np.log(_START[part])) for part in parts), 0.0], dtype=torch.float64)
    known = [examples[n] for n in rows]
    wanted = torch.tensor([each.binary[name][0] for each in known], dtype=torch.float64)
    weight = _counts(known)
    given = torch.stack([logits[part][rows, column].double() for part in parts]) if rows else None

    def value(theta: Tensor) -> Tensor:
        if given is None:
            return 0.0 * theta.sum()
        mixed = (given * theta[:-1].exp()[:, None]).sum(0) + theta[-1]
        return functional.binary_cross_entropy_with_logits(mixed, wanted, weight, reduction="sum")

    theta = _minimise(len(start), start, value)
    return dict(zip([*parts, "shift"], [*theta[:-1].exp().tolist(), float(theta[-1])], strict=True))


def fit_classes(logits: Logits, examples: Sequence[Example], head: str) -> dict[str, list[float]]:
    """Two weights of each part, the same for all classes, and ``shift``: one number a class.

    The second weight is, for sentiment, what is added in reviews; for the feeling towards a target, that of
    the part's sentiment about the whole text.  Two-pole sources count for sentiment with their poles alone.
    """
    first, last = HEADS[head]
    parts, sentiment = given_by(first), head == "sentiment"
    labels = [getattr(each, head) for each in examples]
    rows = [n for n, label in enumerate(labels) if label is not None and label < last - first]
    known = [examples[n] for n in rows]
    wanted = torch.tensor([labels[n] for n in rows], dtype=torch.long)
    weight = _counts(known, _FEELING if sentiment else _COUNTS)
    given = torch.stack([logits[part][rows, first:last].double() for part in parts])
    second = torch.zeros_like(given)
    if sentiment:
        second = given * torch.sigmoid(logits[GATE][rows].double())[None, :, None]
    elif head == "target":
        second = torch.stack([logits[part][rows, slice(*HEADS["sentiment"])].double() for part in parts])
    shut = torch.zeros(len(rows), last - first, dtype=torch.float64)
    if sentiment:
        shut[:, 1] = torch.tensor([-1e4 * each.poles for each in known], dtype=torch.float64)
    size = len(parts)
    start = torch.zeros(2 * size + last - first, dtype=torch.float64)
    start[:size] = torch.tensor([float(np.log(_START[part])) for part in parts])

    def value(theta: Tensor) -> Tensor:
        first_weight, second_weight = theta[:size].exp(), theta[size : 2 * size]
        mixed = torch.einsum("pnc,p->nc", given, first_weight) + torch.einsum(
            "pnc,p->nc", second, second_weight
        )
        mixed = mixed + theta[2 * size :] + shut
        return (functional.cross_entropy(mixed, wanted, reduction="none") * weight).sum()

    theta = _minimise(len(start), start, value)
    pairs = zip(theta[:size].exp().tolist(), theta[size : 2 * size].tolist(), strict=True)
    return dict(zip(parts, map(list, pairs), strict=True)) | {"shift": theta[2 * size :].tolist()}


def fit_all(logits: Logits, examples: Sequence[Example]) -> dict[str, dict[str, list[float]]]:
    """Weights of every head, a binary one's as ``[weight, 0]`` and ``shift`` as one number."""
    found: dict[str, dict[str, list[float]]] = {}
    for name in BINARY:
        own = fit_binary(logits, examples, name)
        found[name] = {part: [each] if part == "shift" else [each, 0.0] for part, each in own.items()}
    return found | {head: fit_classes(logits, examples, head) for head in ("sentiment", "intent", "target")}


@torch.no_grad()
def join(
    network: Network, experts: Mapping[str, Tensor], weights: Mapping[str, Mapping[str, list[float]]]
) -> None:
    """Fold the experts into one wide part by their weights and put it into the network.

    The network's output is cut to the served columns, each scaled by its weight.
    """
    size = experts["all.table"].shape[0] - 1
    wide = Wide(SERVED + REVIEW, experts["sounds"], size)
    out = nn.Linear(network.out.in_features, SERVED)
    feeling = slice(*HEADS["sentiment"])
    for head, own in weights.items():
        place = (BINARY.index(head), BINARY.index(head) + 1) if head in BINARY else HEADS[head]
        rows = slice(*place)
        wide.shift[rows] = torch.tensor(own["shift"])
        for name in given_by(place[0], parts=False):
            _add(wide, experts, name, place, own[name])
        for new, old in ((out.weight, network.out.weight), (out.bias, network.out.bias)):
            new[rows] = old[rows] * own["deep"][0]
            if head == "target":
                new[rows] += old[feeling] * own["deep"][1]
        if head == "sentiment":
            network.review.fill_(own["deep"][1] / own["deep"][0])
    wide.table[:, -1] = experts[f"{GATE}.table"][:, 0].float()
    wide.shift[-1] = experts[f"{GATE}.shift"][0]
    wide.table[-1] = 0.0
    network.out, network.wide = out, wide


def _add(
    wide: Wide, experts: Mapping[str, Tensor], name: str, place: tuple[int, int], weight: Sequence[float]
) -> None:
    """Add one expert's columns of a head by its first weight, and what the second one says."""
    columns = next(each.columns for each in EXPERTS if each.name == name)
    table, shift = experts[f"{name}.table"].float(), experts[f"{name}.shift"]
    feeling, behind = HEADS["sentiment"], (SERVED, SERVED + REVIEW - 1)
    moves = [(place, place, weight[0])]
    if place == feeling:
        moves.append((feeling, behind, weight[1]))
    elif place == HEADS["target"]:
        moves.append((feeling, place, weight[1]))
    for source, goal, factor in moves:
        own = [columns.index(column) for column in range(*source)]
        wide.table[:, slice(*goal)] += factor * table[:, own]
        wide.shift[slice(*goal)] += factor * shift[own]
