"""What a table of words would hit, as the page shows it, and whether somebody must say once more that it is meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import request

from moderation.domain.evidence import Level
from moderation.services.table_preview import preview_table
from moderation.text.compiling import digest
from moderation.text.entries import Kind
from review_ui.context import community, now, parts
from review_ui.lexicon_page import DAY, WINDOW_DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.services.table_preview import TablePreview
    from moderation.text.entries import Entry

SHOWN: Final = 20
"""Words that the page names, those with the most posts first."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a table would hit.  ``asked``: it was to be kept, and nobody has said that its words are meant."""

    found: TablePreview
    asked: bool = False

    @property
    def worst(self) -> list[tuple[Entry, int]]:
        """The words with the most posts."""
        return self.found.worst[:SHOWN]

    @property
    def more(self) -> int:
        """Words that hit something and are not shown."""
        return max(len(self.found.counts) - SHOWN, 0)

    @property
    def token(self) -> str:
        """Stands for exactly the words that block and hit much: what the tick agrees to."""
        return digest(entry for entry, _ in self.found.hot)


def try_table(entries: Sequence[Entry]) -> Trial:
    """What the words of a table would hit in the last days."""
    return Trial(_found(entries))


def unmeant(entries: Sequence[Entry]) -> Trial | None:
    """Where words that block hit much and the form does not say that it is meant: what they would hit."""
    blocking = [one for one in entries if one.level is Level.BLOCK or one.kind is Kind.ALLOW]
    trial = Trial(_found(blocking), asked=True)
    if not trial.found.hot or request.form.get("accept") == trial.token:
        return None
    return trial


def _found(entries: Sequence[Entry]) -> TablePreview:
    allowed = parts().wordlists.allowing(community(), now=now())
    since = now() - WINDOW_DAYS * DAY
    return preview_table(parts().sessions, community(), entries, since=since, allowed=allowed)
