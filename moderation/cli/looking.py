"""What the commands that look back share: options, a progress bar, tables."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

DAY: Final = 86_400 * 1_000_000
WHO: Final = "command line"
_CELL: Final = 32
"""Characters of a cell; --json shows everything."""

data_dir_option = click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database."
)
days_option = click.option(
    "--days", default=7, show_default=True, type=click.IntRange(1, 90), help="How far back."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Everything as JSON.")
limit_option = click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 500), help="Most lines."
)


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(what)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def show_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on the screen, long cells shortened; nothing where there are no rows."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*[Text(_short(cell)) for cell in row])
    Console().print(table)


def _short(cell: str) -> str:
    line = " ".join(cell.split())
    return line if len(line) <= _CELL else f"{line[: _CELL - 1]}…"
