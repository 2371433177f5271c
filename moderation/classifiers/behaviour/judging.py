"""What one text is on its own: an advert, an attack, an offer of fake engagement, a courtesy, water.

Scores of a bundle count at its own thresholds; without a bundle the word lists, contacts and cues stand alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from moderation.classifiers.behaviour.cues import is_water, read_cues, without
from moderation.classifiers.behaviour.facts import Advert, Attack
from moderation.classifiers.behaviour.names import listed
from moderation.domain.convention import Category
from moderation.domain.evidence import ContactKind, Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moderation.classifiers.behaviour.cues import Cues
    from moderation.classifiers.behaviour.links import Link
    from moderation.domain.evidence import Contact, Hit
    from moderation.domain.policy import Threshold
    from moderation.domain.scores import Scores

NEGATIVITY: Final = "negativity"
ADVERT_HEADS: Final = (
    Category.AD,
    Category.DIVERSION,
    Category.FRAUD,
    Category.GAMBLING,
    Category.ILLICIT_GOODS,
)
ATTACK_HEADS: Final = (Category.ABUSE, Category.HATE, Category.THREAT)

LEANING_AT: Final = 0.5

SURE_AT: Final = 4
LIKELY_AT: Final = 2
"""Points of an advert; one is a hint, which counts only where a text is repeated.  A class of wares, a call to act, a private contact and a word-list entry bring one or two
each: two are the least that an honest sale of one's bicycle has, four no ordinary post reached."""

DISGUISED: Final = 4
"""Restored characters that are no slip: of 2,000 ordinary posts 4 % have so many, of cloaked adverts most."""

_ADVERT_CLAUSES: Final = ("3.", "1.8", "1.13")
_ATTACK_CLAUSES: Final = ("2.", "1.10", "1.11", "1.5")
_ENGAGEMENT_CLAUSES: Final = ("3.6", "8.4")
_WARES: Final = ("sell", "earn", "finance", "vice", "trade", "free")
_SHORT: Final = 10
"""Characters up to which a courtesy is nothing but a courtesy."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Highest level that the model's scores reach, by subject: 0 below review, 1 review, 2 block."""

    advert: int = 0
    attack: int = 0
    leaning: bool = False
    """Whether an offence is likelier than not."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that judging looks at: ``core`` is the text without numbers, contacts and signs."""

    cues: Cues
    core: str
    hits: tuple[Hit, ...] = ()
    contacts: tuple[Contact, ...] = ()
    links: tuple[Link, ...] = ()
    model: Verdicts = field(default_factory=Verdicts)
    changes: int = 0
    """Characters that had to be restored to read the text."""

    def struck(self, *clauses: str, level: Level | None = None) -> int:
        """How many unsuppressed hits stand under clauses that begin so."""
        return sum(
            not hit.suppressed and hit.clause.startswith(clauses) and level in {None, hit.level}
            for hit in self.hits
        )

    @property
    def private(self) -> bool:
        """Whether a private channel is named."""
        return any(each.kind is not ContactKind.URL for each in self.contacts)

    @property
    def foreign(self) -> bool:
        """Whether a link leads anywhere but to a well-known site."""
        return any(not link.trusted for link in self.links)


def model_verdicts(scores: Scores, thresholds: Mapping[str, Threshold]) -> Verdicts:
    """Levels by the bundle's thresholds; a head without threshold counts for nothing."""
    known = {**scores.categories, Category.AD: scores.ad}
    advert = [_level(known.get(head, 0.0), thresholds.get(head)) for head in ADVERT_HEADS]
    attack = [_level(known.get(head, 0.0), thresholds.get(head)) for head in ATTACK_HEADS]
    attack.append(min(1, _level(scores.negativity, thresholds.get(NEGATIVITY))))
    return Verdicts(max(advert), max(attack), leaning=scores.negativity >= LEANING_AT)


def _level(probability: float, threshold: Threshold | None) -> int:
    if threshold is None:
        return 0
    return 2 if probability >= threshold.block else int(probability >= threshold.review)


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
        points -= 2
    if is_question(reading):
        points -= 3
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
    return not (
        reading.private and cues.has("call") and cues.classes(*_WARES) >= 2 and cues.count("warn") < 2
    )  # noqa: PLR2004


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


