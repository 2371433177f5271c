"""What applies to each community - policy, shadow, words, brands - compiled, and loaded again when something changes.

A worker asks before every batch; asking costs four small queries.  Policies and brands are applied by that batch, words
too unless they are many (see :mod:`moderation.own_lexicons`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import structlog

from moderation.brand_finder import NO_BRANDS, BrandFinder
from moderation.domain.evidence import Level
from moderation.domain.policy_versions import PolicyState
from moderation.own_lexicons import OwnLexicons
from moderation.policy_file.document import PolicyDocumentError, parse_policy
from moderation.store import brands, policies, reviewed
from moderation.text.entries import Entry, Kind
from moderation.text.lexicon import Lexicon

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from moderation.domain.policy import Policy, Threshold
    from moderation.own_lexicons import Compiled
    from moderation.store.engine import Sessions
    from moderation.store.tables import LexiconEntryRow, PolicyRow

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What applies to one community."""

    policy: Policy
    lexicon: Lexicon
    brands: BrandFinder = NO_BRANDS
    shadow: Policy | None = None
    shadow_id: int = 0


@dataclass(slots=True)
class Rulebooks:
    """Rulebooks by community; a community without its own policy or words has the shipped ones.

    ``model`` names the model whose reviewed scores count; what people decided about another's says nothing of it.
    ``own`` keeps the communities' lexicons; made here unless given.
    """

    sessions: Sessions
    policy: Policy
    entries: tuple[Entry, ...]
    calibrated: Mapping[str, Threshold]
    model: str = ""
    own: OwnLexicons | None = None
    _now: int = 0
    _versions: tuple[object, ...] = ()
    _default: Rulebook | None = None
    _rules: dict[int, Rulebook] = field(default_factory=dict)
    _compiled: Compiled | None = None
    _books: dict[int, Rulebook] = field(default_factory=dict)

    def current(self, now: int = 0) -> Rulebooks:
        """Look whether anything has changed, take what is ready, and answer itself.

        ``now`` (UTC microseconds) says which sensitive periods are open until the next look.
        """
        self._now = now
        compiled = self.words.current()
        with self.sessions.read() as session:
            versions = (
                policies.version(session),
                brands.dossiers_version(session),
                reviewed.version(session),
            )
            if versions != self._versions:
                self._rules = self._load(session)
        if versions != self._versions or compiled is not self._compiled:
            self._books = self._bound(compiled)
            self._versions, self._compiled = versions, compiled
        return self

    def of(self, community_id: int) -> Rulebook:
        """What applies to a community, as of the last look."""
        book = self._books.get(community_id, self.default)
        if not book.policy.windows and not (book.shadow and book.shadow.windows):
            return book
        return replace(
            book, policy=book.policy.at(self._now), shadow=book.shadow and book.shadow.at(self._now)
        )

    @property
    def default(self) -> Rulebook:
        """What is shipped; compiled at the first question."""
        if self._default is None:
            policy = self.policy.with_calibration(self.calibrated)
            self._default = Rulebook(policy, Lexicon.compile(self.entries))
        return self._default

    @property
    def words(self) -> OwnLexicons:
        """The lexicons of communities with words of their own."""
        if self.own is None:
            self.own = OwnLexicons(self.sessions, self.default.lexicon, self.policy.corroborated)
        return self.own

    def _bound(self, compiled: Compiled) -> dict[int, Rulebook]:
        """The rules of each community with its words."""
        return {
            one: replace(
                self._rules.get(one, self.default),
                lexicon=compiled.lexicons.get(one, self.default.lexicon),
            )
            for one in {*self._rules, *compiled.lexicons}
        }

    def _load(self, session: Session) -> dict[int, Rulebook]:
        """The rules of communities that have any of their own, with the shipped words."""
        curves = reviewed.curves(session, model=self.model)
        finders = {one: BrandFinder(found) for one, found in brands.dossiers(session).items()}
        live: dict[int, Policy] = {}
        shadows: dict[int, tuple[Policy, int]] = {}
        for row in policies.active(session):
            policy = self._policy(row)
            if policy is not None and row.state == PolicyState.LIVE.value:
                live[row.community_id] = policy
            elif policy is not None:
                shadows[row.community_id] = (policy.with_reviews(curves.get(row.community_id, {})), row.id)
        return {
            one: Rulebook(
                live.get(one, self.default.policy).with_reviews(curves.get(one, {})),
                self.default.lexicon,
                finders.get(one, NO_BRANDS),
                *shadows.get(one, (None, 0)),
            )
            for one in {*finders, *live, *shadows, *curves}
        }

    def _policy(self, row: PolicyRow) -> Policy | None:
        """A kept version; one that this version of the product cannot read any more is left out, loudly."""
        try:
            found = parse_policy(row.document, f"policy v{row.number}").policy
        except PolicyDocumentError as error:
            log.error("policy.unreadable", number=row.number, error=str(error))  # noqa: TRY400 - the message says all
            return None
        return found.with_calibration(self.calibrated)


def as_entry(row: LexiconEntryRow) -> Entry:
    """A kept word as the text layer matches it."""
    return Entry(
        word=row.word,
        kind=Kind(row.kind),
        clause=row.clause,
        level=Level(row.level),
        library=row.library,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
    )


def as_columns(
    entries: Sequence[Entry], community_id: int, *, author: str, now: int
) -> list[dict[str, object]]:
    """Words as the store keeps them."""
    return [
        {
            "community_id": community_id,
            "library": one.library or "own",
            "word": one.word,
            "kind": one.kind.value,
            "level": one.level.value,
            "clause": one.clause,
            "effective_from": one.effective_from,
            "effective_to": one.effective_to,
            "author": author,
            "created_at": now,
            "changed_at": now,
        }
        for one in entries
    ]
