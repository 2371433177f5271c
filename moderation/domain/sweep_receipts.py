"""The receipt of a sweep: what, how many, when, by whom and by which criteria, fit to be handed to an authority."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.convention import clause
from moderation.domain.sweeps import LEFT_NAMES_ZH, Left, SweepKind, Swept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

BEIJING: Final = timezone(timedelta(hours=8), "UTC+8")
_SUGGESTIONS: Final = {"pass": "通过", "review": "待审", "block": "拦截"}
_KINDS: Final = {"words": "词条", "contact": "联系方式", "policy": "策略版本"}


@dataclass(frozen=True, slots=True)
class Change:
    """So many posts of a sweep in one state, with one kind of change.  ``reason`` says why they were left."""

    state: Swept
    reason: str
    before: str
    after: str
    clause: str
    posts: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of a sweep's posts."""

    changes: tuple[Change, ...]

    def count(self, *states: Swept) -> int:
        """How many posts are in these states."""
        return sum(one.posts for one in self.changes if one.state in states)

    def reasons(self, state: Swept) -> dict[str, int]:
        """Posts of a state by the reason for it."""
        return dict(self._summed(lambda one: one.reason, [state]))

    def by_change(self, *states: Swept) -> dict[tuple[str, str, str], int]:
        """Posts by (suggestion before, suggestion after, clause), the most first; of all states where none is named."""
        return dict(
            self._summed(lambda one: (one.before, one.after, one.clause), states or Swept).most_common()
        )

    def _summed(self, key: Callable[[Change], Any], states: Iterable[Swept]) -> Counter[Any]:
        wanted = frozenset(states)
        found: Counter[Any] = Counter()
        for one in self.changes:
            if one.state in wanted:
                found[key(one)] += one.posts
        return found


def already(matched: int, decided: int, tally: Tally) -> int:
    """Struck posts that no person has decided and whose verdict is the same or stricter already."""
    return matched - decided - tally.count(*Swept)


def receipt_json(sweep: Mapping[str, Any], tally: Tally, digest: str) -> dict[str, Any]:
    """The receipt without the list of posts.

    Args:
        sweep: ``id``, ``kind``, ``criteria``, ``may_block``, ``why``, ``state``, ``author``, ``applied_by``,
            ``undone_by``, ``posts``, ``matched``, ``decided``, the instants ``since``, ``until``, ``created_at``,
            ``applied_at``, ``undone_at`` in UTC microseconds (the last two may be None), and the ``community``'s
            name, which may be left out.
        tally: what became of the posts.
        digest: SHA-256 over the numbers of the posts that were changed.
    """
    changed = (Swept.APPLIED, Swept.UNDONE, Swept.KEPT)
    return {
        "sweep": sweep["id"],
        "community": sweep.get("community", ""),
        "state": sweep["state"],
        "kind": sweep["kind"],
        "criteria": sweep["criteria"],
        "may_block": sweep["may_block"],
        "why": sweep["why"],
        "window": {"since": iso(sweep["since"]), "until": iso(sweep["until"])},
        "previewed": {"by": sweep["author"], "at": iso(sweep["created_at"])},
        "applied": _done(sweep["applied_by"], sweep["applied_at"]),
        "undone": _done(sweep["undone_by"], sweep["undone_at"]),
        "posts_read": sweep["posts"],
        "posts_matched": sweep["matched"],
        "posts_decided_by_people": sweep["decided"],
        "posts_already": already(sweep["matched"], sweep["decided"], tally),
        "posts_planned": tally.count(Swept.PLANNED),
        "posts_changed": tally.count(*changed),
        "posts_left": tally.reasons(Swept.LEFT),
        "posts_restored": tally.count(Swept.UNDONE),
        "posts_not_restored": tally.reasons(Swept.KEPT),
        "by_clause": [
            {"clause": number, "name": clause(number).zh, "before": before, "after": after, "posts": posts}
            for (before, after, number), posts in tally.by_change(*changed).items()
        ],
        "post_ids_sha256": digest,
    }


def _done(by: str, at: int | None) -> dict[str, str | None] | None:
    return None if at is None else {"by": by, "at": iso(at)}


def iso(micros: int | None) -> str | None:
    """An instant in Beijing time with its offset, to the second."""
    if micros is None:
        return None
    return datetime.fromtimestamp(micros // 1_000_000, BEIJING).isoformat()


def receipt_text(receipt: Mapping[str, Any]) -> str:
    """The receipt as a page of Chinese text; post numbers follow where the receipt lists them.

    What was struck is told in groups that add up to it.
    """
    window = receipt["window"]
    lines = [
        f"内容回扫记录 第 {receipt['sweep']} 号",
        "",
        *([f"所属：{receipt['community']}"] if receipt.get("community") else []),
        f"回扫依据：{_KINDS[receipt['kind']]} {_criteria(receipt)}",
        f"回扫原因：{receipt['why'] or '未填写'}",
        f"回扫范围：{window['since']} 至 {window['until']} 收到的帖子",
        f"处置上限：{'可拦截' if receipt['may_block'] else '仅转人工复核'}",
        f"预览：{receipt['previewed']['by']}，{receipt['previewed']['at']}",
        f"执行：{_who(receipt['applied'])}",
        f"撤销：{_who(receipt['undone'])}",
        "",
        f"扫描 {receipt['posts_read']} 条，命中 {receipt['posts_matched']} 条，其中：",
        *_groups(receipt),
        *([f"已恢复原结论 {receipt['posts_restored']} 条"] if receipt["undone"] else []),
        *_left("未能恢复", receipt["posts_not_restored"]),
        "",
        f"帖子编号清单 SHA-256：{receipt['post_ids_sha256']}",
        *(one["data_id"] for one in receipt.get("posts", ())),
    ]
    return "\n".join(lines) + "\n"


def _groups(receipt: Mapping[str, Any]) -> list[str]:
    """What became of the posts that were struck: each stands in one group."""
    planned = receipt["posts_planned"]
    return [
        f"改动 {receipt['posts_changed']} 条",
        *[f"  {_clause(one)} {one['posts']} 条" for one in receipt["by_clause"]],
        *([f"将改动 {planned} 条"] if planned else []),
        f"已有人工决定，未改动 {receipt['posts_decided_by_people']} 条",
        f"已是同样或更严的结论，未改动 {_already(receipt)} 条",
        *_left("执行时未改动", receipt["posts_left"]),
    ]


def _already(receipt: Mapping[str, Any]) -> int:
    """The group that receipts kept by earlier releases do not name: what is left of the struck ones."""
    named = receipt["posts_decided_by_people"] + receipt["posts_planned"] + receipt["posts_changed"]
    return int(
        receipt.get("posts_already", receipt["posts_matched"] - named - sum(receipt["posts_left"].values()))
    )


def _criteria(receipt: Mapping[str, Any]) -> str:
    found = receipt["criteria"]
    if receipt["kind"] == SweepKind.POLICY.value:
        return f"v{found['policy']}"
    return "、".join(
        f"「{one['word']}」（{one['clause']}）" for one in found.get("words") or found["contact"]
    )


def _who(done: Mapping[str, Any] | None) -> str:
    return f"{done['by']}，{done['at']}" if done else "无"


def _clause(one: Mapping[str, Any]) -> str:
    return f"{one['clause']} {one['name']} {_SUGGESTIONS[one['before']]}→{_SUGGESTIONS[one['after']]}"


def _left(said: str, reasons: Mapping[str, int]) -> list[str]:
    return [f"{said} {posts} 条（{LEFT_NAMES_ZH[Left(reason)]}）" for reason, posts in reasons.items()]
