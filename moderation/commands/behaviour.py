"""``moderation behaviour``: posts of communities in, findings out, one JSON line each; no server and no database."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from moderation.classifiers import BundleError, load_classifier
from moderation.classifiers.behaviour import Observer, Posted, find
from moderation.domain.behaviour import finding_json
from moderation.domain.failures import UserError
from moderation.domain.post import MAX_TEXT, Scene
from moderation.policy_file.document import read_policy
from moderation.text.lexicon import Lexicon
from moderation.text.segment import default_segmenter
from moderation.wiring.calibration import calibrated_thresholds
from moderation.wiring.common import clock
from moderation.wiring.lexicon_files import read_lexicons

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from moderation.settings import Settings

BATCH: Final = 512
"""Posts that are scored together."""

LATEST: Final = 1e12
"""Minutes from the origin that are still a time: two million years, and no float loses a second."""


class BehaviourFileError(UserError):
    """The input cannot be read; the message names line, post and field."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One line of input: posts of one community."""

    id: str
    posts: tuple[Posted, ...]


def find_behaviour(settings: Settings, source: str, output: TextIO) -> None:
    """Find what the posts of each line show together, and write one result a line, in order.

    INPUT is JSON lines, ``{"id", "posts": [{"author", "text", "minute", "thread"?, "target_author"?}]}``, or "-".
    Without a model bundle the word lists, contacts and cues stand alone; standard error says so.

    Raises:
        BehaviourFileError: a line is not of the form, or the bundle is damaged.
    """
    scenarios = read_scenarios(source)
    observer = build_observer(settings)
    columns = (TextColumn("行为 behaviour"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = sys.stderr.isatty() and len(scenarios) > 1
    with Progress(*columns, console=Console(stderr=True), disable=not shown) as progress:
        task = progress.add_task("behaviour", total=len(scenarios))
        for batch in _batches(scenarios):
            observed = iter(observer.observe([post for one in batch for post in one.posts], now=clock()))
            for one in batch:
                found = find([next(observed) for _ in one.posts])
                record = {"id": one.id, "findings": [finding_json(each) for each in found]}
                output.write(json.dumps(record, ensure_ascii=False) + "\n")
            progress.advance(task, len(batch))


def build_observer(settings: Settings) -> Observer:
    """Word lists, and the model where its bundle is there.

    Raises:
        BehaviourFileError: the bundle is there and damaged.
        LexiconFileError: a word list cannot be used.
    """
    lexicon = Lexicon.compile(read_lexicons(settings.lexicons))
    if not (settings.bundle / "bundle.json").is_file():
        click.echo(
            f"no model bundle at {settings.bundle}: word lists, contacts and cues stand alone", err=True
        )
        return Observer(lexicon, default_segmenter())
    try:
        classifier = load_classifier(settings.bundle, threads=settings.threads_per_worker)
    except BundleError as error:
        raise BehaviourFileError(str(error)) from error
    except ImportError as error:
        raise BehaviourFileError(f"the model needs the «worker» extra: {error}") from error
    policy = read_policy(settings.policy).policy.with_calibration(calibrated_thresholds(classifier.bundle))
    thresholds = {rule.head: policy.threshold(rule, Scene.POST) for rule in policy.rules if rule.enabled}
    return Observer(lexicon, default_segmenter(), classifier.score, thresholds)


def read_scenarios(source: str) -> list[Scenario]:
    """Read JSON lines from a file, or from standard input ("-").

    Raises:
        BehaviourFileError: the file cannot be read, or a line is not of the form.
    """
    if source == "-":
        return _scenarios(sys.stdin, "standard input")
    try:
        with open(source, encoding="utf-8-sig") as stream:  # noqa: PTH123 - a name given on the command line
            return _scenarios(stream, source)
    except OSError as error:
        raise BehaviourFileError(f"{source}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BehaviourFileError(f"{source}: is not UTF-8 text") from error


def _batches(scenarios: Iterable[Scenario]) -> Iterator[list[Scenario]]:
    """Lines together until they hold a batch of posts; a line is never cut."""
    batch: list[Scenario] = []
    for one in scenarios:
        batch.append(one)
        if sum(len(each.posts) for each in batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _scenarios(lines: Iterable[str], source: str) -> list[Scenario]:
    return [
        _scenario(line, number, f"{source}: line {number}")
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]


def _scenario(line: str, number: int, where: str) -> Scenario:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BehaviourFileError(f"{where}: is not JSON") from error
    if not isinstance(record, dict):
        raise BehaviourFileError(f"{where}: is not a JSON object")
    posts = record.get("posts")
    if not isinstance(posts, list):
        raise BehaviourFileError(f"{where}: has no list «posts»")
    read = tuple(_post(each, index, f"{where}: posts[{index}]") for index, each in enumerate(posts))
    return Scenario(_clean(str(record.get("id", number))), read)


def _post(record: object, index: int, where: str) -> Posted:
    if not isinstance(record, dict):
        raise BehaviourFileError(f"{where}: is not a JSON object")
    return Posted(
        index=index,
        author=_name(record, "author", where, needed=True),
        text=_text(record, where),
        minute=_minute(record, where),
        thread=_name(record, "thread", where),
        target_author=_name(record, "target_author", where),
        official=record.get("official") is True,
        minor=record.get("target_minor") is True,
    )


def _text(record: dict[str, Any], where: str) -> str:
    text = record.get("text")
    if not isinstance(text, str):
        raise BehaviourFileError(f"{where}: has no «text»")
    if len(text) > MAX_TEXT:
        raise BehaviourFileError(f"{where}: the text has {len(text)} characters; at most {MAX_TEXT}")
    return _clean(text)


def _minute(record: dict[str, Any], where: str) -> float:
    minute = record.get("minute")
    if minute is None:
        raise BehaviourFileError(f"{where}: has no «minute»")
    if isinstance(minute, bool) or not isinstance(minute, int | float) or not abs(minute) <= LATEST:
        raise BehaviourFileError(f"{where}: «minute» is no number")
    return minute


def _name(record: dict[str, Any], field: str, where: str, *, needed: bool = False) -> str:
    """A name, which may be given as a number; null is none."""
    value = record.get(field)
    if value is None or value == "":
        if needed:
            raise BehaviourFileError(f"{where}: has no «{field}»")
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BehaviourFileError(f"{where}: «{field}» is no text")
    return _clean(str(value))


def _clean(text: str) -> str:
    """Half a surrogate pair cannot be written out again; the mark says that something stood there."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
