"""A flood of near copies by one account, ordinary posts beside it, and a moderator: what tests of groups share."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from moderation.domain.review import Decision, DecisionKind
from moderation.services.intake import Intake
from moderation.services.reviewing import Reviewing
from moderation.services.together import Together
from moderation.services.users import Role
from moderation.store.tables import UserRow
from tests.behaving import a_board
from tests.factories import MINUTE, NOW, a_submission, an_author
from tests.fakes import RecordingBell

if TYPE_CHECKING:
    from moderation.store.engine import Sessions
    from moderation.store.tables import ReviewItemRow

PLEA = "楼主快出来看一看呀大家都等着你说句话呢不要再躲着装作没有看见我们了好不好"
BLOCK = Decision(DecisionKind.BLOCK, "0.1", "刷屏")
PASS = Decision(DecisionKind.PASS)


def a_moderator(sessions: Sessions, community_id: int) -> UserRow:
    """Somebody who decides; no name of theirs is another test user's."""
    row = UserRow(
        community_id=community_id,
        email=f"{uuid.uuid4().hex}@example.com",
        name="李审核",
        password_hash="",
        role=Role.MODERATOR.value,
        active=True,
        session_id=uuid.uuid4().hex,
        created_at=NOW,
    )
    with sessions.write.begin() as session:
        session.add(row)
    return row


class Flood:
    """p0 … are copies, every third with a number of its own; then come two posts about the weather."""

    def __init__(self, sessions: Sessions, community_id: int, *, copies: int = 9) -> None:
        self.board = a_board(sessions, community_id)
        self.sessions, self.id = sessions, community_id
        self.reviewing = Reviewing(sessions, RecordingBell())
        self.together = Together(sessions, self.reviewing)
        self.intake = Intake(sessions, RecordingBell())
        self.moderator = a_moderator(sessions, community_id)
        texts = [PLEA if place % 3 else f"{PLEA[:18]}{place}{PLEA[18:]}" for place in range(copies)]
        self.board.say(*(("u1", 0.1 * place, text, f"t{place}") for place, text in enumerate(texts)))
        self.board.say(("u8", 1, "早上好,今天去爬山"), ("u9", 2, "周末天气不错"))
        self.board.look()

    @property
    def finding(self) -> int:
        (row,) = [one for one in self.board.findings() if one.kind == "flood"]
        return row.id

    def item(self, name: str) -> ReviewItemRow:
        post = self.board.post(name).post
        return next(
            row for row in self.board.items() if (row.post_id, row.revision) == (post.id, post.revision)
        )

    def say_of(self, name: str, decision: Decision = PASS) -> None:
        """Somebody else decides about a post."""
        item = self.item(name)
        colleague = a_moderator(self.sessions, self.id)
        self.reviewing.decide(
            self.id, item.id, decision, moderator_id=colleague.id, version=item.version, now=NOW
        )

    def edit(self, name: str, text: str = "周末去爬山吧") -> None:
        new = a_submission(name, text, author=an_author("u1"), posted_at=NOW - MINUTE)
        self.intake.edit(self.id, new, edited_at=NOW, now=NOW)

    def withdraw(self, name: str) -> None:
        self.intake.withdraw(self.id, name)

    def decide(self, seen: list[tuple[int, int]], decision: Decision = BLOCK) -> int:
        return self.together.decide_finding(
            self.id, self.finding, seen, decision=decision, moderator_id=self.moderator.id, now=NOW
        ).id
