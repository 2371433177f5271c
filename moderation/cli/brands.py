"""``moderation brands``: dossiers from a file."""

from __future__ import annotations

from pathlib import Path

import click

from moderation.cli.base import community_id, database, settings


@click.group()
def brands() -> None:
    """Brand dossiers."""


@brands.command("load")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def load_brands(file: Path, data_dir: Path | None) -> None:
    """Load dossiers from TOML or JSON: {"brands": [{"name", "aliases": […], "exclusions", "context"}]}.

    Example: moderation brands load brands.toml
    """
    from moderation.outbound.bell import Bell
    from moderation.services.brand_statistics import BrandStatistics
    from moderation.wiring.brand_file import read_brands
    from moderation.wiring.common import clock, connect_redis

    dossiers = read_brands(file)
    sessions = database(data_dir)
    statistics = BrandStatistics(
        sessions, Bell(connect_redis(settings().redis_url or "redis://127.0.0.1:6379"))
    )
    for brand in dossiers:
        statistics.save(
            community_id(sessions), name=brand.name, dossier=brand.model_dump(exclude={"name"}), now=clock()
        )
    click.echo(f"{len(dossiers)} brands are kept")
