"""The pre-training text as one memory-mapped array of ids, made once.

``ids.u16`` holds the lines end to end; the top bit of a value says that the character continues the word
before it (words by jieba), so that whole words can be masked.  ``ends.npy`` holds where each line ends.
"""

from __future__ import annotations

import json
import lzma
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import rjieba

from moderation.classifiers.tokenise import Tokeniser, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

CONTINUES: Final = 0x8000
_LEAST, _MOST = 3, 510


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of ids: line ``n`` is ``ids[ends[n - 1]:ends[n]]``, with the word bit still in."""

    ids: NDArray[np.uint16]
    ends: NDArray[np.int64]

    @staticmethod
    def open(folder: Path) -> Lines:
        """Map the arrays of a folder into memory."""
        ends = np.load(folder / "ends.npy")
        return Lines(np.memmap(folder / "ids.u16", dtype=np.uint16, mode="r"), ends)

    def __len__(self) -> int:
        return len(self.ends)

    def line(self, index: int) -> NDArray[np.uint16]:
        """One line's values."""
        start = int(self.ends[index - 1]) if index else 0
        return self.ids[start : int(self.ends[index])]


def read_lines(path: Path) -> Iterator[str]:
    """Lines of a text file, or the texts of a labelled file's train rows; either may be compressed with xz.

    Reading the texts that a model is fine-tuned on beforehand brings it near them (Gururangan et al. 2020).
    """
    labelled = ".jsonl" in path.suffixes
    with (
        lzma.open(path, "rt", encoding="utf-8")
        if path.suffix == ".xz"
        else path.open(encoding="utf-8") as stream
    ):
        for line in stream:
            if not labelled:
                yield line.rstrip("\n")
            elif (row := json.loads(line)).get("split", "train") == "train":
                yield row["text"].replace("\n", " ")


def values(tokeniser: Tokeniser, text: str) -> list[int]:
    """Ids of a text with the word bit set where a character continues a word."""
    folded = tokeniser.fold(text)[:_MOST]
    ids = [tokeniser.lookup(char) for char in folded]
    place = 0
    for word in rjieba.cut(folded):
        for inside in range(place + 1, place + len(word)):
            ids[inside] |= CONTINUES
        place += len(word)
    return ids


def _one_part(vocabulary: Path, source: Path, part: Path) -> int:
    tokeniser = Tokeniser(Vocabulary.read(vocabulary))
    lengths: list[int] = []
    with part.open("wb") as out:
        for text in read_lines(source):
            ids = values(tokeniser, text)
            if len(ids) >= _LEAST:
                out.write(np.asarray(ids, dtype=np.uint16).tobytes())
                lengths.append(len(ids))
    np.save(part.with_suffix(".npy"), np.asarray(lengths, dtype=np.int32))
    return len(lengths)


def tokenise_files(vocabulary: Path, sources: Sequence[Path], folder: Path, workers: int = 4) -> Lines:
    """Tokenise text files into ``folder``, one process a file; an existing result is reused."""
    if (folder / "ends.npy").exists():
        return Lines.open(folder)
    folder.mkdir(parents=True, exist_ok=True)
    parts = [folder / f"part{n}.u16" for n in range(len(sources))]
    with ProcessPoolExecutor(workers) as pool:
        list(pool.map(_one_part, [vocabulary] * len(parts), sources, parts))
    lengths = [np.load(part.with_suffix(".npy")) for part in parts]
    with (folder / "ids.u16.tmp").open("wb") as out:
        for part in parts:
            out.write(part.read_bytes())
    (folder / "ids.u16.tmp").replace(folder / "ids.u16")
    np.save(folder / "ends.npy", np.cumsum(np.concatenate(lengths), dtype=np.int64))
    for part in parts:
        part.unlink()
        part.with_suffix(".npy").unlink()
    return Lines.open(folder)
