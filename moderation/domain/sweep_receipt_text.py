"""The receipt of a sweep as a page of Chinese text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moderation.domain.sweeps import LEFT_NAMES_ZH, Left, SweepKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_SUGGESTIONS: Final = {"pass": "通过", "review": "待审", "block": "拦截"}
_KINDS: Final = {"words": "词条", "contact": "联系方式", "policy": "策略版本", "release": "已不在用的词"}


def receipt_text(receipt: Mapping[str, Any]) -> str:
    """The receipt as a page of Chinese text; post numbers follow where the receipt lists them.

    What was struck is told in groups that add up to it.
    """
    window, sweep = receipt["window"], receipt["kind"] != SweepKind.RELEASE.value
    name = "回扫" if sweep else "放行"
    lines = [
        f"内容{name}记录 第 {receipt['sweep']} 号",
        "",
        *([f"所属：{receipt['community']}"] if receipt.get("community") else []),
        f"{name}依据：{_KINDS[receipt['kind']]} {_criteria(receipt)}",
        f"{name}原因：{receipt['why'] or '未填写'}",
        f"{name}范围：{window['since']} 至 {window['until']} {'收到' if sweep else '被拦截或待审'}的帖子",
        f"处置上限：{_limit(receipt)}",
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
        f"{_why_already(receipt)}，未改动 {_already(receipt)} 条",
        *_left("执行时未改动", receipt["posts_left"]),
    ]


def _limit(receipt: Mapping[str, Any]) -> str:
    if receipt["kind"] == SweepKind.RELEASE.value:
        return "只放宽，不加严"
    return "可拦截" if receipt["may_block"] else "仅转人工复核"


def _why_already(receipt: Mapping[str, Any]) -> str:
    release = receipt["kind"] == SweepKind.RELEASE.value
    return "另有依据" if release else "已是同样或更严的结论"


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
    if receipt["kind"] == SweepKind.RELEASE.value:
        return _released(found["released"])
    return "、".join(
        f"「{one['word']}」（{one['clause']}）" for one in found.get("words") or found["contact"]
    )


def _released(found: Mapping[str, Any]) -> str:
    if "import" in found:
        return f"第 {found['import']} 批导入（已撤销）"
    return f"词库「{found['list']}」" + "、".join(f"「{one['word']}」" for one in found["words"])


def _who(done: Mapping[str, Any] | None) -> str:
    return f"{done['by']}，{done['at']}" if done else "无"


def _clause(one: Mapping[str, Any]) -> str:
    return f"{one['clause']} {one['name']} {_SUGGESTIONS[one['before']]}→{_SUGGESTIONS[one['after']]}"


def _left(said: str, reasons: Mapping[str, int]) -> list[str]:
    return [f"{said} {posts} 条（{LEFT_NAMES_ZH[Left(reason)]}）" for reason, posts in reasons.items()]
