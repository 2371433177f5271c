"""Pre-training batches: whole words masked, lines of like length together, all from (seed, step).

Nothing here keeps state: batch ``n`` is the same whenever and wherever it is asked for, so a run that was
killed goes on exactly where its last checkpoint stands.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from pypinyin import lazy_pinyin

from moderation.classifiers.tokenise import CLS, MASK, SEP, SPECIAL
from moderation.training.tokenised import CONTINUES, Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_POOL: Final = 65_536
# Few shapes: the CPU's matrix kernels are made anew for each one.
_WIDTHS: Final = (16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 384, 512)
_PLACES: Final = 0.16


@dataclass(frozen=True, slots=True)
class Noise:
    """Shares of characters masked, of lines cloaked, and of characters cloaked in such a line.

    Of the masked ones, ``kept`` stay as they are, ``sounding`` become a homophone and ``spelt`` their syllable in
    Latin letters; of the cloaked ones ``latin`` become their syllable, the others a homophone.
    """

    masked: float = 0.2
    cloaked_lines: float = 0.08
    cloaked_characters: float = 0.2
    kept: float = 0.05
    sounding: float = 0.12
    spelt: float = 0.08
    latin: float = 0.3


@dataclass(frozen=True, slots=True)
class MaskedBatch:
    """Arrays for :meth:`moderation.training.electra.Electra.forward`: (batch, length) but for ``places``."""

    original: NDArray[np.int64]
    masked: NDArray[np.int64]
    places: NDArray[np.int64]
    counted: NDArray[np.float32]


def homophones(tokens: Sequence[str], width: int = 8) -> NDArray[np.int64]:
    """Table (vocabulary, width) of characters that sound alike; a character without any stands for itself."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, token in enumerate(tokens):
        if len(token) == 1 and "\u4e00" <= token <= "\u9fff":
            groups[lazy_pinyin(token)[0]].append(index)
    table = np.tile(np.arange(len(tokens), dtype=np.int64)[:, None], (1, width))
    for members in groups.values():
        for place, index in enumerate(members):
            others = [each for each in members[: width + 1] if each != index][:width] or [index]
            table[index] = [others[(place + n) % len(others)] for n in range(width)]
    return table


