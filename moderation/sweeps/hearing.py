"""What blocked and passed posts say that no list has: counted for the radar, and told with samples."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from moderation.domain.intervals import Share
from moderation.domain.radar import CandidateKind, by_day
from moderation.domain.radar_terms import beside_contacts, is_everyday, terms
from moderation.sweeps.adverts import same_adverts
from moderation.text.entries import plain_word
from moderation.text.everyday import pieces
from moderation.text.fillers import is_filler
from moderation.text.normalise import normalise_many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.radar import Candidate
    from moderation.store.standing import Standing
    from moderation.sweeps.carriers import Carriers
    from moderation.text.known import KnownWords

SAMPLES: Final = 3
MOST_TERMS: Final = 1_000_000
"""Terms that are counted at once; beyond it those seen only once so far are dropped, which costs a candidate at most
one post of its support each time."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A blocked post that a candidate stands in."""

    data_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Rising:
    """A candidate with what is known of it.

    ``clause`` is the one that most of its blocked posts broke, ``share`` how many of them; ``days`` are its blocked
    posts by day; ``near`` is a known word of the same or nearly the same sound, with the clause it stands under;
    ``part_of`` is a combination of the lists that has it as a part, and so finds it only beside others.
    Candidates of one ``group`` come out of one advert: the number is the place of the strongest.
    """

    candidate: Candidate
    authors: int
    samples: tuple[Sample, ...]
    clause: str
    share: Share
    days: tuple[int, ...] = ()
    near: str = ""
    near_clause: str = ""
    part_of: str = ""
    group: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """A post's text in its light form without known words, and its contacts as ``kind:value``."""

    light: str
    contacts: frozenset[str]
    terms: frozenset[str]

    def kept(self) -> Heard:
        """Without the terms: those of all blocked posts together would fill the memory."""
        return Heard(self.light, self.contacts, frozenset())


@dataclass(frozen=True, slots=True)
class Blocked:
    """One blocked post, as far as it is needed again."""

    data_id: str
    author: str
    text: str
    clause: str
    at: int
    heard: Heard


@dataclass(slots=True)
class Seen:
    """What was counted so far."""

    blocked: list[Blocked] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    passed: int = 0
    passed_counts: Counter[str] = field(default_factory=Counter)


def outcome(one: Standing) -> str:
    """What holds for a post: a person's decision before the machine's verdict."""
    return one.decided.kind if one.decided else one.verdict.suggestion


def hear(known: KnownWords, posts: Sequence[Standing]) -> list[Heard]:
    """Words and contacts of each post that no list has, in order."""
    texts = normalise_many([f"{one.post.title}\n{one.post.text}" for one in posts])
    found = []
    for one, text in zip(posts, texts, strict=True):
        contacts = {
            (each["kind"], plain_word(each["value"])) for each in one.verdict.body.get("contacts", ())
        }
        values = {value for _, value in contacts}
        named = frozenset(f"{kind}:{value}" for kind, value in contacts if value not in known)
        light = known.without(text.text)
        found.append(Heard(light, named, frozenset(beside_contacts(terms(light), values)) | named))
    return found


def take_blocked(seen: Seen, posts: Sequence[Standing], found: Sequence[Heard]) -> None:
    """Count blocked posts, and keep what tells of them."""
    for one, heard in zip(posts, found, strict=True):
        clause = one.decided.clause if one.decided else one.verdict.clause
        author = one.post.author_id or ""
        seen.blocked.append(
            Blocked(one.post.data_id, author, one.post.text, clause, one.post.received_at, heard.kept())
        )
        seen.counts.update(heard.terms)
    if len(seen.counts) > MOST_TERMS:
        seen.counts = Counter({term: count for term, count in seen.counts.items() if count > 1})


def take_passed(seen: Seen, posts: Sequence[Standing], found: Sequence[Heard]) -> None:
    """Count passed posts, for what stands in blocked ones."""
    seen.passed += len(posts)
    for heard in found:
        seen.passed_counts.update(heard.terms & seen.counts.keys())


def everyday(term: str) -> bool:
    """Whether a term is made of words that the dictionary knows."""
    return is_everyday(pieces(term))


def filler(term: str) -> bool:
    """Whether a term is nothing but grammar, greetings, a site's phrases, numbers and dates."""
    return is_filler(pieces(term))


def rising(
    carriers: Carriers, found: Sequence[Candidate], known: KnownWords, since: int, until: int
) -> list[Rising]:
    """Tell of each candidate what its posts of the window say."""
    blocked, places = carriers.blocked, [carriers.places(one) for one in found]
    groups = same_adverts(places, [post.text for post in blocked])
    told = []
    for one, where, group in zip(found, places, groups, strict=True):
        posts = [blocked[at] for at in where]
        clause, count = Counter(post.clause for post in posts).most_common(1)[0]
        near = known.nearest(one.text) if one.kind is CandidateKind.WORD else ("", "")
        told.append(
            Rising(
                candidate=one,
                authors=len({post.author for post in posts if post.author}),
                samples=tuple(Sample(post.data_id, post.text) for post in posts[:SAMPLES]),
                clause=clause,
                share=Share(count, len(posts)),
                days=by_day([post.at for post in posts], since, until),
                near=near[0],
                near_clause=near[1],
                part_of=known.combination_with(one.text) if one.kind is CandidateKind.WORD else "",
                group=group,
            )
        )
    return told
