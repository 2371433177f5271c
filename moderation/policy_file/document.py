"""Reads a policy document (TOML) into the domain's policy: one clear error naming line and field, or a valid policy."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import BaseModel, ValidationError

from moderation.domain.clause_book import (
    NO_CHANGE,
    BookChange,
    ClauseBook,
    ClauseChange,
    ClauseRule,
    Retention,
)
from moderation.domain.convention import CLAUSES
from moderation.domain.failures import UserError
from moderation.domain.policy import Policy, Rule, Threshold
from moderation.domain.post import PublishingRule, Timeout
from moderation.domain.publishing import DEFAULT_TIMEOUT
from moderation.policy_file.fields import HEADS
from moderation.policy_file.lines import line_of
from moderation.policy_file.models import BookModel, PolicyModel

if TYPE_CHECKING:
    from moderation.policy_file.models import PublishingModel, TimeoutModel

__all__ = [
    "CLAUSE_BOOK",
    "HEADS",
    "PolicyDocument",
    "PolicyDocumentError",
    "clause_book",
    "parse_book",
    "parse_policy",
    "read_policy",
]

CLAUSE_BOOK: Final = Path(__file__).parents[1] / "policies" / "clauses.toml"

_TOML_LINE: Final = re.compile(r"at line (\d+), column \d+")

_Model = TypeVar("_Model", bound=BaseModel)


class PolicyDocumentError(UserError):
    """The policy cannot be used; the message names document, line and field."""

    def __init__(self, name: str, reason: str, *, field: str = "", line: int | None = None) -> None:
        """Say what is wrong, and where."""
        self.reason, self.field, self.line = reason, field, line
        places = (f"line {line}" if line else "", field)
        super().__init__(": ".join(part for part in (name, *places, reason) if part))


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """A policy as written, understood.  ``change`` is what it has otherwise than the shipped clause book."""

    policy: Policy
    publishing: tuple[PublishingRule, ...]
    text: str = ""
    timeout: Timeout = DEFAULT_TIMEOUT
    change: BookChange = field(default=NO_CHANGE)

    @property
    def clauses(self) -> ClauseBook:
        """Strikes, notices and retention per clause."""
        return clause_book().changed(self.change)


def read_policy(path: Path) -> PolicyDocument:
    """Read a policy file.

    Raises:
        PolicyDocumentError: the file is missing, is no TOML, or a field is wrong.
    """
    return parse_policy(_read(path), str(path))


def parse_policy(text: str, name: str = "policy") -> PolicyDocument:
    """Understand a policy document; ``name`` says where it came from.

    Raises:
        PolicyDocumentError: it is no TOML (the message has line and column), or a field is wrong
            (it names line and field).
    """
    model = _understood(PolicyModel, text, name)
    return PolicyDocument(
        policy=_policy(model),
        publishing=tuple(map(_publishing, model.publishing)),
        text=text,
        timeout=_timeout(model.timeout) or DEFAULT_TIMEOUT,
        change=BookChange(
            {number: ClauseChange(**one.model_dump()) for number, one in model.clauses.items()},
            model.retention,
            model.appeal.zh,
            model.appeal.en,
        ),
    )


@cache
def clause_book() -> ClauseBook:
    """The shipped clause book, read once."""
    return parse_book(_read(CLAUSE_BOOK), str(CLAUSE_BOOK))


def parse_book(text: str, name: str = "clauses") -> ClauseBook:
    """Understand a clause book: every clause of the convention, every term, the way to appeal.

    Raises:
        PolicyDocumentError: it names what is wrong, or missing.
    """
    model = _understood(BookModel, text, name)
    absent = [one.number for one in CLAUSES if one.number not in model.clauses]
    if absent:
        raise PolicyDocumentError(
            name, "the convention has this clause: say what follows from it", field=f"clauses.{absent[0]}"
        )
    without = [one.value for one in Retention if one not in model.retention]
    if without:
        raise PolicyDocumentError(
            name, "say how many days", field=f"retention.{without[0]}", line=line_of(text, ("retention",))
        )
    rules = {number: ClauseRule(number, **one.model_dump()) for number, one in model.clauses.items()}
    return ClauseBook(rules, model.retention, model.appeal.zh or "", model.appeal.en or "")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PolicyDocumentError(str(path), f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PolicyDocumentError(str(path), "is not UTF-8 text") from error


def _understood(model: type[_Model], text: str, name: str) -> _Model:
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        line = int(found[1]) if found else None
        raise PolicyDocumentError(name, f"is not TOML: {error}", line=line) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = tuple(part for part in first["loc"] if part != "[key]")
        raise PolicyDocumentError(
            name,
            _reason(first["type"], first["msg"], place),
            field=".".join(map(str, place)),
            line=line_of(text, place),
        ) from error


def _reason(kind: str, said: str, place: tuple[str | int, ...]) -> str:
    if kind != "missing":
        return said.removeprefix("Value error, ")
    ends = place[:1] == ("windows",) and place[-1] == "to"
    return "is missing: say when the window ends, by itself" if ends else "is missing"


def _policy(model: PolicyModel) -> Policy:
    return Policy(
        version=model.version,
        rules=tuple(Rule(**one.model_dump()) for one in model.rules),
        scenes={
            scene: {head: Threshold(one.review, one.block) for head, one in heads.items()}
            for scene, heads in model.scenes.items()
        },
        exempt=frozenset(model.exempt),
        trade_boards=model.trade_boards,
        switched_off=frozenset(model.switched_off),
        corroborated=frozenset(model.corroborated),
        corroboration=model.corroboration,
        windows=tuple(one.window() for one in model.windows),
    )


def _publishing(one: PublishingModel) -> PublishingRule:
    return PublishingRule(one.mode, one.group, one.scene, one.thread, _timeout(one.timeout))


def _timeout(one: TimeoutModel | None) -> Timeout | None:
    return Timeout(one.minutes, one.then) if one else None