class Batches:
    """Plan of one pass over the lines, cut into steps of about ``tokens`` padded ids.

    Args:
        lines: the tokenised text.
        tokens: padded ids of one step over all ranks.
        seed: decides order and noise.
        longest: lines are cut to this many ids, [CLS] and [SEP] included.
        sounds: table of :func:`homophones`, or None for no cloaking.
        spelt: the syllable token of every id, 0 for none.
    """

    def __init__(
        self,
        lines: Lines,
        tokens: int,
        seed: int,
        *,
        longest: int = 256,
        sounds: NDArray[np.int64] | None = None,
        spelt: NDArray[np.int64] | None = None,
        noise: Noise | None = None,
    ) -> None:
        self._lines, self._tokens, self._seed, self._longest = lines, tokens, seed, longest
        self._sounds, self._spelt, self._noise = sounds, spelt, noise or Noise()
        widths = np.asarray([width for width in _WIDTHS if width <= longest])
        lengths = np.minimum(np.diff(lines.ends, prepend=0) + 2, widths[-1])
        self._lengths = widths[np.searchsorted(widths, lengths)]
        self._epoch, self._plan = -1, [np.zeros(0, dtype=np.int64)]
        self.per_epoch = len(self._plan_of(0))

    def _plan_of(self, epoch: int) -> list[NDArray[np.int64]]:
        if epoch == self._epoch:
            return self._plan
        random = np.random.default_rng((self._seed, epoch))
        order = random.permutation(len(self._lines))
        steps: list[NDArray[np.int64]] = []
        for start in range(0, len(order), _POOL):
            pool = order[start : start + _POOL]
            for width in np.unique(self._lengths[pool]):
                same = pool[self._lengths[pool] == width]
                rows = max(1, self._tokens // int(width))
                steps.extend(same[n : n + rows] for n in range(0, len(same) - rows + 1, rows))
        shuffled = random.permutation(len(steps))
        self._epoch, self._plan = epoch, [steps[n] for n in shuffled]
        return self._plan

    def step(self, number: int, rank: int = 0, ranks: int = 1) -> MaskedBatch:
        """This rank's share of step ``number`` (from 0)."""
        plan = self._plan_of(number // self.per_epoch)
        random = np.random.default_rng((self._seed, number, rank))
        members = plan[(number % self.per_epoch) % len(plan)]
        own = members[rank::ranks] if len(members) >= ranks else members
        width = int(self._lengths[own].max())
        raw = np.zeros((len(own), width), dtype=np.uint16)
        for row, index in enumerate(own):
            line = self._lines.line(int(index))[: width - 2]
            raw[row, 0], raw[row, len(line) + 1] = CLS, SEP
            raw[row, 1 : len(line) + 1] = line
        return self._mask(raw, random)

    def _mask(self, raw: NDArray[np.uint16], random: np.random.Generator) -> MaskedBatch:
        original = (raw & (CONTINUES - 1)).astype(np.int64)
        ordinary = original >= len(SPECIAL)
        counted = original > 0
        starts = (raw & CONTINUES) == 0
        word = np.cumsum(starts.ravel()) - 1
        drawn = random.random(int(word[-1]) + 1) < self._noise.masked
        chosen = drawn[word].reshape(raw.shape) & ordinary
        if self._sounds is not None:
            cloaked = random.random((len(raw), 1)) < self._noise.cloaked_lines
            cloaked = (
                cloaked & (random.random(raw.shape) < self._noise.cloaked_characters) & ordinary & ~chosen
            )
            latin = random.random(int(cloaked.sum())) < self._noise.latin
            original[cloaked] = self._alike(original[cloaked], latin, self._sounds, random)
            counted &= ~cloaked
        places = self._settle(chosen.ravel(), (ordinary & (counted)).ravel(), random)
        masked = original.copy()
        masked.ravel()[places] = self._hide(original.ravel()[places], random)
        return MaskedBatch(original, masked, places, counted.astype(np.float32))

    def _hide(self, ids: NDArray[np.int64], random: np.random.Generator) -> NDArray[np.int64]:
        """[MASK] mostly; a few stay, and a few become what sounds alike, to be read back."""
        fate = random.random(len(ids))
        hidden = np.where(fate < self._noise.kept, ids, MASK)
        if self._sounds is not None:
            latin = fate > 1.0 - self._noise.spelt
            alike = self._alike(ids, latin, self._sounds, random)
            hidden = np.where(fate > 1.0 - self._noise.spelt - self._noise.sounding, alike, hidden)
        return hidden

    def _alike(
        self,
        ids: NDArray[np.int64],
        latin: NDArray[np.bool_],
        sounds: NDArray[np.int64],
        random: np.random.Generator,
    ) -> NDArray[np.int64]:
        """What sounds like the ids: their syllable where ``latin`` says so and there is a token, else a homophone."""
        found = sounds[ids, random.integers(0, sounds.shape[1], len(ids))]
        if self._spelt is None:
            return found
        spelt = self._spelt[ids]
        return np.where(latin & (spelt > 0), spelt, found)

    @staticmethod
    def _settle(
        chosen: NDArray[np.bool_], allowed: NDArray[np.bool_], random: np.random.Generator
    ) -> NDArray[np.int64]:
        """Bring the number of masked places to a fixed share of the batch, so that shapes recur."""
        wanted = max(1, int(_PLACES * len(chosen)))
        places = random.permutation(np.flatnonzero(chosen))[:wanted]
        if len(places) < wanted:
            others = random.permutation(np.flatnonzero(allowed & ~chosen))[: wanted - len(places)]
            places = np.concatenate([places, others])
        if len(places) < wanted:
            places = np.resize(places, wanted)
        return np.sort(places)
