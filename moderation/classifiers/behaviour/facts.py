"""What the detectors know of a post.  Everything is found once, before any detector runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final, Protocol

from moderation.domain.behaviour import BehaviourFinding, BehaviourKind, EvidenceItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from moderation.classifiers.behaviour.cues import Cues
    from moderation.classifiers.behaviour.links import Link
    from moderation.text.fingerprint import Fingerprint

HOUR: Final = 60
DAY: Final = 24 * HOUR

_OFFICIAL: Final = re.compile("官方|客服|管理员|小助手|版主|班主任|运营")


@dataclass(frozen=True, slots=True)
class Posted:
    """A post as it came; ``minute`` counts from any origin, ``index`` is the caller's number of the post."""

    index: int
    author: str
    text: str
    minute: float
    thread: str = ""
    target_author: str = ""
    official: bool = False
    minor: bool = False
    """Whether the person addressed is known to be a minor."""


class Advert(IntEnum):
    """How sure it is that a text advertises."""

    NO = 0
    HINT = 1
    LIKELY = 2
    SURE = 3


class Attack(IntEnum):
    """How hard a text attacks a person."""

    NO = 0
    LEANING = 1
    MILD = 2
    HARD = 3


@dataclass(frozen=True, slots=True)
class Observed:
    """A post with the facts that detectors work on.

    ``core`` is the text without numbers, contacts, signs and disguises; ``contacts`` are accounts, numbers and
    links that leave the well-known sites; ``clauses`` those of the word lists' unsuppressed hits; ``engagement``
    holds the clauses (3.6, 8.4) that the text alone breaks.  ``unaided`` says that only the model holds the text
    for an advert.
    """

    post: Posted
    core: str
    fingerprint: Fingerprint
    cues: Cues
    advert: Advert = Advert.NO
    unaided: bool = False
    attack: Attack = Attack.NO
    contacts: frozenset[str] = frozenset()
    links: tuple[Link, ...] = ()
    clauses: frozenset[str] = frozenset()
    engagement: frozenset[str] = frozenset()
    notice: bool = False
    service: bool = False
    courtesy: bool = False
    meaningless: bool = False
    filler: bool = False
    mentions: tuple[str, ...] = ()

    @property
    def declared(self) -> bool:
        """Whether an official account promotes: by the platform's word, or by its name if it leads nowhere private."""
        return self.post.official or (not self.contacts and _OFFICIAL.search(self.post.author) is not None)

    @property
    def promotion(self) -> Advert:
        """How sure the advert is; what the model alone holds for likely is a hint."""
        return Advert.HINT if self.unaided and self.advert is Advert.LIKELY else self.advert

    @property
    def order(self) -> tuple[float, str, str, str, str]:
        """A key by which any order of input comes out the same."""
        post = self.post
        return (post.minute, post.author, post.text, post.thread, post.target_author)


class Detector(Protocol):
    """Finds one kind of pattern; the posts' order does not matter."""

    def __call__(self, posts: Sequence[Observed]) -> list[BehaviourFinding]:
        """Findings over a window of posts of one community."""
        ...


def finding(
    kind: BehaviourKind, posts: Iterable[Observed], clauses: Sequence[str], reason: str
) -> BehaviourFinding:
    """A finding over posts, with its evidence in order of time."""
    kept = sorted(posts, key=lambda each: each.order)
    return BehaviourFinding(
        kind=kind,
        authors=tuple(sorted({each.post.author for each in kept})),
        post_indexes=tuple(sorted({each.post.index for each in kept})),
        clauses=tuple(clauses),
        reason=reason,
        evidence=tuple(EvidenceItem(each.post.index, each.post.author, each.post.minute) for each in kept),
    )
