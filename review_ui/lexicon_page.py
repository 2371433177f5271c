"""Gathers what the word pages show: the community's own words, the shipped lists in figures, what a word would hit."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from moderation.domain.evidence import Field, Level
from moderation.services.word_preview import preview_word
from moderation.text.entries import Entry, Kind
from review_ui.context import community, now, parts
from review_ui.marks import Group, Span, Tone, excerpt, lay_out
from review_ui.queries import page

if TYPE_CHECKING:
    from pathlib import Path

    from moderation.services.word_imports import Import
    from moderation.services.word_preview import Struck, WordPreview
    from moderation.store.tables import LexiconEntryRow, PostRow

PAGE_SIZE: Final = 50
WINDOW_DAYS: Final = 7
MOST_IMPORTS: Final = 20
DAY: Final = 86_400 * 1_000_000
UNDO_FOR: Final = 10 * 60 * 1_000_000
"""How long a removed word can be put back with one click, microseconds."""


@dataclass(frozen=True, slots=True)
class Words:
    """One page of the community's own words."""

    rows: list[LexiconEntryRow]
    contains: str
    library: str
    page: int
    has_more: bool

    def address(self, **changes: Any) -> dict[str, Any]:
        """Arguments of ``url_for`` for this list, with changes; defaults are left out."""
        values = {
            "q": self.contains or None,
            "library": self.library or None,
            "page": self.page if self.page > 1 else None,
            **changes,
        }
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class ShippedList:
    """A shipped list in figures: words by (clause, level); words that only protect have the level "allow"."""

    name: str
    total: int
    parts: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class ShownSample:
    """A post that a word would have hit, with the places marked."""

    post: PostRow
    title: list[str | Group]
    text: list[str | Group]
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class ShownPreview:
    """What a word would have hit."""

    entry: Entry
    found: WordPreview
    samples: list[ShownSample]
    quiet: list[ShownSample]
    replaces: bool


def words() -> Words:
    """The words that the address asks for, newest first."""
    contains = request.args.get("q", "").replace("\x00", "").strip()[:100]
    library = request.args.get("library", "").replace("\x00", "").strip()[:60]
    number = page()
    end = number * PAGE_SIZE
    found = parts().wordlists.entries(community(), library=library or None, contains=contains, limit=end + 1)
    return Words(found[end - PAGE_SIZE : end], contains, library, number, has_more=len(found) > end)


def imports() -> list[Import]:
    """The latest imports, those taken back too; of one list where the address asks for it."""
    library = request.args.get("library", "").replace("\x00", "").strip()[:60]
    return parts().word_imports.imports(community(), library=library or None, limit=MOST_IMPORTS)


def shipped_lists() -> list[ShippedList]:
    """The shipped lists in figures."""
    folder: Path = parts().settings.lexicons
    return [_shipped(path, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.csv"))]


def words_by_clause() -> dict[str, int]:
    """How many words in force find each clause: the shipped ones and the community's own."""
    found = Counter(parts().wordlists.by_clause(community(), now=now()))
    for one in shipped_lists():
        for clause, level, count in one.parts:
            found[clause] += 0 if level == Kind.ALLOW.value else count
    return dict(found)


@lru_cache(maxsize=64)
def _shipped(path: Path, _changed: int) -> ShippedList:
    with path.open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    counted = Counter(
        (row["clause"], Kind.ALLOW.value if row.get("kind") == Kind.ALLOW else row.get("level") or Level.REVIEW.value)
        for row in rows
    )  # fmt: skip
    found = sorted(((*key, count) for key, count in counted.items()), key=lambda one: -one[2])
    return ShippedList(path.stem, len(rows), tuple(found))


def preview(entry: Entry) -> ShownPreview:
    """What a word would have hit in the last days."""
    allowed = parts().wordlists.allowing(community(), now=now())
    since = now() - WINDOW_DAYS * DAY
    found = preview_word(parts().sessions, community(), entry, since=since, allowed=allowed)
    same = parts().wordlists.entries(community(), library=entry.library, contains=entry.word, limit=1_000)
    replaces = any(row.word == entry.word and row.kind == entry.kind.value for row in same)
    loud, quiet = ([_sample(one) for one in kept] for kept in (found.samples, found.quiet))
    return ShownPreview(entry, found, loud, quiet, replaces)


def _sample(one: Struck) -> ShownSample:
    spans: dict[Field, list[Span]] = {Field.TITLE: [], Field.TEXT: []}
    for index, hit in enumerate(one.hits):
        tone = Tone.QUIET if hit.suppressed else Tone.BLOCK if hit.level is Level.BLOCK else Tone.REVIEW
        spans[hit.field].append(Span(hit.start, hit.end, tone, index))
    title = lay_out(*excerpt(one.post.title, spans[Field.TITLE], width=60))
    text = lay_out(*excerpt(one.post.text, spans[Field.TEXT], width=120))
    return ShownSample(one.post, title, text, sorted({hit.reason for hit in one.hits if hit.suppressed}))


def sealed(row: LexiconEntryRow) -> str:
    """A removed word as a value of an address, so that it can be put back; nobody else can make one up."""
    body = [row.community_id, now(), row.word, row.kind, row.clause, row.level, row.library,
            row.effective_from, row.effective_to]  # fmt: skip
    return str(_sealer().dumps(body))


def unsealed(value: str) -> Entry | None:
    """The word that was removed; None where the value is not ours, another community's, or too old."""
    try:
        owner, at, word, kind, clause, level, library, begins, ends = _sealer().loads(value)
    except (BadSignature, ValueError):
        return None
    if owner != community() or now() - at > UNDO_FOR:
        return None
    return Entry(word, Kind(kind), clause, Level(level), library, begins, ends)


def _sealer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="removed-word")
