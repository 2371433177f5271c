"""What a sweep seeks, as it is asked for and kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moderation.domain.evidence import Level
from moderation.domain.failures import UserError
from moderation.domain.sweeps import SweepKind
from moderation.text.entries import Entry, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping


class SweepCriteriaError(UserError):
    """A sweep that seeks nothing, or two things at once."""


@dataclass(frozen=True, slots=True)
class Released:
    """Words that are in force no more, whose posts are to be released: an import's, or some of one list.

    ``import_id`` of 0: the ``words`` of ``library``, (kind, word) each; otherwise the import knows list and words.
    """

    library: str = ""
    words: tuple[tuple[Kind, str], ...] = ()
    import_id: int = 0

    def as_json(self) -> dict[str, Any]:
        """As a sweep keeps and shows them."""
        if self.import_id:
            return {"import": self.import_id}
        return {
            "list": self.library,
            "words": [{"word": word, "kind": kind.value} for kind, word in self.words],
        }


@dataclass(frozen=True, slots=True)
class Criteria:
    """Exactly one of: words, a contact (with its clause and level as the one entry), a policy's number, gone words."""

    words: tuple[Entry, ...] = ()
    contact: Entry | None = None
    policy: int = 0
    released: Released | None = None

    def __post_init__(self) -> None:
        """Refuse none and several.

        Raises:
            SweepCriteriaError: say what to look for.
        """
        if sum(map(bool, (self.words, self.contact, self.policy, self.released))) != 1:
            raise SweepCriteriaError(
                "a sweep seeks one thing: words, a contact, a policy version, or words that are gone"
            )
        gone = [kind for kind, _ in self.released.words] if self.released else []
        if Kind.ALLOW in (*gone, *(one.kind for one in self.words)):
            raise SweepCriteriaError("an allow word strikes nothing, so nothing can be swept for it")
        if self.released and not (self.released.import_id or self.released.words):
            raise SweepCriteriaError("name the words that are gone, or the import that was taken back")

    @property
    def kind(self) -> SweepKind:
        """What is sought."""
        if self.released:
            return SweepKind.RELEASE
        if self.policy:
            return SweepKind.POLICY
        return SweepKind.CONTACT if self.contact else SweepKind.WORDS

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Words to match; a contact is one too, for where it stands without its messenger's name."""
        return (self.contact,) if self.contact else self.words

    def as_json(self) -> dict[str, Any]:
        """The criteria as a sweep keeps and shows them."""
        if self.released:
            return {"released": self.released.as_json()}
        if self.policy:
            return {"policy": self.policy}
        words = [
            {"word": one.word, "kind": one.kind.value, "level": one.level.value, "clause": one.clause}
            for one in self.entries
        ]
        return {"contact" if self.contact else "words": words}


def criteria_of(body: Mapping[str, Any]) -> Criteria:
    """The criteria that a sweep kept: what :meth:`Criteria.as_json` wrote."""
    if "released" in body:
        kept = body["released"]
        gone = tuple((Kind(one["kind"]), one["word"]) for one in kept.get("words", ()))
        return Criteria(released=Released(kept.get("list", ""), gone, kept.get("import", 0)))
    words = tuple(
        Entry(one["word"], Kind(one["kind"]), one["clause"], Level(one["level"]))
        for one in body.get("words") or body.get("contact") or ()
    )
    if "contact" in body:
        return Criteria(contact=words[0])
    return Criteria(words=words, policy=body.get("policy", 0))


def a_contact(value: str, *, clause: str = "3.1", level: Level = Level.REVIEW) -> Entry:
    """A contact to sweep for."""
    return Entry(word=value.strip(), kind=Kind.NORMAL, clause=clause, level=level)
