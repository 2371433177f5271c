"""Options that several training commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

FOLDER: Final = click.Path(path_type=Path, file_okay=False)
FOUND: Final = click.Path(path_type=Path, exists=True)
DEVICE: Final = click.option(
    "--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True, help="Where to train."
)
RANKS: Final = click.option(
    "--ranks", default=4, show_default=True, help="Processes of one thread each (cpu; on cuda always 1)."
)
LICENCES: Final = click.option(
    "--licences",
    type=click.Choice(["all", "permissive"]),
    default="all",
    show_default=True,
    help="permissive: only sources under an open licence.",
)
