"""What a table of words may call its columns and values in Chinese, beside the English names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moderation.domain.convention import CLAUSES

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS: Final[Mapping[str, str]] = {
    "词": "word",
    "词语": "word",
    "类型": "kind",
    "级别": "level",
    "条款": "clause",
    "词库": "library",
    "起": "effective_from",
    "生效时间": "effective_from",
    "止": "effective_to",
    "失效时间": "effective_to",
}
KINDS: Final[Mapping[str, str]] = {
    "普通词": "normal",
    "普通": "normal",
    "组合词": "combination",
    "组合": "combination",
    "拼音": "pinyin",
    "拼音词": "pinyin",
    "允许词": "allow",
    "允许": "allow",
    "放行词": "allow",
    "放行": "allow",
    "正则": "regex",
}
LEVELS: Final[Mapping[str, str]] = {"送审": "review", "待审": "review", "拦截": "block"}
"""What the desk calls the levels; 放行 and the like stand there too, and mean the kind that protects."""

_CLAUSES: Final = {
    f"{one.number} {name}": one.number for one in CLAUSES for name in (one.zh, one.en)
}  # fmt: skip


def column(name: str) -> str:
    """A column's own name for what a table calls it; anything else as it stands."""
    plain = name.strip()
    return COLUMNS.get(plain, plain)


def clause(cell: str) -> str:
    """A clause's number, also where its name follows as the desk shows it: «3.1 …»."""
    return _CLAUSES.get(" ".join(cell.split()), cell)


def kind_and_level(kind: str, level: str) -> tuple[str, str]:
    """Kind and level by their own names; where both are empty, an ordinary word for review."""
    kind, allows = KINDS.get(kind, kind), KINDS.get(level) == "allow"
    if allows and kind in ("", "allow"):
        return "allow", "review"
    return kind or "normal", LEVELS.get(level, level) or "review"
