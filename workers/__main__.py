"""``python -m workers scoring | general``: one process of the named kind."""

from __future__ import annotations

import click

from moderation.logs import configure
from workers import worker


@click.command()
@click.argument("role", type=click.Choice(list(worker.ROLES)))
def main(role: str) -> None:
    """Run one worker process: «scoring» decides posts, «general» sweeps and counts.

    Example: MODERATION_REDIS_URL=redis://… MODERATION_DATABASE_URL=postgresql+psycopg://… python -m workers scoring
    """
    configure()
    worker.run(role)


if __name__ == "__main__":
    main()
