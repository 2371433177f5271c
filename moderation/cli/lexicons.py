"""``moderation lexicons``: a community's own words, in and out as tables."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import click

from moderation.cli.base import community_id, database
from moderation.cli.looking import WHO, data_dir_option, json_option
from moderation.cli.word_files import words_of
from moderation.cli.word_release import release
from moderation.cli.word_trial import show_preview


@click.group()
def lexicons() -> None:
    """A community's own words, beside the shipped lists."""


@lexicons.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--list", "library", default="own", show_default=True, help="Name of the list.")
@click.option("--preview", is_flag=True, help="Keep nothing; say what the words would have hit.")
@click.option(
    "--days", default=7, show_default=True, type=click.IntRange(1, 90), help="How far back a preview looks."
)
@json_option
@data_dir_option
def import_words(
    *, file: Path, library: str, preview: bool, days: int, as_json: bool, data_dir: Path | None
) -> None:
    """Import a CSV table of words, all or none; running workers apply them with their next batch.

    Example: moderation lexicons import words.csv --list own --preview
    """
    from moderation.services.word_imports import WordImports
    from moderation.text.entries import EntryError
    from moderation.wiring.common import clock

    try:
        with closing(database(data_dir)) as sessions:
            entries = words_of(file)
            if preview:
                show_preview(sessions, library, entries, days=days, as_json=as_json, data_dir=data_dir)
                return
            made = WordImports(sessions).keep(
                community_id(sessions), library, entries, author=WHO, now=clock()
            )
    except EntryError as error:
        raise click.ClickException(f"{file}: {error}") from error
    if as_json:
        click.echo(json.dumps({"kept": made.words, "replaced": made.replaced, "import": made.id}))
        return
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

    with closing(database(data_dir)) as sessions:
        found = WordImports(sessions).imports(community_id(sessions), library=library)
    for one in found:
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

    try:
        with closing(database(data_dir)) as sessions:
            row = WordImports(sessions).undo_import(
                community_id(sessions), import_id, author=WHO, now=clock()
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
    if resting["block"] or resting["review"] or few:
        click.echo(f"to see what these words alone decided: moderation lexicons release --import {import_id}")


@lexicons.command("export")
@click.option("--list", "library", help="Name of the list.  [default: all]")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
@click.option(
    "--no-mark", is_flag=True, help="Leave out the byte order mark by which a spreadsheet knows UTF-8."
)
def export_words(*, library: str | None, no_mark: bool, data_dir: Path | None) -> None:
    """Write the community's own words as a CSV table that can be imported again, as the desk does.

    Example: moderation lexicons export --list own > words.csv
    """
    from moderation.services.wordlists import WordLists

    with closing(database(data_dir)) as sessions:
        table = WordLists(sessions).export_csv(community_id(sessions), library)
    # Bytes: UTF-8 whatever the terminal says it is.
    click.echo((("" if no_mark else "\ufeff") + table).encode(), nl=False)


lexicons.add_command(release)
