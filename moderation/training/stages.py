"""What each process of a training command does: read inputs, show progress, train."""

from __future__ import annotations

import itertools
import json
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
import torch.distributed as dist
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from safetensors.torch import save_file

from moderation.classifiers.network import Network
from moderation.classifiers.tokenise import Tokeniser, Vocabulary
from moderation.training.corpus import Corpus
from moderation.training.embed import first_embeddings
from moderation.training.finetune import Recipe, Report, finetune, read_encoder
from moderation.training.labels import OUTPUTS
from moderation.training.ngrams import EXPERTS, train_experts
from moderation.training.pretrain import Plan, Run, decay, describe, open_batches, train
from moderation.training.pretrain import Progress as PretrainingProgress
from moderation.training.readings import read_lines_among, read_readings
from moderation.training.tokenised import CONTINUES, Lines, read_lines, tokenise_files
from moderation.training.vocabulary import build

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from moderation.training.electra import Shape
    from moderation.training.ranks import Share

_WEAK_LINES: Final = 60_000


def progress_bar() -> Progress:
    """The bar that all training commands show."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )


def prepare_text(
    folder: Path, texts: Sequence[Path], shape: Shape, workers: int, start: Path | None = None
) -> None:
    """Vocabulary (that of ``start``, if given), tokenised lines and counted embeddings; each if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    if start and not (folder / "vocab.json").exists():
        shutil.copyfile(start / "vocab.json", folder / "vocab.json")
    if not (folder / "vocab.json").exists():
        build(itertools.chain.from_iterable(map(read_lines, texts))).write(folder / "vocab.json")
    size = len(Vocabulary.read(folder / "vocab.json").tokens)
    lines = tokenise_files(folder / "vocab.json", texts, folder / "lines", workers)
    if not (folder / "embeddings.pt").exists():
        torch.save(first_embeddings(lines, size, shape.width), folder / "embeddings.pt")


def frequencies(lines: Lines, size: int) -> torch.Tensor:
    """How often each character stands in the first 20 million."""
    counts = np.bincount(np.asarray(lines.ids[:20_000_000]) & (CONTINUES - 1), minlength=size)
    return torch.from_numpy(counts).float()


def pretrain_rank(  # noqa: PLR0917 - passed by position to each process
    share: Share, plan: Plan, folder: Path, minutes: float, decay_steps: int, device: str, start: Path | None
) -> None:
    """Train the trunk for some minutes; then, if asked, anneal a copy and write ``folder/encoder``."""
    rank, ranks = share
    vocabulary, batches = open_batches(plan, folder)
    run = Run(plan, vocabulary, device)
    if not run.load(folder):
        size = len(vocabulary.tokens)
        run.begin(torch.load(folder / "embeddings.pt"), frequencies(Lines.open(folder / "lines"), size))
        if start:
            run.adopt(start)
    end = time.monotonic() + 60 * minutes

    def until(each: Run) -> bool:
        over = torch.tensor(float(time.monotonic() > end))
        if ranks > 1 and each.steps % 10 == 0:
            dist.broadcast(over, 0)
        elif ranks > 1:
            return False
        return bool(over.item())

    with progress_bar() as bar, (folder / "log.jsonl").open("a", encoding="utf-8") as log:
        task = bar.add_task("pre-training", total=None, note="", visible=rank == 0)

        def report(progress: PretrainingProgress) -> None:
            values = describe(progress)
            log.write(json.dumps(values) + "\n")
            log.flush()
            bar.update(task, completed=progress.step, note=" ".join(f"{k} {v}" for k, v in values.items()))

        train(run, batches, folder, until, report, rank=rank, ranks=ranks)
        if decay_steps:
            decay(run, batches, decay_steps, rank, ranks)
    if decay_steps and rank == 0:
        run.export(folder / "encoder")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What fine-tuning reads."""

    encoder: Path
    vocabulary: Path
    data: Path
    posts: Path | None
    # Weak negatives come from the first file, lines that were read from all of them.
    unlabelled: Sequence[Path] = ()
    permissive: bool = False

    def tokeniser(self) -> Tokeniser:
        """The encoder's tokeniser."""
        return Tokeniser(Vocabulary.read(self.vocabulary))

    def corpus(self) -> Corpus:
        """All examples."""
        weak = [
            line for path in self.unlabelled[:1] for line in itertools.islice(read_lines(path), _WEAK_LINES)
        ]
        readings = read_readings(self.posts)
        lines = itertools.chain.from_iterable(map(read_lines, self.unlabelled))
        read = read_lines_among(lines, readings) if readings else []
        return Corpus(self.data, self.posts, weak, read, permissive=self.permissive)


def finetune_rank(share: Share, inputs: Inputs, recipe: Recipe, output: Path, device: str) -> None:
    """Fine-tune on one rank."""
    torch.manual_seed(recipe.seed)
    network = Network(read_encoder(inputs.encoder, "sdpa" if device == "cuda" else "eager"), OUTPUTS)
    with progress_bar() as bar:
        task = bar.add_task("fine-tuning", total=None, note="", visible=share[0] == 0)

        def report(line: Report) -> None:
            note = f"loss {line.loss:.4f}, {line.examples_per_second:.0f} examples/s"
            bar.update(task, completed=line.step, total=line.steps, note=note)

        finetune(
            network, inputs.tokeniser(), inputs.corpus(), recipe, output, report, share=share, device=device
        )


def wide_alone(inputs: Inputs, output: Path, passes: int) -> None:
    """Train the experts of the wide part and leave them beside the network."""
    output.mkdir(parents=True, exist_ok=True)
    with progress_bar() as bar:
        task = bar.add_task("n-grams", total=passes * len(EXPERTS), note="")

        def report(expert: str, epoch: int, value: float) -> None:
            bar.update(task, advance=1, note=f"{expert}, pass {epoch + 1}, loss {value:.4f}")

        experts = train_experts(inputs.tokeniser(), inputs.corpus(), report, passes=passes)
    save_file(experts, output / "wide.safetensors")
