"""Characters to ids: the one tokeniser of training and serving.

A text is folded (NFKC, lower case, traditional to simplified script, accents and invisible characters
removed), contacts become mask tokens (``<url>``, ``<phone>`` …), and then every character is looked up
in a table.  So a text costs a few microseconds, and the cheapest ways to cloak a text are undone here.
Latin syllables are tokens of their own if the vocabulary has them (:mod:`moderation.classifiers.syllables`).
"""

from __future__ import annotations

import itertools
import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from moderation.classifiers.syllables import Syllables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SPECIAL: Final[tuple[str, ...]] = (
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "<url>", "<phone>", "<email>", "<num>", "<account>", "<idno>",
    "@用户", "[T]", "[/T]", " ", "[HAN]", "[LETTER]", "[SYMBOL]", *(f"[unused{n}]" for n in range(6)),
)  # fmt: skip
PAD, UNK, CLS, SEP, MASK = range(5)
TARGET_START, TARGET_END, SPACE, RARE_HAN, RARE_LETTER, RARE_SYMBOL = 12, 13, 14, 15, 16, 17
_PRIVATE: Final = 0xE000
# Marks of syllables: the token's id above this code point, in a plane that no text is left with after folding.
_SYLLABLE: Final = 0xF0000
_MASK_CHARS: Final = {SPECIAL[n].strip("<>"): chr(_PRIVATE + n) for n in range(5, 12)}
_START, _END = chr(_PRIVATE + TARGET_START), chr(_PRIVATE + TARGET_END)
_DOMAINS: Final = "com|cn|net|org|top|xyz|vip|cc|io|me|info|club|shop|site|live|app|tv|co|link|fun"
_CONTACTS: Final = re.compile(
    r"(?P<url>(?:https?://|www\.)[!-~]+|(?:[a-z0-9-]+\.)+(?:" + _DOMAINS + r")(?![a-z0-9])(?:/[!-~]*)?)"
    r"|(?P<email>[a-z0-9_.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)"
    r"|<(?P<given>url|phone|email|num|account|idno)>"
    r"|(?P<user>@(?:用户|[\w-]{1,20}(?=[\s:@,。]|$)))"
    r"|(?<!\d)(?P<phone>1[3-9]\d{9})(?!\d)"
    r"|(?P<num>\d{7,})",
)
_MAYBE_CONTACT: Final = re.compile(r"[@<]|\d{7}|[a-z]\.[a-z]|//")
_LATIN: Final = re.compile(r"[a-z]{2}")
_RUN: Final = 5
_REPEATS: Final = re.compile(r"(.)\1{5,}", re.DOTALL)
Encoded = tuple[list[int], list[int]]


def _mask(found: re.Match[str]) -> str:
    kind = found.lastgroup or ""
    if kind == "given":
        return _MASK_CHARS[found.group("given")]
    if kind == "user":
        return _MASK_CHARS["@用户"]
    return _MASK_CHARS[kind]


def _ascii_word(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _join_chunks(chunks: Sequence[str]) -> str:
    """Join white-space separated chunks; spaces that only pull single characters apart are dropped."""
    out = [chunks[0]]
    for before, after in itertools.pairwise(chunks):
        lone = len(before) == 1 or len(after) == 1
        words = _ascii_word(before[-1]) and _ascii_word(after[0]) and (len(before) > 1 or len(after) > 1)
        out.append(after if lone and not words else " " + after)
    return "".join(out)


class _Fold(dict[int, str | None]):
    """For ``str.translate``: code point to its folded form, worked out once and then remembered."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        category = unicodedata.category(char)
        value: str | None = char
        if char.isspace():
            value = " "
        elif category in ("Mn", "Me", "Cf", "Cc", "Co", "Cs", "Cn"):
            value = None
        elif category[0] == "L" and not char.isascii():
            base = unicodedata.normalize("NFKD", char)[0]
            value = base.lower() if base.isascii() else char
        self[code] = value
        return value


class _Table(dict[str, int]):
    """Character to id; an unknown character becomes one of the rare-character ids."""

    def __missing__(self, char: str) -> int:
        name = unicodedata.name(char, "")
        if name.startswith("CJK"):
            value = RARE_HAN
        else:
            value = RARE_LETTER if unicodedata.category(char)[0] in "LN" else RARE_SYMBOL
        self[char] = value
        return value


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Tokens in id order (the special ones first, Latin syllables last) and the fold of traditional characters.

    ``whole`` are Latin words that are not read as syllables.
    """

    tokens: tuple[str, ...]
    fold: Mapping[str, str]
    whole: tuple[str, ...] = ()

    def syllables(self) -> dict[str, int]:
        """Id of each syllable that is a token; empty in a vocabulary without any."""
        first = len(SPECIAL)
        return {token: n for n, token in enumerate(self.tokens[first:], first) if len(token) > 1}

    @staticmethod
    def read(path: Path) -> Vocabulary:
        """Read a vocabulary file.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is not a vocabulary.
        """
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict) or tuple(content.get("tokens", ())[: len(SPECIAL)]) != SPECIAL:
            message = f"{path} is not a vocabulary: its tokens do not begin with the special ones"
            raise ValueError(message)
        return Vocabulary(tuple(content["tokens"]), dict(content["fold"]), tuple(content.get("whole", ())))

    def write(self, path: Path) -> None:
        """Write the vocabulary as JSON."""
        content = {"tokens": list(self.tokens), "fold": dict(self.fold), "whole": list(self.whole)}
        path.write_text(
            json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
        )


