"""``python -m workers scoring | general | schedule``: one process of the named kind."""

from __future__ import annotations

import click

from moderation.logs import configure
from workers import schedule, worker


@click.command()
@click.argument("role", type=click.Choice([*worker.ROLES, "schedule"]))
def main(role: str) -> None:
    """Run one worker process.

    Example: MODERATION_REDIS_URL=redis://… MODERATION_DATABASE_URL=postgresql+psycopg://… python -m workers scoring
    """
    configure()
    if role == "schedule":
        schedule.run()
    else:
        worker.run(role)


if __name__ == "__main__":
    main()
