"""What ties a post to others: where the detectors must look when it comes in, so that nothing else need be read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from moderation.classifiers.behaviour import coordinated_ads, fake_engagement, flood, pile_on, repeat_ads
from moderation.classifiers.behaviour.facts import DAY, HOUR, Advert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moderation.classifiers.behaviour.facts import Observed

KEPT: Final = 3 * DAY
"""Minutes for which facts are kept: the longest window."""

_SHORT: Final = 12
"""Characters below which texts are alike only where they are the same (as in :mod:`clusters`)."""


class TieKind(StrEnum):
    """What two posts may have in common."""

    ADVERTS = "adverts"
    ACCOUNT = "account"
    WATER = "water"
    CHANNEL = "channel"
    WORDING = "wording"
    PRAISE = "praise"
    CALL = "call"
    TRADE = "trade"
    ATTACKED = "attacked"
    QUARREL = "quarrel"
    ATTACKER = "attacker"
    HEAD = "head"
    MINOR = "minor"


REACH: Final[dict[TieKind, float]] = {
    TieKind.ADVERTS: repeat_ads.WINDOW,
    TieKind.ACCOUNT: flood.LONG,
    TieKind.WATER: HOUR,
    TieKind.CHANNEL: coordinated_ads.WINDOW,
    TieKind.WORDING: coordinated_ads.WINDOW,
    TieKind.PRAISE: fake_engagement.WINDOW,
    TieKind.CALL: fake_engagement.WINDOW,
    TieKind.TRADE: KEPT,
    TieKind.ATTACKED: pile_on.WINDOW,
    TieKind.QUARREL: pile_on.WINDOW,
    TieKind.ATTACKER: pile_on.WINDOW,
    TieKind.HEAD: KEPT,
    TieKind.MINOR: KEPT,
}
"""Minutes before and after a post within which what shares a tie can belong to it."""


@dataclass(frozen=True, slots=True)
class Tie:
    """One thing in common.  A post that ``asks`` looks for those that ``offer`` the same."""

    kind: TieKind
    name: str
    asks: bool = True
    offers: bool = True

    @property
    def key(self) -> int:
        """A signed 64-bit hash: stable, whatever the machine."""
        given = f"{self.kind.value}\0{self.name}".encode("utf-8", "surrogatepass")
        return int.from_bytes(blake2b(given, digest_size=8).digest(), "big", signed=True)


def ties(each: Observed, *, head: bool, minor: bool) -> list[Tie]:
    """Everything that a post may share; ``head``: it begins a thread, ``minor``: its author is known to be one."""
    found = [*_of_adverts(each), *_of_water(each), *_of_engagement(each), *_of_attacks(each)]
    if head and each.post.thread:
        found.append(Tie(TieKind.HEAD, each.post.thread, asks=False))
    if minor and each.post.author:
        found.append(Tie(TieKind.MINOR, each.post.author, asks=False))
    return found


def _of_adverts(each: Observed) -> Iterator[Tie]:
    if not each.advert or each.declared or not each.post.author:
        return
    yield Tie(TieKind.ADVERTS, each.post.author)
    yield from (Tie(TieKind.CHANNEL, contact) for contact in sorted(each.contacts))
    yield from _of_wording(each, TieKind.WORDING)


def _of_wording(each: Observed, kind: TieKind) -> Iterator[Tie]:
    if each.fingerprint.length < _SHORT:
        if each.core:  # posts without a word are not alike for it
            yield Tie(kind, each.core)
    else:
        yield from (Tie(kind, str(band)) for band in each.fingerprint.band_keys())


def _of_water(each: Observed) -> Iterator[Tie]:
    """Of posts that can be part of a flood: any but adverts and trade, which are judged as such."""
    if each.promotion >= Advert.LIKELY or each.engagement:
        return
    if each.post.author and not each.post.official:
        yield Tie(TieKind.ACCOUNT, each.post.author)
    if each.post.thread and (each.meaningless or each.filler):
        yield Tie(TieKind.WATER, each.post.thread)


def _of_engagement(each: Observed) -> Iterator[Tie]:
    """Trade by its account, praise by its words, and the calls (raffles) that make everybody write one sentence."""
    if each.engagement:
        yield Tie(TieKind.TRADE, each.post.author)
    raffle = each.cues.has("raffle")
    praise = each.cues.has("praise") and each.advert <= Advert.HINT
    if praise and not raffle:
        yield from _of_wording(each, TieKind.PRAISE)
    if raffle or praise:
        names = ("", each.post.thread) if each.post.thread else ("",)
        yield from (Tie(TieKind.CALL, name, asks=praise, offers=raffle) for name in names)


def _of_attacks(each: Observed) -> Iterator[Tie]:
    if not each.attack:
        return
    named = pile_on.named(each)
    yield Tie(TieKind.ATTACKER, each.post.author, asks=False)
    if named:
        yield Tie(TieKind.ATTACKED, named)
        yield Tie(TieKind.ATTACKER, named, offers=False)
        yield Tie(TieKind.MINOR, named, offers=False)
    if each.post.thread:
        yield Tie(TieKind.QUARREL, each.post.thread)
        yield Tie(TieKind.HEAD, each.post.thread, offers=False)
