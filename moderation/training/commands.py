"""``moderation train …`` and ``moderation evaluate``: the command line of this package."""

# ruff: noqa: PLC0415, PLR0917 - heavy imports wait for their command; click passes options by name
from __future__ import annotations

import json
import time
from pathlib import Path

import click

from moderation.training.options import DEVICE, FOLDER, FOUND, LICENCES, RANKS


@click.group()
def train() -> None:
    """Make a model: pretrain, finetune, export (which calibrates too)."""


@train.command("posts")
@click.argument("files", nargs=-1, required=True, type=FOUND)
@click.option("--output", required=True, type=click.Path(path_type=Path), help="File to write.")
def build_posts(files: tuple[Path, ...], output: Path) -> None:
    """Turn authors' short lines into the corpus of our own.

    Example: moderation train posts lines/*.jsonl --output models/corpus/posts.jsonl
    """
    from moderation.training.posts import build, counts, write

    found, problems = build(files)
    write(found, output)
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(json.dumps(counts(found), ensure_ascii=False, indent=1))


@train.command()
@click.argument("texts", nargs=-1, required=True, type=FOUND)
@click.option(
    "--folder", required=True, type=FOLDER, help="Vocabulary, tokenised text and checkpoints live here."
)
@click.option("--minutes", default=60.0, show_default=True, help="How long to go on.")
@click.option(
    "--decay-steps", default=0, show_default=True, help="Then anneal a copy and write folder/encoder."
)
@click.option("--objective", type=click.Choice(["masked", "replaced"]), default="masked", show_default=True)
@click.option("--layers", default=6, show_default=True)
@click.option("--width", default=256, show_default=True)
@click.option("--tokens", default=8192, show_default=True, help="Padded characters a step.")
@click.option(
    "--together", default=20, show_default=True, help="Steps the ranks take on their own before they meet."
)
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--start", type=FOUND, help="Begin with this encoder, such as models/encoder, and its vocabulary."
)
@RANKS
@DEVICE
def pretrain(
    texts: tuple[Path, ...],
    folder: Path,
    minutes: float,
    decay_steps: int,
    objective: str,
    layers: int,
    width: int,
    tokens: int,
    together: int,
    seed: int,
    start: Path | None,
    ranks: int,
    device: str,
) -> None:
    """Pre-train an encoder on plain text (one post a line, .txt or .txt.xz); goes on where it stopped.

    Example: moderation train pretrain data/*.txt.xz --folder build/pretrain --minutes 90 --decay-steps 400
    """
    from moderation.training.electra import Shape
    from moderation.training.pretrain import Plan
    from moderation.training.ranks import run_ranks
    from moderation.training.stages import prepare_text, pretrain_rank

    shape = Shape(layers=layers, width=width, heads=width // 64, ffn=4 * width)
    plan = Plan(objective=objective, shape=shape, tokens=tokens, together=together, seed=seed)
    prepare_text(folder, sorted(texts), shape, ranks, start)
    run_ranks(
        pretrain_rank, 1 if device == "cuda" else ranks, plan, folder, minutes, decay_steps, device, start
    )


@train.command()
@click.option("--encoder", required=True, type=FOUND, help="Pre-trained encoder (folder of save_pretrained).")
@click.option("--vocabulary", required=True, type=FOUND, help="Its vocab.json.")
@click.option("--data", required=True, type=FOUND, help="Folder of labelled *.jsonl.xz files.")
@click.option("--posts", type=FOUND, help="The corpus of our own.")
@click.option(
    "--unlabelled",
    type=FOUND,
    multiple=True,
    help="Plain text: weak negatives (the first such file), and lines of it that were read.",
)
@click.option("--output", required=True, type=FOLDER)
@click.option("--passes", default=2, show_default=True)
@click.option("--share", default=1.0, show_default=True, help="Part of every other source in each pass.")
@click.option("--core", default=1.0, show_default=True, help="Part of the core sources in each pass.")
@click.option("--falling", default=1.0, show_default=True, help="Factor on that part from pass to pass.")
@click.option("--posts-times", default=3, show_default=True, help="How often a pass has our own posts.")
@click.option("--tokens", default=3072, show_default=True, help="Padded characters a step of all ranks.")
@click.option("--rate", default=3e-4, show_default=True, help="Highest learning rate.")
@click.option(
    "--wide-passes", default=3, show_default=True, help="Passes of the character n-gram part; 0: none."
)
@click.option("--seed", default=7, show_default=True)
@LICENCES
@RANKS
@DEVICE
def finetune(
    encoder: Path,
    vocabulary: Path,
    data: Path,
    posts: Path | None,
    unlabelled: tuple[Path, ...],
    output: Path,
    passes: int,
    share: float,
    core: float,
    falling: float,
    posts_times: int,
    tokens: int,
    rate: float,
    wide_passes: int,
    seed: int,
    licences: str,
    ranks: int,
    device: str,
) -> None:
    """Train all heads on the labelled data; goes on where it stopped.

    Example: moderation train finetune --encoder models/encoder --vocabulary models/encoder/vocab.json
    --data data/labelled --posts models/corpus/posts.jsonl --output build/run1
    """
    from moderation.training.finetune import Recipe
    from moderation.training.ranks import run_ranks
    from moderation.training.stages import Inputs, finetune_rank, wide_alone

    inputs = Inputs(encoder, vocabulary, data, posts, unlabelled, permissive=licences == "permissive")
    recipe = Recipe(
        passes=passes,
        tokens=tokens,
        rate=rate,
        posts_times=posts_times,
        weak=30_000 if unlabelled else 0,
        share=share,
        falling=falling,
        core=core,
        seed=seed,
    )
    run_ranks(finetune_rank, 1 if device == "cuda" else ranks, inputs, recipe, output, device)
    if wide_passes:
        wide_alone(inputs, output, wide_passes)


@train.command()
@click.option("--network", required=True, type=FOUND, help="Output folder of finetune.")
@click.option("--vocabulary", required=True, type=FOUND)
@click.option("--data", required=True, type=FOUND)
@click.option("--posts", type=FOUND)
@click.option("--unlabelled", type=FOUND, help="Plain text, not the file given to finetune.")
@click.option("--bundle", required=True, type=FOLDER, help="Folder to write, such as models/zh-base.")
@click.option("--version", required=True)
@click.option("--torch-weights", is_flag=True, help="Add fp16 weights, for serving by torch on a GPU.")
@LICENCES
def export(
    network: Path,
    vocabulary: Path,
    data: Path,
    posts: Path | None,
    unlabelled: Path | None,
    bundle: Path,
    version: str,
    licences: str,
    *,
    torch_weights: bool,
) -> None:
    """Mix deep and wide part, write int8 ONNX, calibrate on dev, and put the bundle in its place.

    Example: moderation train export --network build/run1 --vocabulary models/encoder/vocab.json
    --data data/labelled --posts models/corpus/posts.jsonl --bundle models/zh-base --version 1.1.0
    """
    from moderation.training.assemble import Sources, assemble

    sources = Sources(data, posts, unlabelled, permissive=licences == "permissive")
    figures = assemble(network, bundle, vocabulary, sources, version, torch_weights=torch_weights)
    click.echo(json.dumps(figures, indent=1))


@train.command()
@click.option("--bundle", required=True, type=FOUND)
@click.option("--data", required=True, type=FOUND)
@click.option("--posts", type=FOUND)
@click.option("--unlabelled", type=FOUND)
@click.option(
    "--review-budget", default=0.012, show_default=True, help="Share of ordinary posts sent to review."
)
@click.option("--block-budget", default=0.0005, show_default=True, help="Share of ordinary posts blocked.")
def calibrate(
    bundle: Path,
    data: Path,
    posts: Path | None,
    unlabelled: Path | None,
    review_budget: float,
    block_budget: float,
) -> None:
    """Fit calibration and thresholds of an existing bundle again.

    Example: moderation train calibrate --bundle models/zh-base --data data/labelled --posts models/corpus/posts.jsonl
    """
    from moderation.training.assemble import Sources, calibrate_again

    figures = calibrate_again(bundle, Sources(data, posts, unlabelled), (review_budget, block_budget))
    click.echo(json.dumps(figures, indent=1))


@click.command()
@click.option("--bundle", required=True, type=FOUND, help="Bundle to measure.")
@click.argument("files", nargs=-1, required=True, type=FOUND)
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write all figures here.")
@click.option(
    "--floor", type=FOUND, help="Labelled data folder: train the linear n-gram floor in the same run."
)
@click.option("--threads", default=1, show_default=True)
def evaluate(
    bundle: Path, files: tuple[Path, ...], json_file: Path | None, floor: Path | None, threads: int
) -> None:
    """Measure a bundle on the test part of each file, with 95 % intervals.

    Example: moderation evaluate --bundle models/zh-base data/labelled/cold.jsonl.xz models/corpus/posts.jsonl
    """
    from moderation.classifiers import BundleError, load_classifier
    from moderation.training.evaluate import all_ordinary, evaluate_file
    from moderation.training.floor import floor_figures
    from moderation.training.report import markdown
    from moderation.training.stages import progress_bar
    from moderation.training.testsets import read_tests

    try:
        classifier = load_classifier(bundle, threads)
        tests = {path.name.partition(".jsonl")[0]: read_tests(path) for path in files}
    except (BundleError, OSError, ValueError, KeyError) as error:
        raise click.ClickException(str(error)) from None
    results = []
    with progress_bar() as bar:
        task = bar.add_task("evaluating", total=len(tests), note="")
        for name, examples in tests.items():
            if examples:
                results.append(evaluate_file(classifier, name, examples))
            bar.update(task, advance=1, note=name)
    figures = {
        "bundle": classifier.version,
        "at": time.strftime("%Y-%m-%d"),
        "files": results,
        "ordinary": all_ordinary(results),
        "floor": floor_figures(floor, tests) if floor else None,
    }
    click.echo(markdown(figures))
    if json_file:
        json_file.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
