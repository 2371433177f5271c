"""Says of a measured list whether its words block by themselves under a policy, and whether that was proven."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask_babel import gettext

from moderation.domain.evidence import Level
from review_ui.lexicon_page import shipped_lists

if TYPE_CHECKING:
    from moderation.domain.policy import Policy
    from moderation.measured_rules import Measured

ONLY_REVIEW: Final = frozenset({"headline", "codes"})
"""What code finds without a word: such hits are of level review, whatever the policy says."""


def blocks_alone(name: str, measured: Measured, policy: Policy) -> tuple[str, bool]:
    """What is said of a list, and whether to warn: it blocks by itself and the corpus does not prove it right."""
    if name in ONLY_REVIEW or not _has_blocking(name):
        return str(gettext("否：只送审，没有拦截级")), False
    if name in policy.corroborated:
        return str(gettext("否：模型也可疑才拦")), False
    if measured.may_block_alone:
        return str(gettext("能")), False
    return str(gettext("能（本社区自定，语料没有证明）")), True


def _has_blocking(name: str) -> bool:
    """Whether a shipped list has words of level block; one that is not there any more counts as having some."""
    found = next((one for one in shipped_lists() if one.name == name), None)
    return found is None or any(level == Level.BLOCK.value for _, level, _ in found.parts)
