"""Near-duplicate fingerprints: MinHash over character shingles of what is left without digits and contacts."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rensa import RMinHash

from moderation.text.normalise import normalise_many
from moderation.text.segment import encodable

if TYPE_CHECKING:
    from collections.abc import Sequence

PERMUTATIONS: Final = 64
BANDS: Final = 16
"""Bands of four rows: two texts of Jaccard index .7 share one with probability .99, of .3 with .12."""

_SHINGLE: Final = 3
_SEED: Final = 42
_TOKEN: Final = re.compile(r"[a-z0-9@#:/?&=%._~+\-]+")
_VARYING: Final = re.compile(r"[0-9@]|://|^www\.")
_NOT_WORD: Final = re.compile(r"[\W_]+")
_FORMAT: Final = f"<{PERMUTATIONS}I"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A MinHash signature, and how many characters it was made from.

    ``length`` counts code points after stripping.  Of few characters a likeness says little: callers that act on
    likeness alone should ask for a length of about 12.
    """

    signature: tuple[int, ...]
    length: int

    def to_bytes(self) -> bytes:
        """256 bytes of signature for storage, after two of length (capped)."""
        return struct.pack("<H", min(self.length, 0xFFFF)) + struct.pack(_FORMAT, *self.signature)

    @classmethod
    def from_bytes(cls, stored: bytes) -> Fingerprint:
        """The fingerprint that :meth:`to_bytes` wrote.

        Raises:
            struct.error: bytes of another length.
        """
        return cls(struct.unpack(_FORMAT, stored[2:]), struct.unpack("<H", stored[:2])[0])

    def band_keys(self) -> tuple[int, ...]:
        """One signed 64-bit key a band, for lookup: near-duplicates share at least one, whatever the process."""
        rows = PERMUTATIONS // BANDS
        return tuple(_key(band, self.signature[band * rows : (band + 1) * rows]) for band in range(BANDS))


def _key(band: int, rows: Sequence[int]) -> int:
    """FNV-1a over the rows of a band: stable, unlike ``hash``."""
    value = 0xCBF29CE484222325 ^ band
    for row in rows:
        value = ((value ^ row) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value - (1 << 64) if value >> 63 else value


def similar(one: Fingerprint, other: Fingerprint) -> float:
    """Estimated Jaccard index of the two texts' shingles, 0 to 1; standard error at most .063."""
    equal = sum(a == b for a, b in zip(one.signature, other.signature, strict=True))
    return equal / PERMUTATIONS


def fingerprint(text: str) -> Fingerprint:
    """Fingerprint of one submitted text."""
    return fingerprints([text])[0]


def fingerprints(texts: Sequence[str]) -> list[Fingerprint]:
    """Fingerprints in the texts' order."""
    return [_of_skeleton(skeleton(each.text)) for each in normalise_many(texts)]


def skeleton(text: str) -> str:
    """A light form without numbers, accounts, addresses, signs and white space: what a campaign keeps."""
    return _NOT_WORD.sub("", _TOKEN.sub(_constant, encodable(text)))


def _constant(token: re.Match[str]) -> str:
    """The token, unless it is a number, an account or an address."""
    return "" if _VARYING.search(token[0]) else token[0]


def _of_skeleton(kept: str) -> Fingerprint:
    last = max(1, len(kept) - _SHINGLE + 1)
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    sketch.update([kept[at : at + _SHINGLE] for at in range(last)])
    return Fingerprint(tuple(sketch.digest()), len(kept))
