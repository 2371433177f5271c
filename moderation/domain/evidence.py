"""Evidence: why a verdict was reached, and where in the submitted text.

Every offset is ``[start, end)`` in Unicode code points of the text as it was submitted.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class HitType(StrEnum):
    """What produced a hit."""

    MODEL = "model"
    KEYWORD = "keyword"
    RULE = "rule"
    CONTACT = "contact"
    SIMILAR = "similar"


class Source(StrEnum):
    """Which part of the system asserts a label."""

    MODEL = "model"
    LEXICON = "lexicon"
    RULE = "rule"
    BEHAVIOUR = "behaviour"
    SIMILAR = "similar"
    REPORT = "report"


class Field(StrEnum):
    """Which text of the post a hit lies in."""

    TEXT = "text"
    TITLE = "title"
    IMAGE = "image"


class Level(StrEnum):
    """How far a lexicon entry may go on its own."""

    REVIEW = "review"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Hit:
    """One piece of evidence.

    ``value`` is the submitted surface, ``normalised`` the reading that matched.  A suppressed hit stays
    visible with its ``reason``, and counts for nothing.  In the field ``image`` offsets are of the text read in
    the image numbered ``image`` (from 1); what a code says has none.
    """

    type: HitType
    value: str
    normalised: str
    field: Field
    start: int
    end: int
    clause: str
    library: str = ""
    level: Level = Level.REVIEW
    suppressed: bool = False
    reason: str = ""
    image: int = 0


class ContactKind(StrEnum):
    """A way to be reached."""

    WECHAT = "wechat"
    QQ = "qq"
    PHONE = "phone"
    URL = "url"
    EMAIL = "email"
    QR = "qr"


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact found in a text, also when it was disguised (``obfuscated``)."""

    kind: ContactKind
    value: str
    start: int
    end: int
    obfuscated: bool = False
    field: Field = Field.TEXT
    image: int = 0
