"""What finds a clause today: the policy's rules and the words in force, not what the convention hopes for.  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from moderation.domain.convention import Category, FoundBy
from moderation.domain.policy import NEGATIVITY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moderation.domain.convention import Clause
    from moderation.domain.policy import Policy


class Way(StrEnum):
    """How a clause is found, or why something that could find it does not."""

    MODEL = "model"
    NEARBY = "nearby"
    LEXICON = "lexicon"
    NO_WORDS = "no_words"
    RULE = "rule"
    BEHAVIOUR = "behaviour"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Found:
    """One way; ``under`` are the clauses that the model names in its stead, for :attr:`Way.NEARBY`."""

    way: Way
    under: tuple[str, ...] = ()


BY_MACHINE: Final = frozenset({Way.MODEL, Way.NEARBY, Way.LEXICON, Way.RULE, Way.BEHAVIOUR})

BY_RULE: Final = frozenset({"3.8", "7.3"})
"""Clauses that code finds without a word: disguised contacts and codes; a title that its text does not mention."""

_OFFENCE: Final = (Category.ABUSE.value, NEGATIVITY)
_NEAREST: Final[Mapping[str, tuple[str, ...]]] = {
    "1.3": _OFFENCE,
    "1.5": (Category.HATE.value,),
    "1.7": (Category.RUMOUR.value,),
    "1.8": (Category.GAMBLING.value, Category.PORN.value),
    "1.8.3": (Category.THREAT.value,),
    "1.10": _OFFENCE,
    "1.11": _OFFENCE,
    "2.1": _OFFENCE,
    "2.2": _OFFENCE,
    "2.3": _OFFENCE,
    "2.4": _OFFENCE,
    "2.5": _OFFENCE,
    "3.6": (Category.AD.value,),
    "3.7": (Category.AD.value,),
    "4.1": (Category.PORN.value,),
    "4.2": (Category.PORN.value,),
    "4.4": (Category.PORN.value,),
    "5.2": (Category.RUMOUR.value,),
    **dict.fromkeys(("6.2", "6.3", "6.4"), (Category.SUPERSTITION.value,)),
    **dict.fromkeys(("7.2", "7.3"), (Category.CLICKBAIT.value,)),
    **dict.fromkeys(("8.2", "8.3", "8.4", "8.5"), (Category.FAN_CIRCLE.value,)),
}
"""Heads that see posts of a clause without telling it from a neighbour: their rule names the neighbour."""


def ways(clause: Clause, policy: Policy | None, words: Mapping[str, int]) -> tuple[Found, ...]:
    """What finds a clause under a policy with so many words by clause, strongest first; people always do."""
    found = [*_model(clause, policy)]
    if any(count and _is_of(number, clause.number) for number, count in words.items()):
        found.append(Found(Way.LEXICON))
    elif FoundBy.LEXICON in clause.found_by and clause.number not in BY_RULE:
        found.append(Found(Way.NO_WORDS))
    if clause.number in BY_RULE:
        found.append(Found(Way.RULE))
    if FoundBy.BEHAVIOUR in clause.found_by:
        found.append(Found(Way.BEHAVIOUR))
    if FoundBy.REPORT in clause.found_by or people_only(found):
        found.append(Found(Way.REPORT))
    return tuple(found)


def people_only(found: Sequence[Found]) -> bool:
    """Whether no machine finds it today: only reports and a moderator's own eyes."""
    return not any(one.way in BY_MACHINE for one in found)


def _is_of(number: str, of: str) -> bool:
    """Whether a clause is another one or a part of it: 1.8.2 is of 1.8, 1.10 is not of 1.1."""
    return number == of or number.startswith(f"{of}.")


def _model(clause: Clause, policy: Policy | None) -> list[Found]:
    rules = [] if policy is None else [
        one for one in policy.rules if one.enabled and one.clause not in policy.switched_off
    ]  # fmt: skip
    if any(one.clause == clause.number for one in rules):
        return [Found(Way.MODEL)]
    near = _NEAREST.get(clause.number, ())
    under = tuple(dict.fromkeys(one.clause for one in rules if one.head in near))
    return [Found(Way.NEARBY, under)] if under else []
