"""``moderation policy``: look at a policy file before anybody relies on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from moderation.cli.base import community_id, database, settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.coverage import Gap


@click.group("policy")
def policy() -> None:
    """Policy files."""


@policy.command("check")
@click.argument("policy_file", metavar="POLICY", type=click.Path(path_type=Path))
@click.option("--shipped", is_flag=True, help="Compare with the configured policy file, without a database.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def check(policy_file: Path, shipped: bool, data_dir: Path | None) -> None:  # noqa: FBT001 - an option
    """Say whether a policy file can be used, and what it no longer covers of the policy that is live (status 3).

    Example: moderation policy check strict.toml
    """
    from moderation.domain.coverage import uncovered
    from moderation.policy_file.document import read_policy
    from moderation.services.policies import Policies

    draft, usual = read_policy(policy_file), read_policy(settings(data_dir=data_dir).policy)
    if shipped:
        gaps = uncovered(usual.policy, draft.policy)
    else:
        sessions = database(data_dir)
        gaps = Policies(sessions, usual.text).uncovered(community_id(sessions), draft.text)
    click.echo(f"{draft.policy.version}: {len(draft.policy.rules)} rules, can be used")
    warn(gaps)
    if gaps:
        raise click.exceptions.Exit(3)


def warn(gaps: Sequence[Gap]) -> None:
    """Say on standard error what a policy no longer covers."""
    if not gaps:
        return
    click.echo(f"Warning: no longer covered, {len(gaps)} of the classifier's heads have no rule:", err=True)
    for one in gaps:
        click.echo(f"  {one.head} (clause {', '.join(one.clauses)})", err=True)
