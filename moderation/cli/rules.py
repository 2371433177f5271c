"""``moderation brands``, ``lexicons`` and ``backtest``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from moderation.cli.base import community_id, database, settings

if TYPE_CHECKING:
    from moderation.domain.backtest import Backtest
    from moderation.domain.intervals import Share

_DAY: Final = 86_400 * 1_000_000


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
    from moderation.services.wordlists import WordLists
    from moderation.text.entries import EntryError
    from moderation.wiring.common import clock

    sessions = database(data_dir)
    try:
        table = file.read_text(encoding="utf-8-sig")
        kept = WordLists(sessions).import_csv(
            community_id(sessions), library, table, author="command line", now=clock()
        )
    except EntryError as error:
        raise click.ClickException(f"{file}: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file}: cannot be read: {error}") from error
    click.echo(f"{kept} words are kept in the list {library}")


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


@click.command()
@click.argument("policy_file", metavar="POLICY", type=click.Path(path_type=Path))
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 90), help="How far back.")
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON, with examples.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database.")
def backtest(policy_file: Path, days: int, as_json: bool, data_dir: Path | None) -> None:  # noqa: FBT001 - an option
    """Show what a changed policy would have done with the posts of the last days.  Nothing is changed.

    Example: moderation backtest strict.toml --days 30
    """
    from moderation.endpoints.backtests import backtest_json
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
    click.echo(json.dumps(backtest_json(found), ensure_ascii=False, indent=1) if as_json else _summary(found))


def _summary(found: Backtest) -> str:
    lines = [f"{found.posts} posts decided again, {found.flipped} otherwise"]
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
