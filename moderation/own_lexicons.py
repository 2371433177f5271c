"""Every community's own words, compiled with the shipped ones, and again when they change.

Few words are compiled by the batch that finds them changed.  Many are compiled in a thread: the worker goes on with
those it has, and changes over between two batches.  Whatever fails, those it has stay.
"""

from __future__ import annotations

import gc
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from moderation.domain.evidence import Level
from moderation.store import lexicons
from moderation.text.citing import matched_as
from moderation.text.entries import Entry, Kind, check_entry
from moderation.text.lexicon import Lexicon

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from moderation.store.engine import Sessions
    from moderation.store.lexicons import Words

    Version = tuple[int, int, int]

log = structlog.get_logger(__name__)

AT_ONCE: Final = 5_000
"""Words of all communities up to which a batch waits for them: a fifth of a second."""

LOOK_SECONDS: Final = 1.0
"""How often a worker asks whether many words have changed: the question itself reads them all."""

RETRY_SECONDS: Final = 10.0
"""How long after a failure the same words are tried again."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """Lexicons by community as of one version of the table; ``tried`` are the versions that they were made from.

    A lexicon may be older than what was tried: it is the one before words that could not be used.
    """

    version: Version
    lexicons: Mapping[int, Lexicon]
    tried: Mapping[int, Version]


@dataclass(slots=True)
class OwnLexicons:
    """Keeps the lexicons of one worker.

    ``corroborated`` are the shipped lists that do not block alone: a community's list of that name is another one.
    """

    sessions: Sessions
    shipped: Lexicon
    corroborated: Collection[str] = ()
    at_once: int = AT_ONCE
    look_every: float = LOOK_SECONDS
    retry_after: float = RETRY_SECONDS
    _held: Compiled | None = field(default=None, init=False)
    _busy: bool = field(default=False, init=False)
    _looked: float = field(default=0.0, init=False)
    _failed: tuple[Version, float] | None = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def current(self) -> Compiled:
        """The lexicons for the next batch; the first time they are waited for, however many words there are."""
        with self._lock:
            if self._held is None or self._few_changed(self._held):
                self._held = self._load(self._held)
            return self._held

    @property
    def loading(self) -> bool:
        """Whether words are being compiled in a thread."""
        return self._busy

    def watch(self) -> None:
        """Look between batches too, for as long as the process lives, so that an idle worker is ready in time."""
        threading.Thread(target=self._watch, name="words", daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(self.look_every)
            try:
                self.look()
            except SQLAlchemyError as error:
                log.warning("lexicon.database_away", error=type(error).__name__)
            except Exception:  # the thread must outlive whatever it meets
                log.exception("lexicon.look_failed")

    def look(self) -> None:
        """Begin to load where many words have changed; few are left to the next batch."""
        with self._lock:
            if self._held is not None:
                self._few_changed(self._held)

    def _few_changed(self, held: Compiled) -> bool:
        """Look for changes, unless it was just done; begin on many in a thread, and say whether there are few."""
        now = time.monotonic()
        if self._busy or (held.version[0] > self.at_once and now - self._looked < self.look_every):
            return False
        self._looked = now
        with self.sessions.read() as session:
            version = lexicons.version(session)
        tried, when = self._failed or (None, 0.0)
        if version == held.version or (version == tried and now - when < self.retry_after):
            return False
        if version[0] <= self.at_once:
            return True
        # Until it has come to an end this try counts as failed: so it is repeated where no thread can be started.
        self._failed = version, now
        threading.Thread(target=self._beside, args=(held, version), name="lexicon", daemon=True).start()
        self._busy = True  # the lock is held: the thread cannot have said before that it has done
        return False

    def _beside(self, held: Compiled, version: Version) -> None:
        """Load in a thread: what it comes to is used from the next batch on; where it fails nothing changes."""
        began = time.monotonic()
        found = None
        try:
            with _collector_resting():
                found = self._load(held)
            log.info("lexicon.loaded", words=found.version[0], seconds=round(time.monotonic() - began, 1))
        except Exception:
            log.exception("lexicon.load_failed", words=version[0], kept=held.version[0])
        finally:  # whatever happened, words are looked for again
            with self._lock:
                self._held, self._busy = found or held, False
                self._failed = None if found else (version, time.monotonic())

    def _load(self, held: Compiled | None) -> Compiled:
        """Compile the words of those communities whose words are others than before."""
        before = held or Compiled((0, 0, 0), {}, {})
        with self.sessions.read() as session:
            version = lexicons.version(session)
            versions = lexicons.versions(session)
            changed = [one for one, tried in versions.items() if before.tried.get(one) != tried]
            words = lexicons.words(session, changed)
        found = {one: before.lexicons[one] for one in versions if one not in words}
        for one, own in words.items():
            found[one] = self._compile(one, own, before.lexicons.get(one))
        return Compiled(version, found, versions)

    def _compile(self, community_id: int, words: Sequence[Words], before: Lexicon | None) -> Lexicon:
        """Shipped and own words.  Where a word cannot be used the lexicon before stays, and nobody else is touched."""
        try:
            return Lexicon.compile((*self.shipped.entries, *map(self._entry, words)))
        except ValueError as error:
            kept = before.version if before else "what can be used"
            log.error("lexicon.unusable", community=community_id, error=str(error), kept=kept)  # noqa: TRY400 - the message says all
        return before or self._usable(words)

    def _usable(self, words: Sequence[Words]) -> Lexicon:
        """What can be used of words that came with one that cannot: a worker that starts has none from before."""
        usable = []
        for one in words:
            with suppress(ValueError):
                entry = self._entry(one)
                check_entry(entry)
                usable.append(entry)
        log.error("lexicon.left_out", words=len(words) - len(usable))
        return Lexicon.compile((*self.shipped.entries, *usable))

    def _entry(self, words: Words) -> Entry:
        """A kept word as it is matched: it blocks by itself, also in a list that is called as a shipped one."""
        _, word, kind, clause, level, library, begins, ends = words
        named = matched_as(library, self.corroborated)
        return Entry(word, _kind(kind), clause, _level(level), named, begins, ends)


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Without the cycle collector: it would walk half a million new objects again and again, and none is garbage."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


_kind = cache(Kind)
_level = cache(Level)
