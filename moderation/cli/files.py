"""``moderation score``, ``mentions`` and ``behaviour``: files in, JSON lines out."""

from __future__ import annotations

from pathlib import Path

import click

from moderation.cli.base import Opened, settings


@click.command()
@click.argument("source", metavar="[INPUT]", required=False, default="-")
@click.option("--text", help="Score this text instead of a file.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here, not to the screen."
)
@click.option("--bundle", type=click.Path(path_type=Path), help="Model bundle.  [default: the shipped one]")
@click.option("--scene", default="post", show_default=True, help="Scene that the texts stand in.")
def score(source: str, text: str | None, output: Path | None, bundle: Path | None, scene: str) -> None:
    """Score texts without server or database.

    INPUT is JSON lines ({"id", "text", "title"?}), CSV with such columns, or - for standard input.
    One JSON result per input line, in order.

    Example: moderation score --text 加薇信领取兼职日结300
    """
    from moderation.commands.files import GivenText, read_texts, score_texts

    chosen = settings(bundle=bundle)
    given = [GivenText("1", text)] if text is not None else read_texts(source)
    with Opened(output) as stream:
        score_texts(chosen, given, stream, scene=scene)


@click.command()
@click.argument("source", metavar="INPUT")
@click.option(
    "--brands", "brand_file", required=True, type=click.Path(path_type=Path), help="Dossiers, TOML or JSON."
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here, not to the screen."
)
def mentions(source: str, brand_file: Path, output: Path | None) -> None:
    """Find brand mentions in texts, without server or database.

    INPUT is JSON lines ({"id", "text"}), CSV, or - for standard input.

    Example: moderation mentions posts.jsonl --brands brands.toml
    """
    from moderation.commands.files import find_mentions, read_texts
    from moderation.wiring.brand_file import read_brands

    dossiers = read_brands(brand_file)
    with Opened(output) as stream:
        find_mentions(settings(), read_texts(source), dossiers, stream)


@click.command()
@click.argument("source", metavar="INPUT")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here, not to the screen."
)
@click.option("--bundle", type=click.Path(path_type=Path), help="Model bundle.  [default: the shipped one]")
def behaviour(source: str, output: Path | None, bundle: Path | None) -> None:
    """Find repeat ads, coordinated ads, floods, fake engagement, deceptive links and pile-ons.

    INPUT is JSON lines, one window of posts each: {"id", "posts": [{"author", "text", "minute", "thread"?,
    "target_author"?}]}, or - for standard input.  One JSON line of findings per input line.

    Example: moderation behaviour windows.jsonl --output findings.jsonl
    """
    from moderation.commands.behaviour import find_behaviour

    chosen = settings(bundle=bundle)
    with Opened(output) as stream:
        find_behaviour(chosen, source, stream)
