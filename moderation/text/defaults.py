"""The lists that come with the product: data under ``moderation/policies/lexicons``, one CSV a library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from moderation.text.listing import load_csv

if TYPE_CHECKING:
    from moderation.text.entries import Entry

FOLDER: Final = Path(__file__).parents[1] / "policies" / "lexicons"


def default_entries() -> list[Entry]:
    """Entries of every shipped list, in order of file name.

    Political words are not among them: those lists are the operator's.
    """
    entries: list[Entry] = []
    for file in sorted(FOLDER.glob("*.csv")):
        entries.extend(load_csv(file.read_text(encoding="utf-8")))
    return entries
