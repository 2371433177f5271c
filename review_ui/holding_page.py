"""Says of a post that waits whether readers see it meanwhile, why not, and how long until the time-out rule acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask_babel import gettext, lazy_gettext

from moderation.domain.holding import Cause
from moderation.domain.post import Overdue
from moderation.domain.review import ReviewState
from moderation.domain.verdict import Action, Suggestion
from moderation.domain.windows import Phase
from moderation.services.holding import Holding
from moderation.services.timeouts import SOURCE as TIMEOUT
from review_ui import policy_names
from review_ui.context import community, now, parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from moderation.domain.holding import Held, HeldBy
    from moderation.domain.windows import Window
    from moderation.store.queues import QueueEntry
    from moderation.store.tables import VerdictRow

_ = lazy_gettext
MINUTE: Final = 60 * 1_000_000
_SEEN: Final = {
    Action.SHOW.value: _("已展示"),
    Action.FOLD.value: _("已展示（折叠）"),
    Action.LIMIT.value: _("已展示（限流）"),
    Action.NUDGE.value: _("已展示（提醒作者）"),
    Action.AUTHOR_ONLY.value: _("未展示（仅作者可见）"),
    Action.REMOVE.value: _("未展示（已删除）"),
    Action.HOLD.value: _("已扣住（未展示）"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What is said of a post that waits: in a word or two, why, and what time will do."""

    held: bool
    word: str
    why: str = ""
    rest: str = ""


def shown_of(entries: Sequence[QueueEntry]) -> dict[int, Shown]:
    """For open items with a verdict on the text as it reads, by the item's id."""
    waiting = [
        (one.item, one.post, one.verdict)
        for one in entries
        if one.item.state == ReviewState.OPEN.value
        and one.verdict is not None
        and one.verdict.revision == one.post.revision
    ]
    held = _holding().of(community(), waiting, now=now())
    return {item.id: _shown(verdict, held.get(item.id)) for item, _post, verdict in waiting}


def window_holds(windows: Sequence[tuple[Window, Phase]]) -> dict[str, int]:
    """How many posts that wait each sensitive period holds, by its name; none before it has begun."""
    begun = [one.name for one, phase in windows if phase is not Phase.COMING]
    return _holding().by_window(community(), begun, now=now())


def held_by(window: str) -> HeldBy | None:
    """What a sensitive period holds, for a list of it; None where none is named."""
    return _holding().held_by(community(), window, now=now()) if window else None


def _holding() -> Holding:
    return Holding(parts().sessions, parts().intake.publishing)


def _shown(verdict: VerdictRow, held: Held | None) -> Shown:
    word = str(_SEEN.get(verdict.action, verdict.action))
    if held is not None:
        return Shown(held=True, word=word, why=_why(held), rest=_rest(held))
    if verdict.source == TIMEOUT and verdict.action == Action.SHOW.value:
        return Shown(held=False, word=word, why=str(gettext("到时没人处理，先展示了")))
    hidden = verdict.action in {Action.HOLD.value, Action.AUTHOR_ONLY.value, Action.REMOVE.value}
    return Shown(held=hidden or verdict.suggestion == Suggestion.BLOCK.value, word=word)


def _why(held: Held) -> str:
    if held.cause is Cause.WINDOW:
        return str(gettext("敏感时期「%(names)s」", names="、".join(held.windows)))
    if held.cause is Cause.BEHAVIOUR:
        return str(gettext("多帖行为"))
    if held.cause is Cause.BOARD:
        return str(gettext("板块%(mode)s", mode=policy_names.mode(held.mode.value)))
    return str(gettext("策略规则"))


def _rest(held: Held) -> str:
    """What time will do, or has done."""
    if held.acted:
        return str(gettext("已超时，继续扣住"))
    left = -(-(held.until - now()) // MINUTE)
    if left <= 0:
        return str(gettext("时限已到"))
    hours, minutes = divmod(left, 60)
    long = gettext("%(h)s 小时 %(m)s 分钟", h=hours, m=minutes) if hours else gettext("%(n)s 分钟", n=minutes)
    if held.then is Overdue.SHOW:
        return str(gettext("%(long)s后没人处理就先展示", long=long))
    return str(gettext("%(long)s后没人处理仍扣住，提到最前", long=long))
