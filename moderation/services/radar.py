"""黑话雷达: what rises in blocked posts and stands in no word list yet, with a guess at what it means."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from moderation.domain.intervals import Share
from moderation.domain.radar import CandidateKind, rank, terms
from moderation.domain.verdict import Suggestion
from moderation.rulebooks import as_entry
from moderation.store import lexicons, standing
from moderation.text.entries import Entry, plain_word
from moderation.text.known import KnownWords
from moderation.text.normalise import normalise_many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from moderation.domain.radar import Candidate
    from moderation.store.engine import Sessions
    from moderation.store.standing import Standing

BATCH: Final = 1_000
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

    ``clause`` is the one that most of its blocked posts broke, ``share`` how many of them; ``near`` is a known
    word of the same or nearly the same sound, with the clause it stands under.
    """

    candidate: Candidate
    authors: int
    samples: tuple[Sample, ...]
    clause: str
    share: Share
    near: str = ""
    near_clause: str = ""


@dataclass(frozen=True, slots=True)
class RadarPage:
    """What the radar saw in a window: how many posts were blocked and passed, and what rises in the blocked ones."""

    blocked: int
    passed: int
    rising: tuple[Rising, ...]


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
class _Blocked:
    """One blocked post, as far as it is needed again."""

    data_id: str
    author: str
    text: str
    clause: str
    heard: Heard


@dataclass(slots=True)
class _Seen:
    blocked: list[_Blocked] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    passed: int = 0
    passed_counts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Radar:
    """The parts that the radar needs; ``shipped`` are the words that every community has."""

    sessions: Sessions
    shipped: tuple[Entry, ...] = ()

    def look(
        self,
        community_id: int,
        *,
        since: int,
        until: int,
        limit: int = 50,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> RadarPage:
        """Rank what rises in the blocked posts received in ``[since, until)`` (UTC microseconds).

        A person's decision counts before the machine's verdict; posts still under review count for neither side.
        The window is read twice: passed posts are asked only for what stands in blocked ones.

        Args:
            community_id: the tenant.
            since: UTC microseconds.
            until: UTC microseconds.
            limit: most candidates to answer.
            progress: told after each batch how many posts are read, of how many.
        """
        known = self._known(community_id)
        with self.sessions.read() as session:
            total = 2 * standing.count(session, community_id, since=since, until=until)
        seen, read = _Seen(), 0
        for wanted, take in ((Suggestion.BLOCK, _take_blocked), (Suggestion.PASS, _take_passed)):
            for batch in standing.batches(self.sessions, community_id, since=since, until=until, size=BATCH):
                chosen = [one for one in batch if _outcome(one) == wanted.value]
                take(seen, chosen, _hear(known, chosen))
                read += len(batch)
                progress(read, total)
        found = rank(
            seen.counts,
            seen.passed_counts,
            all_blocked=len(seen.blocked),
            all_passed=seen.passed,
            limit=limit,
        )
        return RadarPage(len(seen.blocked), seen.passed, tuple(_rising(seen.blocked, found, known)))

    def _known(self, community_id: int) -> KnownWords:
        with self.sessions.read() as session:
            own = [as_entry(row) for row in lexicons.of(session, community_id)]
        return KnownWords((*self.shipped, *own))


def _outcome(one: Standing) -> str:
    return one.decided.kind if one.decided else one.verdict.suggestion


def _hear(known: KnownWords, posts: Sequence[Standing]) -> list[Heard]:
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
        found.append(Heard(light, named, frozenset(terms(light) - values) | named))
    return found


def _take_blocked(seen: _Seen, posts: Sequence[Standing], found: Sequence[Heard]) -> None:
    for one, heard in zip(posts, found, strict=True):
        clause = one.decided.clause if one.decided else one.verdict.clause
        author = one.post.author_id or ""
        seen.blocked.append(_Blocked(one.post.data_id, author, one.post.text, clause, heard.kept()))
        seen.counts.update(heard.terms)
    if len(seen.counts) > MOST_TERMS:
        seen.counts = Counter({term: count for term, count in seen.counts.items() if count > 1})


def _take_passed(seen: _Seen, posts: Sequence[Standing], found: Sequence[Heard]) -> None:
    seen.passed += len(posts)
    for heard in found:
        seen.passed_counts.update(heard.terms & seen.counts.keys())


def _rising(blocked: Sequence[_Blocked], found: Sequence[Candidate], known: KnownWords) -> Iterator[Rising]:
    for one in found:
        posts = [post for post in blocked if one.stands_in(post.heard.light, post.heard.contacts)]
        clause, count = Counter(post.clause for post in posts).most_common(1)[0]
        near = known.nearest(one.text) if one.kind is CandidateKind.WORD else ("", "")
        yield Rising(
            candidate=one,
            authors=len({post.author for post in posts if post.author}),
            samples=tuple(Sample(post.data_id, post.text) for post in posts[:SAMPLES]),
            clause=clause,
            share=Share(count, len(posts)),
            near=near[0],
            near_clause=near[1],
        )
