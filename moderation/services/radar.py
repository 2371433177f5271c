"""黑话雷达: what rises in blocked posts and stands in no word list yet, with a guess at what it means."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ahocorasick_rs import AhoCorasick, MatchKind

from moderation.domain.intervals import Share
from moderation.domain.radar import nearness, rank, terms
from moderation.domain.verdict import Suggestion
from moderation.rulebooks import as_entry
from moderation.store import lexicons, standing
from moderation.text.entries import Entry, Kind, plain_word
from moderation.text.normalise import normalise_many
from moderation.text.pinyin import sound_of_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from moderation.domain.radar import Candidate
    from moderation.store.engine import Sessions
    from moderation.store.standing import Standing

BATCH: Final = 1_000
SAMPLES: Final = 3
_KNOWN_KINDS: Final = frozenset({Kind.NORMAL, Kind.PINYIN})
_SHORTEST_KNOWN: Final = 2


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
class _Blocked:
    """One blocked post, as far as it is needed again."""

    data_id: str
    author: str
    text: str
    clause: str
    terms: frozenset[str]


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
            for batch in self._batches(community_id, since, until):
                chosen = [one for one in batch if _outcome(one) == wanted.value]
                take(seen, chosen, known.terms_of(chosen))
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

    def _batches(self, community_id: int, since: int, until: int) -> Iterator[list[Standing]]:
        after = 0
        while True:
            with self.sessions.read() as session:
                batch = standing.batch(
                    session, community_id, since=since, until=until, after=after, limit=BATCH
                )
            if not batch:
                return
            yield batch
            after = batch[-1].post.sequence


class KnownWords:
    """Words of the lists: cut out of texts before counting, and compared with candidates by sound."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Take the ordinary words; parts of combinations and patterns mean nothing alone."""
        self._clauses = {plain_word(one.word): one.clause for one in entries if one.kind in _KNOWN_KINDS}
        words = [word for word in self._clauses if len(word) >= _SHORTEST_KNOWN]
        self._words = AhoCorasick(words, matchkind=MatchKind.LeftmostLongest) if words else None
        self._sounds = {word: sound_of_word(word) for word in words}
        self._by_symbol: defaultdict[str, set[str]] = defaultdict(set)
        for word, sound in self._sounds.items():
            for symbol in sound:
                self._by_symbol[symbol].add(word)

    def terms_of(self, posts: Sequence[Standing]) -> list[frozenset[str]]:
        """Words and contacts of each post that no list has, in order."""
        texts = normalise_many([f"{one.post.title}\n{one.post.text}" for one in posts])
        found = []
        for one, text in zip(posts, texts, strict=True):
            contacts = {
                (each["kind"], plain_word(each["value"])) for each in one.verdict.body.get("contacts", ())
            }
            values = {value for _, value in contacts}
            named = {f"{kind}:{value}" for kind, value in contacts if value not in self._clauses}
            found.append(frozenset((terms(self._without(text.text)) - values) | named))
        return found

    def _without(self, text: str) -> str:
        """The text with every known word cut out; what stands before and after does not join."""
        if self._words is None:
            return text
        parts, at = [], 0
        for _, start, end in self._words.find_matches_as_indexes(text):
            parts.append(text[at:start])
            at = end
        return "\n".join((*parts, text[at:]))

    def nearest(self, word: str) -> tuple[str, str]:
        """The known word whose sound is nearest, and its clause; empty where none is near."""
        sound = sound_of_word(word)
        alike = {other for symbol in sound for other in self._by_symbol.get(symbol, ())}
        measured = sorted((nearness(sound, self._sounds[other]), other) for other in alike)
        near = [other for distance, other in measured if distance.near]
        return (near[0], self._clauses[near[0]]) if near else ("", "")


def _outcome(one: Standing) -> str:
    return one.decided.kind if one.decided else one.verdict.suggestion


def _take_blocked(seen: _Seen, posts: Sequence[Standing], found: Sequence[frozenset[str]]) -> None:
    for one, held in zip(posts, found, strict=True):
        clause = one.decided.clause if one.decided else one.verdict.clause
        author = one.post.author_id or ""
        seen.blocked.append(_Blocked(one.post.data_id, author, one.post.text, clause, held))
        seen.counts.update(held)


def _take_passed(seen: _Seen, posts: Sequence[Standing], found: Sequence[frozenset[str]]) -> None:
    seen.passed += len(posts)
    for held in found:
        seen.passed_counts.update(held & seen.counts.keys())


def _rising(blocked: Sequence[_Blocked], found: Sequence[Candidate], known: KnownWords) -> Iterator[Rising]:
    for one in found:
        # A stitched slogan is longer than any n-gram: its posts are those of its first part.
        key = one.text if ":" in one.text else one.text[:6]
        posts = [post for post in blocked if key in post.terms or one.text in post.terms]
        clause, count = Counter(post.clause for post in posts).most_common(1)[0]
        near = ("", "") if ":" in one.text else known.nearest(one.text)
        yield Rising(
            candidate=one,
            authors=len({post.author for post in posts if post.author}),
            samples=tuple(Sample(post.data_id, post.text) for post in posts[:SAMPLES]),
            clause=clause,
            share=Share(count, len(posts)),
            near=near[0],
            near_clause=near[1],
        )
