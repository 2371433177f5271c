"""Whether one text attacks a person, and whether it trades in fake engagement or orders it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from moderation.classifiers.behaviour.adverts import is_question
from moderation.classifiers.behaviour.cues import read_cues, without
from moderation.classifiers.behaviour.facts import Attack
from moderation.domain.evidence import Level

if TYPE_CHECKING:
    from moderation.classifiers.behaviour.reading import Reading

_ATTACK_CLAUSES: Final = ("2.", "1.10", "1.11", "1.5")
_WANTED: Final = re.compile("想买|谁有|求购|谁能|找人|渠道|哪里(?:能|可以)?买|求推荐靠谱")
_JOB: Final = frozenset({"刷单"})
"""Words of the trade that job adverts (and frauds) use too: beside pay they are adverts, no trade in engagement."""

TRADED: Final = 2
TALKED: Final = 4
"""Signs of an offer that make a trade; and how many it takes where the text talks about such trade."""


def attack(reading: Reading) -> Attack:
    """How hard the text attacks a person; comfort, quoted insults, self-blame and complaints about things do not."""
    if reading.cues.has("support"):
        return Attack.NO
    if (
        not reading.cues.has("hard", "mild")
        and not reading.model.attack
        and not reading.struck(*_ATTACK_CLAUSES)
    ):
        return Attack.LEANING if reading.model.leaning else Attack.NO
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
    job = cues.has("earn") and cues.found.get("engage", _JOB) <= _JOB
    named = not job and (cues.has("engage") or reading.struck("3.6") > 0)
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
        return reading.private and offers >= TALKED
    return offers >= TRADED


def is_question_only(reading: Reading) -> bool:
    """Tell whether the text asks without looking for a seller."""
    return (
        is_question(reading)
        and _WANTED.search(reading.cues.text) is None
        and not reading.cues.has("exchange")
    )


def _ordered(reading: Reading) -> bool:
    """Orders to many: comments by script, votes with spare accounts, votes for money."""
    cues = reading.cues
    if cues.has("discuss", "warn"):
        return False
    if cues.matches("vote_pay"):
        return True
    if cues.has("vote_word", "vote") and cues.has("vote_trick"):
        return True
    return cues.has("control") and cues.count("control_order") + cues.matches("each_many") >= TRADED
