"""What the network is taught: its outputs in order, and one example with the labels that are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from moderation.domain.convention import Category
from moderation.domain.scores import Intent

BINARY: Final[tuple[str, ...]] = ("offence", *(category.value for category in Category))
AUXILIARY: Final[tuple[str, ...]] = ("aux_swsr", "aux_chnci", "aux_stoneskipping", "aux_chsd")
SENTIMENTS: Final[tuple[str, ...]] = ("negative", "neutral", "positive")
INTENTS: Final[tuple[str, ...]] = tuple(intent.value for intent in Intent)
NOT_NEGATIVE: Final = 3

# Layout of the logits: binary heads, sentiment, intent, target sentiment, then what only training uses.
HEADS: Final[dict[str, tuple[int, int]]] = {}
_place = 0
for _name, _size in (
    ("binary", len(BINARY)),
    ("sentiment", len(SENTIMENTS)),
    ("intent", len(INTENTS)),
    ("target", len(SENTIMENTS)),
    ("auxiliary", len(AUXILIARY)),
):
    HEADS[_name] = (_place, _place + _size)
    _place += _size
OUTPUTS: Final = _place
SERVED: Final = HEADS["auxiliary"][0]


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what is known about it.

    ``binary`` maps names of :data:`BINARY` and :data:`AUXILIARY` to (label, weight); what is missing there
    is unknown.  ``sentiment`` and ``target`` are indices into :data:`SENTIMENTS` (``target`` also
    :data:`NOT_NEGATIVE`), ``intent`` one into :data:`INTENTS`; ``poles`` says that the source knows no
    neutral class.  ``span`` is the target's ``[start, end)`` in ``text``; an example with a target carries
    no other label.  ``group`` names a slice of the test sets.
    """

    text: str
    source: str
    title: str | None = None
    binary: dict[str, tuple[float, float]] = field(default_factory=dict)
    sentiment: int | None = None
    poles: bool = False
    sentiment_weight: float = 1.0
    intent: int | None = None
    target: int | None = None
    span: tuple[int, int] | None = None
    group: str = ""
    cloakable: bool = True
