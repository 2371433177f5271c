"""Says why an item stands where it does in the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext

from moderation.domain.queue_order import Urgency, place_of
from moderation.services.second_looks import ASKED
from review_ui import names

if TYPE_CHECKING:
    from moderation.store.tables import ReviewItemRow


def why_here(item: ReviewItemRow) -> str:
    """What puts an open item where it stands, in a few words."""
    place = place_of(item.priority, asked=item.reason.startswith(ASKED), reason=item.reason)
    if place.urgency is Urgency.OVERDUE:
        return str(gettext("时限已到，还没人处理"))
    if place.urgency is Urgency.ASKED:
        return str(gettext("有人请复核"))
    if place.urgency is Urgency.SPOT:
        return str(gettext("抽查，排在中等风险当中"))
    risk = names.of("risks", place.risk.value)
    return str(gettext("%(risk)s，把握 %(n)s%%", risk=risk, n=place.certainty))
