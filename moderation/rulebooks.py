"""What applies to each community - policy, shadow, words, brands - compiled, and loaded again when something changes.

A worker asks before every batch; asking costs four small queries.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import structlog

from moderation.brand_finder import NO_BRANDS, BrandFinder
from moderation.domain.evidence import Level
from moderation.domain.policy_versions import PolicyState
from moderation.policy_file.document import PolicyDocumentError, parse_policy
from moderation.store import brands, lexicons, policies, reviewed
from moderation.text.entries import Entry, Kind
from moderation.text.lexicon import Lexicon

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from moderation.domain.policy import Policy, Threshold
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
    """

    sessions: Sessions
    policy: Policy
    entries: tuple[Entry, ...]
    calibrated: Mapping[str, Threshold]
    model: str = ""
    _now: int = 0
    _versions: tuple[object, ...] = ()
    _default: Rulebook | None = None
    _books: dict[int, Rulebook] = field(default_factory=dict)

    def current(self, now: int = 0) -> Rulebooks:
        """Look whether anything has changed, load what has, and answer itself.

        ``now`` (UTC microseconds) says which sensitive periods are open until the next look.
        """
        self._now = now
        with self.sessions.read() as session:
            versions = (
                policies.version(session),
                lexicons.version(session),
                brands.dossiers_version(session),
                reviewed.version(session),
            )
            if versions != self._versions:
                self._load(session)
                self._versions = versions
        return self

    def of(self, community_id: int) -> Rulebook:
        """What applies to a community, as of the last look."""
        if self._default is None:
            self._default = Rulebook(
                self.policy.with_calibration(self.calibrated), Lexicon.compile(self.entries)
            )
        book = self._books.get(community_id, self._default)
        if not book.policy.windows and not (book.shadow and book.shadow.windows):
            return book
        return replace(
            book, policy=book.policy.at(self._now), shadow=book.shadow and book.shadow.at(self._now)
        )

    def _load(self, session: Session) -> None:
        default = self.of(NOBODY)
        curves = reviewed.curves(session, model=self.model)
        words = {one: self._lexicon(session, one, default) for one in lexicons.communities(session)}
        finders = {one: BrandFinder(found) for one, found in brands.dossiers(session).items()}
        live: dict[int, Policy] = {}
        shadows: dict[int, tuple[Policy, int]] = {}
        for row in policies.active(session):
            policy = self._policy(row)
            if policy is not None and row.state == PolicyState.LIVE.value:
                live[row.community_id] = policy
            elif policy is not None:
                shadows[row.community_id] = (policy.with_reviews(curves.get(row.community_id, {})), row.id)
        self._books = {
            one: Rulebook(
                live.get(one, default.policy).with_reviews(curves.get(one, {})),
                words.get(one, default.lexicon),
                finders.get(one, NO_BRANDS),
                *shadows.get(one, (None, 0)),
            )
            for one in {*words, *finders, *live, *shadows, *curves}
        }

    def _policy(self, row: PolicyRow) -> Policy | None:
        """A kept version; one that this version of the product cannot read any more is left out, loudly."""
        try:
            found = parse_policy(row.document, f"policy v{row.number}").policy
        except PolicyDocumentError as error:
            log.error("policy.unreadable", number=row.number, error=str(error))  # noqa: TRY400 - the message says all
            return None
        return found.with_calibration(self.calibrated)

    def _lexicon(self, session: Session, community_id: int, default: Rulebook) -> Lexicon:
        """Shipped and own words; words that cannot be compiled are left out, loudly, and touch nobody else."""
        try:
            own = [_own(as_entry(row), self.policy) for row in lexicons.of(session, community_id)]
            return Lexicon.compile((*self.entries, *own))
        except ValueError as error:
            log.error("lexicon.unusable", community=community_id, error=str(error))  # noqa: TRY400 - as above
            return default.lexicon


NOBODY: Final = 0
"""No community has this id: its rulebook is the shipped one."""


def _own(entry: Entry, shipped: Policy) -> Entry:
    """A community's word blocks by itself, also where its list is called as a shipped one that does not."""
    return replace(entry, library=f"own {entry.library}") if entry.library in shipped.corroborated else entry


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
