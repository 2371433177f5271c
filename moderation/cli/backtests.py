"""``moderation backtest``: what a changed policy would have done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from moderation.cli.base import community_id, database, settings
from moderation.cli.policies import warn

if TYPE_CHECKING:
    from moderation.domain.backtest import Backtest
    from moderation.domain.intervals import Share

_DAY: Final = 86_400 * 1_000_000


@click.command()
@click.argument("policy_file", metavar="POLICY", type=click.Path(path_type=Path))
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 90), help="How far back.")
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON, with examples.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def backtest(policy_file: Path, days: int, as_json: bool, data_dir: Path | None) -> None:  # noqa: FBT001 - an option
    """Show what a changed policy would have done with the posts of the last days.  Nothing is changed.

    Each post is judged by its kept scores and hits, in the sensitive periods that were open when it came in.

    Example: moderation backtest strict.toml --days 30
    """
    from moderation.domain.coverage import uncovered
    from moderation.endpoints.backtests import BASIS, backtest_json
    from moderation.endpoints.policy_problems import gaps_json
    from moderation.policy_file.document import parse_policy, read_policy
    from moderation.services.backtesting import Backtesting
    from moderation.services.policies import Policies
    from moderation.store import reviewed
    from moderation.wiring.calibration import read_calibration
    from moderation.wiring.common import clock

    chosen = settings(data_dir=data_dir)
    draft = read_policy(policy_file).policy
    sessions, calibrated = database(data_dir), read_calibration(chosen)
    shipped = read_policy(chosen.policy).text
    live = Policies(sessions, shipped).live_document(community_id(sessions))
    gaps = uncovered(parse_policy(live).policy, draft)
    now = clock()
    with sessions.read() as session:
        curves = reviewed.latest_of(session, community_id(sessions))
    found = Backtesting(sessions, shipped, calibrated).run(
        community_id(sessions),
        before=parse_policy(live).policy.with_calibration(calibrated).with_reviews(curves),
        after=draft.with_calibration(calibrated).with_reviews(curves),
        since=now - days * _DAY,
        until=now,
    )
    warn(gaps)
    if as_json:
        body = backtest_json(found) | {"basis": BASIS, "no_longer_covered": gaps_json(gaps)}
        click.echo(json.dumps(body, ensure_ascii=False, indent=1))
    else:
        click.echo(_summary(found))


def _summary(found: Backtest) -> str:
    lines = [f"{found.posts} posts decided again, {found.flipped} otherwise"]
    if found.partly:
        lines.append(f"{found.partly} have parts that are not replayed; their outcome is kept")
    lines += [f"  {before} -> {after}: {count}" for (before, after), count in found.flips.most_common()]
    for name, share in (("precision", found.precision), ("recall", found.recall)):
        old, new = share("before"), share("after")
        if old.total or new.total:
            lines.append(f"  {name} of blocks against people: {_share(old)} -> {_share(new)}")
    return "\n".join(lines)


def _share(share: Share) -> str:
    if share.value is None:
        return "–"
    return f"{share.value:.1%} [{share.lower:.1%}, {share.upper:.1%}] of {share.total}"
