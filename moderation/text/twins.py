"""One word, one meaning: the same word may not stand twice in what is sent together and say two things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderation.text.entries import Entry, EntryError, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_SAID: Final = ("level", "clause", "effective_from", "effective_to")


def in_line(number: int) -> str:
    """How a table calls the place of an entry."""
    return f"line {number}"


def distinct(
    numbered: Iterable[tuple[int, Entry]], place: Callable[[int], str] = in_line
) -> list[tuple[int, Entry]]:
    """Entries with their numbers, each word and kind once; one that is repeated word for word is left out.

    Args:
        numbered: entries with what their place is called by.
        place: names the place of the earlier of two entries.

    Raises:
        EntryError: a word stands there a second time and says something else; names place and field.
    """
    first: dict[tuple[str, Kind], tuple[int, Entry]] = {}
    for number, entry in numbered:
        before, known = first.setdefault((entry.word, entry.kind), (number, entry))
        field = next((name for name in _SAID if getattr(known, name) != getattr(entry, name)), None)
        if field == "level":
            raise EntryError(number, field, f"the same word is {known.level} in {place(before)}")
        if field is not None:
            raise EntryError(number, field, f"the same word has another one in {place(before)}")
    return list(first.values())
