"""Deceptive links (clause 3.4), judged by their characters alone: nothing is fetched."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from moderation.classifiers.behaviour.facts import Advert, finding
from moderation.classifiers.behaviour.names import listed, sites
from moderation.classifiers.behaviour.tricks import SURE, TRICKS_ZH, Trick
from moderation.classifiers.behaviour.windows import by
from moderation.domain.behaviour import BehaviourKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.classifiers.behaviour.facts import Observed
    from moderation.classifiers.behaviour.links import Link
    from moderation.domain.behaviour import BehaviourFinding

BAIT: Final = 2
"""Different words of bait (sign in, frozen, claim, free …) beside a site's name and a stranger's link, from which
the link poses as the site's."""


def find(posts: Sequence[Observed]) -> list[BehaviourFinding]:
    """One finding an account; its posts are those with a deceptive link."""
    judged = [(each, _worst(each)) for each in posts if each.links and not each.post.official]
    deceptive = {id(each): link for each, link in judged if link is not None}
    found = []
    for author, own in by([each for each, link in judged if link], lambda each: each.post.author).items():
        links = [deceptive[id(each)] for each in own]
        shown = links[0]
        tricks = "、".join(dict.fromkeys(TRICKS_ZH[link.trick] for link in links))
        site = f"(冒充{shown.site})" if shown.site else ""
        reason = f"账号{author}发布欺骗性链接{shown.host}{site}:{tricks}。"
        found.append(finding(BehaviourKind.DECEPTIVE_LINK, own, ("3.4",), reason))
    return found


def _worst(each: Observed) -> Link | None:
    """The link that deceives, or None; a text that warns of it does not."""
    if each.cues.has("link_warn") and not each.cues.has("warn_not") and each.advert <= Advert.HINT:
        return None
    for link in each.links:
        if link.trick in SURE or _in_company(each, link):
            return link
    return _posing(each)


def _in_company(each: Observed, link: Link) -> bool:
    """Tell whether a link that may be honest stands beside bait or an advert."""
    baits = each.cues.count("bait")
    if link.trick in {Trick.TYPO, Trick.BORROWED}:
        return baits > 0 or each.advert > Advert.HINT
    if link.trick is Trick.ADDRESS:
        return baits >= BAIT or each.advert is Advert.SURE
    if link.trick is Trick.SHORTENER:
        return each.advert is Advert.SURE or (each.advert is Advert.LIKELY and baits > 0)
    if link.trick is Trick.AFFILIATE:
        return not each.cues.has("declared") and (
            each.advert is not Advert.NO or each.cues.count("praise") > 1
        )
    return False


def _posing(each: Observed) -> Link | None:
    """A stranger's link in a text that speaks for a well-known site, or raises alarm and asks to sign in."""
    alarmed = each.cues.has("alarm") and each.cues.has("sign_in")
    if each.cues.count("bait") < BAIT and not alarmed:
        return None
    named = [site for site in sites().values() if any(name in each.cues.text for name in site.zh)]
    for link in each.links:
        odd = link.domain.rpartition(".")[2] in listed("cheap") or link.trick in {
            Trick.SHORTENER,
            Trick.ADDRESS,
        }
        if (named or alarmed) and odd and not link.trusted:
            return replace(link, trick=Trick.POSING, site=named[0].zh[0] if named else "")
    return None
