"""``moderation score`` and ``moderation mentions``: files in, JSON lines out, in order; no server and no database."""

from __future__ import annotations

import csv
import itertools
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from moderation.assessment import Subject
from moderation.brand_finder import BrandFinder
from moderation.domain.brands import Brand
from moderation.domain.convention import Label
from moderation.domain.failures import UserError
from moderation.domain.policy import Circumstances
from moderation.domain.post import MAX_TEXT, Scene
from moderation.domain.verdict import Suggestion
from moderation.domain.wire import mention_json, verdict_json
from moderation.wiring.common import clock
from moderation.wiring.scoring import load_shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from moderation.settings import Settings
    from moderation.wiring.brand_file import BrandFileModel

BATCH: Final = 512


class InputFileError(UserError):
    """The input cannot be read; the message names the line."""


@dataclass(frozen=True, slots=True)
class GivenText:
    """One line of input."""

    id: str
    text: str
    title: str = ""


def read_texts(source: str) -> list[GivenText]:
    """Read JSON lines, CSV (by its name) or standard input ("-").

    Raises:
        InputFileError: a line is not of the form, or a text is longer than 10,000 code points.
    """
    name = "standard input" if source == "-" else source
    try:
        if source == "-":
            if sys.stdin.isatty():
                Console(stderr=True).print(
                    "读取标准输入,Ctrl-D 结束。 Reading standard input; Ctrl-D ends it."
                )
            return [_from_json(number, line, name) for number, line in _lines(sys.stdin)]
        with open(source, encoding="utf-8-sig", newline="") as stream:  # noqa: PTH123 - a name given on the command line
            if source.lower().endswith(".csv"):
                return list(_rows(csv.DictReader(stream), source))
            return [_from_json(number, line, source) for number, line in _lines(stream)]
    except OSError as error:
        raise InputFileError(f"{source}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputFileError(f"{name}: is not UTF-8 text") from error


def _rows(reader: csv.DictReader[str], source: str) -> Iterator[GivenText]:
    try:
        for number, row in enumerate(reader, 2):
            yield _from_record(number, row, source)
    except csv.Error as error:
        raise InputFileError(f"{source}: line {reader.line_num + 1}: is not CSV: {error}") from error


def _lines(stream: Iterable[str]) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(stream, 1) if line.strip())


def _from_json(number: int, line: str, source: str) -> GivenText:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputFileError(f"{source}: line {number}: is not JSON") from error
    if not isinstance(record, dict):
        raise InputFileError(f"{source}: line {number}: is not a JSON object")
    return _from_record(number, record, source)


def _from_record(number: int, record: dict[str, Any], source: str) -> GivenText:
    text = record.get("text")
    if not isinstance(text, str):
        raise InputFileError(f"{source}: line {number}: has no «text»")
    if len(text) > MAX_TEXT:
        raise InputFileError(
            f"{source}: line {number}: the text has {len(text)} characters; at most {MAX_TEXT}"
        )
    title = record.get("title") or ""
    if not isinstance(title, str):
        raise InputFileError(f"{source}: line {number}: «title» is no text")
    given_id = number if record.get("id") is None else record["id"]
    return GivenText(_writable(str(given_id)), _writable(text), _writable(title))


def _writable(text: str) -> str:
    """The text with a mark for each half of a surrogate pair, which cannot be written out again."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def score_texts(settings: Settings, texts: Sequence[GivenText], output: TextIO, *, scene: str) -> None:
    """Score texts and write one result a line."""
    if scene not in set(Scene):
        raise InputFileError(f"no scene {scene!r}; scenes: {', '.join(Scene)}")
    shipped = load_shipped(settings)
    lexicon, circumstances = shipped.lexicon, Circumstances(scene=Scene(scene))
    for batch in _batches(texts, "评分 scoring"):
        subjects = [Subject(one.text, shipped.policy, lexicon, one.title, circumstances) for one in batch]
        for one, found in zip(batch, shipped.assessor.assess(subjects, now=clock()), strict=True):
            _write(output, {"id": one.id, **verdict_json(found.verdict)})


def find_mentions(
    settings: Settings, texts: Sequence[GivenText], dossiers: Sequence[BrandFileModel], output: TextIO
) -> None:
    """Find brand mentions and write one result a line."""
    shipped = load_shipped(settings)
    lexicon = shipped.lexicon
    finder = BrandFinder(
        [
            Brand(
                id=number,
                name=one.name,
                aliases=tuple(one.aliases),
                exclusions=tuple(one.exclusions),
                context=tuple(one.context),
            )
            for number, one in enumerate(dossiers, 1)
        ]
    )
    for batch in _batches(texts, "品牌 mentions"):
        subjects = [Subject(one.text, shipped.policy, lexicon, one.title, brands=finder) for one in batch]
        for one, found in zip(batch, shipped.assessor.assess(subjects, now=clock()), strict=True):
            verdict = found.verdict
            spam = verdict.suggestion is Suggestion.BLOCK and verdict.label in (Label.SPAM_ADS, Label.QUALITY)
            mentions = [mention_json(mention) for mention in verdict.mentions]
            _write(output, {"id": one.id, "mentions": mentions, "spam": spam})


def _batches(texts: Sequence[GivenText], label: str) -> Iterator[list[GivenText]]:
    """Cut into batches, with a progress bar where a person looks on."""
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = sys.stderr.isatty() and len(texts) > 1
    with Progress(*columns, console=Console(stderr=True), disable=not shown) as progress:
        task = progress.add_task(label, total=len(texts))
        remaining = iter(texts)
        while batch := list(itertools.islice(remaining, BATCH)):
            yield batch
            progress.advance(task, len(batch))


def _write(output: TextIO, record: dict[str, Any]) -> None:
    output.write(json.dumps(record, ensure_ascii=False) + "\n")