class Tokeniser:
    """Turns texts into ids by table; holds no state beyond its caches."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._fold = _Fold({ord(old): new for old, new in vocabulary.fold.items()})
        self._table = _Table({token: n for n, token in enumerate(vocabulary.tokens) if len(token) == 1})
        self._table.update({chr(_PRIVATE + n): n for n in range(len(SPECIAL))})
        known = vocabulary.syllables()
        self._table.update({chr(_SYLLABLE + n): n for n in known.values()})
        self._syllables = Syllables({each: chr(_SYLLABLE + n) for each, n in known.items()}, vocabulary.whole)

    def __len__(self) -> int:
        return len(self.vocabulary.tokens)

    def fold(self, text: str) -> str:
        """Fold a text; the result has exactly one character a token (masks are private-use characters)."""
        if not text.isascii() and not unicodedata.is_normalized("NFKC", text):
            text = unicodedata.normalize("NFKC", text)
        text = text.lower().translate(self._fold)
        if _MAYBE_CONTACT.search(text):
            text = _CONTACTS.sub(_mask, text)
        if " " in text:
            chunks = text.split()
            text = _join_chunks(chunks) if chunks else ""
        if self._syllables and _LATIN.search(text):
            text = self._syllables.read(text)
        if len(text) - len(set(text)) < _RUN:
            return text
        return _REPEATS.sub(r"\1" * _RUN, text)

    def lookup(self, char: str) -> int:
        """Id of one folded character."""
        return self._table[char]

    def ids(self, text: str) -> list[int]:
        """Ids of a text, without [CLS] and [SEP], of any length."""
        table = self._table
        return [table[char] for char in self.fold(text)]

    def ids_with_target(self, text: str, start: int, end: int) -> list[int]:
        """Ids of a text whose span ``[start, end)`` (code points of ``text``) stands between [T] and [/T]."""
        before, target, after = self.ids(text[:start]), self.ids(text[start:end]), self.ids(text[end:])
        return [*before, TARGET_START, *target, TARGET_END, *after]

    def encode(self, text: str, title: str | None = None, limit: int = 256) -> Encoded:
        """Ids and token types of ``[CLS] text [SEP]`` or ``[CLS] title [SEP] text [SEP]``, cut to ``limit``.

        Token type 1 marks the title with its [SEP]; all else is 0.
        """
        return self.assemble(self.ids(text), self.ids(title) if title else None, limit)

    @staticmethod
    def assemble(ids: Sequence[int], title: Sequence[int] | None, limit: int) -> Encoded:
        """Put special tokens around ids; a title takes at most a third of ``limit``."""
        if not title:
            body = list(ids[: limit - 2])
            return [CLS, *body, SEP], [0] * (len(body) + 2)
        head = list(title[: limit // 3])
        body = list(ids[: limit - 3 - len(head)])
        return [CLS, *head, SEP, *body, SEP], [0] + [1] * (len(head) + 1) + [0] * (len(body) + 1)