def attack(reading: Reading) -> Attack:
    """How hard the text attacks a person; comfort, quoted insults, self-blame and complaints about things do not."""
    if reading.cues.has("support"):
        return Attack.NO
    text = reading.cues.text
    for innocent in ("innocent", "self_blame", "negated"):
        text = without(text, innocent)
    cues = read_cues(text)
    personal = cues.has("person", "hard")
    if cues.has("object") and not cues.has("person"):
        return Attack.NO
    model = reading.model.attack
    if cues.has("hard") or reading.struck(*_ATTACK_CLAUSES) or (model and cues.has("mild")) or model > 1:
        return Attack.HARD if personal or model > 1 or reading.struck(*_ATTACK_CLAUSES) else Attack.MILD
    if cues.has("mild") or model:
        return Attack.MILD
    return Attack.LEANING if reading.model.leaning else Attack.NO


def engagement(reading: Reading) -> frozenset[str]:
    """Clauses that the text breaks by trading or ordering fake engagement: 3.6, 8.4, both or none."""
    cues = reading.cues
    found = set()
    named = cues.has("engage") or reading.struck("3.6") > 0
    voted = cues.has("vote") or reading.struck("8.4") > 0
    if (named or voted) and _traded(reading):
        found.add("8.4" if voted and not named else "3.6")
        if voted:
            found.add("8.4")
    if cues.matches("fans_price") and not cues.has("discuss"):
        found.add("3.6")
    if _ordered(reading):
        found.add("8.4")
    return frozenset(found)


def _traded(reading: Reading) -> bool:
    """A subject of the trade with an offer, a price, a contact or a swap; talk about it needs much more."""
    cues = reading.cues
    priced = cues.matches("price") or cues.matches("fans_price") or cues.matches("vote_pay")
    offers = cues.count("offer") + 2 * priced + reading.private + reading.foreign + cues.has("call", "earn")
    offers += 2 * cues.has("exchange") + bool(reading.struck("3.6", level=Level.BLOCK))
    if cues.has("discuss", "warn") or is_question_only(reading):
        return reading.private and offers >= 4  # noqa: PLR2004
    return offers >= 2  # noqa: PLR2004


def is_question_only(reading: Reading) -> bool:
    """Tell whether the text asks without looking for a seller."""
    wanted = re.search(r"想买|谁有|求购|谁能|找人|渠道|哪里(?:能|可以)?买|求推荐靠谱", reading.cues.text)
    return is_question(reading) and wanted is None and not reading.cues.has("exchange")


def _ordered(reading: Reading) -> bool:
    """Orders to many: comments by script, votes with spare accounts, votes for money."""
    cues = reading.cues
    if cues.has("discuss", "warn"):
        return False
    if cues.matches("vote_pay"):
        return True
    if cues.has("vote_word", "vote") and cues.has("vote_trick"):
        return True
    return cues.has("control") and cues.count("control_order") + cues.matches("each_many") >= 2  # noqa: PLR2004


def is_courtesy(reading: Reading) -> bool:
    """Tell whether the text is a short reaction such as anyone gives."""
    return len(reading.core) <= _SHORT and (reading.cues.has("courtesy", "wish") or is_water(reading.core))


def is_meaningless(text: str, reading: Reading) -> bool:
    """Tell whether the text says nothing: signs and figures only, one character again and again, forum water."""
    core = reading.core
    if not text.strip():
        return False
    if not core or is_water(core):
        return True
    if len(set(core)) == 1:
        return core[0] not in "哈嘻呜啊"
    return core.isascii() and len(core) >= 3 and not re.search(r"[aeiou]", core)  # noqa: PLR2004


_EMOTICON: Final = re.compile(r"\[[^\[\]]{1,8}\]")
_STUFFED: Final = re.compile(r"(.{4,40}?)\1{9,}", re.DOTALL)


def is_filler(reading: Reading) -> bool:
    """Tell whether the text says that it fills the thread, or repeats one phrase ten times and more."""
    text = reading.cues.text
    if reading.cues.has("filler"):
        return not reading.cues.has("discuss", "question", "warn")
    repeated = _STUFFED.search(_EMOTICON.sub("", text)) if len(text) >= 100 else None  # noqa: PLR2004
    return repeated is not None and len(set(repeated[1])) > 2  # noqa: PLR2004
