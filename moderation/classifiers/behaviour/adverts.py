"""Whether one text advertises, by points; and what makes the same words innocent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderation.classifiers.behaviour.facts import Advert
from moderation.classifiers.behaviour.names import listed
from moderation.classifiers.behaviour.water import is_courtesy, is_filler
from moderation.domain.evidence import ContactKind, Level

if TYPE_CHECKING:
    from moderation.classifiers.behaviour.reading import Reading

SURE_AT: Final = 4
LIKELY_AT: Final = 2
"""Points of an advert; one is a hint, which counts only where a text is repeated.  A class of wares, a call to act, a
private contact and a word-list entry bring one or two each: two are the least that an honest sale of one's bicycle
has; four were reached by at most 1 % of ordinary posts of any corpus tried, mostly by 0."""

DISGUISED: Final = 4
"""Restored characters that are no slip: of 2,000 ordinary posts 4 % have so many, so it is a hint only."""

_ADVERT_CLAUSES: Final = ("3.", "1.8", "1.13")
_LONG: Final = 150
_LONG_POINTS: Final = 3
"""Characters that cost a point each time, and at most how many: news touches on many wares, adverts are short."""

_WARES: Final = ("sell", "earn", "finance", "vice", "trade", "free")


def advert(reading: Reading) -> tuple[Advert, bool]:
    """How sure it is that the text advertises, and whether the model alone says so.

    Warnings, notices and answers of a service desk do not advertise, whatever words they hold.
    """
    if is_warning(reading) or is_notice(reading) or is_service(reading):
        return Advert.NO, False
    model = 0 if is_courtesy(reading) or is_filler(reading) else 2 * reading.model.advert
    signs = _signs(reading)
    points = signs + model
    if reading.cues.has("company") and not reading.cues.has("earn", "vice", "finance"):
        points = min(points - 2, LIKELY_AT - 1)
    if is_question(reading):
        points -= 3
    points -= min(_LONG_POINTS, len(reading.core) // _LONG)
    if points >= SURE_AT:
        return Advert.SURE, signs <= 0
    if points >= LIKELY_AT:
        return Advert.LIKELY, signs <= 0
    return (Advert.HINT if points > 0 else Advert.NO), signs <= 0


def _signs(reading: Reading) -> int:
    """Points of an advert that anyone can point at."""
    cues = reading.cues
    wares = min(3, cues.classes(*_WARES) + (not cues.has("sell") and cues.matches("deal")))
    points = wares + cues.has("call") + (bool(wares or reading.private) and cues.matches("price"))
    points += 2 * cues.matches("disguised_host") + _phishing(reading) + _oddities(reading)
    points += _contact_points(reading, wares)
    points += 3 * bool(reading.struck(*_ADVERT_CLAUSES, level=Level.BLOCK))
    return points + 2 * bool(reading.struck(*_ADVERT_CLAUSES, level=Level.REVIEW))


def _phishing(reading: Reading) -> int:
    """Points of a stranger's link beside two words of bait."""
    return 2 if reading.foreign and reading.cues.count("bait") > 1 else 0


def _oddities(reading: Reading) -> int:
    """A point each for a link under a cheap suffix or to a closed group, a group's number, and heavy disguise."""
    cheap = listed("cheap")
    odd = any(link.domain.rpartition(".")[2] in cheap or link.domain == "t.me" for link in reading.links)
    return odd + reading.cues.matches("group_number") + (reading.changes >= DISGUISED)


def _contact_points(reading: Reading, wares: int) -> int:
    """Private channels, disguised ones above all; a link counts beside wares only."""
    disguised = any(each.obfuscated for each in reading.contacts if each.kind is not ContactKind.URL)
    return reading.private + disguised + (reading.foreign and wares > 0)


def is_warning(reading: Reading) -> bool:
    """Tell whether the text warns of adverts or quotes one to warn."""
    cues = reading.cues
    if not cues.has("warn") or cues.has("warn_not"):
        return False
    offers = reading.private and cues.has("call") and cues.classes(*_WARES) > 1
    return not (offers and cues.count("warn") == 1)


def is_question(reading: Reading) -> bool:
    """Tell whether the text only asks, and names no way to be reached."""
    asks = reading.cues.has("question") or reading.cues.matches("reply_sign")
    return asks and not reading.private and not reading.foreign


def is_notice(reading: Reading) -> bool:
    """Tell whether the text announces something at a time and place, or looks for someone."""
    cues = reading.cues
    if not cues.has("notice") or not (cues.has("notice_when") or cues.matches("clock")):
        return False
    if cues.has("earn", "finance", "vice") or reading.struck(*_ADVERT_CLAUSES, level=Level.BLOCK):
        return False
    return cues.classes("sell", "trade", "free") + cues.matches("price") < 2  # noqa: PLR2004


def is_service(reading: Reading) -> bool:
    """Tell whether a service desk answers: a greeting or apology, and the words of a case."""
    cues = reading.cues
    if reading.foreign or cues.has("earn", "finance", "vice"):
        return False
    if reading.struck(*_ADVERT_CLAUSES, level=Level.BLOCK):
        return False
    return cues.count("service") + cues.has("service_hello") >= 3  # noqa: PLR2004
