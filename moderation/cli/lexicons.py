"""``moderation lexicons``: a community's own words, in and out as tables."""

from __future__ import annotations

from pathlib import Path

import click

from moderation.cli.base import community_id, database


@click.group()
def lexicons() -> None:
    """A community's own words, beside the shipped lists."""


@lexicons.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--list", "library", default="own", show_default=True, help="Name of the list.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def import_words(file: Path, library: str, data_dir: Path | None) -> None:
    """Import a CSV table of words, all or none; running workers apply them with their next batch.

    Example: moderation lexicons import words.csv --list own
    """
    from moderation.services.word_imports import WordImports
    from moderation.text.decoding import decode_table
    from moderation.text.entries import EntryError
    from moderation.wiring.common import clock

    sessions = database(data_dir)
    try:
        decoded = decode_table(file.read_bytes())
        if decoded is None:
            raise click.ClickException(f"{file}: cannot be read: neither UTF-8 nor GB18030 text")
        made = WordImports(sessions).import_csv(
            community_id(sessions), library, decoded[0], author="command line", now=clock()
        )
    except EntryError as error:
        raise click.ClickException(f"{file}: {error}") from error
    except OSError as error:
        raise click.ClickException(f"{file}: cannot be read: {error}") from error
    click.echo(f"{made.words} words are kept in the list {library} ({made.replaced} of them replaced)")
    click.echo(f"to take them back together: moderation lexicons undo {made.id}")


@lexicons.command("imports")
@click.option("--list", "library", help="Name of the list.  [default: all]")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def list_imports(library: str | None, data_dir: Path | None) -> None:
    """List what was imported, newest first: id, when, list, words, of those replaced, by whom, what became of it.

    Example: moderation lexicons imports --list own
    """
    from datetime import UTC, datetime

    from moderation.services.word_imports import WordImports

    sessions = database(data_dir)
    for one in WordImports(sessions).imports(community_id(sessions), library=library):
        row, at = one.row, datetime.fromtimestamp(one.row.at // 1_000_000, UTC)
        said = f"taken back by {row.undone_by}" if row.undone_at is not None else f"{one.standing} stand"
        click.echo(
            f"{row.id}\t{at:%Y-%m-%dT%H:%MZ}\t{row.library}\t{row.words}\t{row.replaced}\t{row.author}\t{said}"
        )


@lexicons.command("undo")
@click.argument("import_id", metavar="IMPORT", type=click.IntRange(1))
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def undo_import(import_id: int, data_dir: Path | None) -> None:
    """Take an import back as a whole: what it added goes, what it replaced comes back, what changed since stays.

    Example: moderation lexicons undo 3
    """
    from moderation.services.word_imports import ImportUndoneError, UnknownImportError, WordImports
    from moderation.wiring.common import clock

    sessions = database(data_dir)
    try:
        row = WordImports(sessions).undo_import(
            community_id(sessions), import_id, author="command line", now=clock()
        )
    except (ImportUndoneError, UnknownImportError) as error:
        raise click.ClickException(f"{error}: see «moderation lexicons imports»") from error
    said = row.undone
    click.echo(
        f"removed {said['removed']}, put back {said['put_back']}, left alone because changed since {said['left']}"
    )
    resting = said["resting"]
    few = "" if resting["complete"] else "at least "
    counts = f"{few}{resting['block']} blocked, {resting['review']} for review"
    click.echo(f"posts that rest on these words and stay as they are: {counts}")


@lexicons.command("export")
@click.option("--list", "library", help="Name of the list.  [default: all]")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def export_words(library: str | None, data_dir: Path | None) -> None:
    """Write the community's own words as a CSV table that can be imported again.

    Example: moderation lexicons export --list own > words.csv
    """
    from moderation.services.wordlists import WordLists

    sessions = database(data_dir)
    click.echo(WordLists(sessions).export_csv(community_id(sessions), library), nl=False)
