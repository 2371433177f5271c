"""``/v1/radar``, ``/v1/gangs``: what rises in blocked posts, and which accounts belong together."""

from __future__ import annotations

from typing import Any, Final

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

from moderation.endpoints.instants import iso
from moderation.endpoints.requests import caller, needs, parts
from moderation.services.access import Scope
from moderation.services.radar import RadarPage
from moderation.sweeps.grouping import FoundGang
from moderation.sweeps.looks import MOST_POSTS

Answer = tuple[dict[str, Any], int]
"""A JSON body and the status."""

watching = APIBlueprint("watching", __name__, url_prefix="/v1", abp_tags=[Tag(name="sweeps")])

_DAY: Final = 86_400 * 1_000_000
_BOUND: Final = (
    f"Reads the latest {MOST_POSTS:,} posts of the window at most. «posts» says how many the window has, «read» how"
    " many of them were read, «complete» whether those are all, and «since» from when on."
)


class DaysQuery(BaseModel):
    """How far back, and how much to answer."""

    model_config = ConfigDict(extra="forbid")

    days: int = Field(default=7, ge=1, le=90)
    limit: int = Field(default=50, ge=1, le=500)


@watching.get(
    "/radar",
    summary="Words and contacts that rise in blocked posts",
    description=f"{_BOUND} Candidates of one «group» come out of one advert.",
)
@needs(Scope.POLICY_WRITE)
def radar(query: DaysQuery) -> Answer:
    """Candidates with their support, strongest first."""
    community_id, now = caller().community_id, parts().clock()
    since, total = parts().radar.window(community_id, since=now - query.days * _DAY, until=now)
    page = parts().radar.look(community_id, since=since, until=now, limit=query.limit)
    return {**_read(since, total), **radar_json(page)}, 200


@watching.get(
    "/gangs",
    summary="Accounts joined by a contact, a device or nearly the same text",
    description=_BOUND,
)
@needs(Scope.POLICY_WRITE)
def gangs(query: DaysQuery) -> Answer:
    """Groups, those with most blocked posts first."""
    community_id, now = caller().community_id, parts().clock()
    since, total = parts().gangs.window(community_id, since=now - query.days * _DAY, until=now)
    found = parts().gangs.look(community_id, since=since, until=now, limit=query.limit)
    return {**_read(since, total), "gangs": [gang_json(one) for one in found]}, 200


def _read(since: int, total: int) -> dict[str, Any]:
    """How much of the window was read."""
    return {
        "since": iso(since),
        "posts": total,
        "read": min(total, MOST_POSTS),
        "complete": total <= MOST_POSTS,
    }


def radar_json(page: RadarPage) -> dict[str, Any]:
    """What the radar saw."""
    return {
        "blocked": page.blocked,
        "passed": page.passed,
        "candidates": [
            {
                "text": one.candidate.text,
                "kind": one.candidate.kind,
                "blocked": one.candidate.blocked,
                "passed": one.candidate.passed,
                "z": round(one.candidate.z, 2),
                "authors": one.authors,
                "everyday": one.candidate.everyday,
                "days": list(one.days),
                "clause": one.clause or None,
                "clause_share": round(one.share.value or 0.0, 4),
                "near": {"word": one.near, "clause": one.near_clause} if one.near else None,
                "part_of": one.part_of or None,
                "group": one.group,
                "samples": [{"data_id": each.data_id, "text": each.text} for each in one.samples],
            }
            for one in page.rising
        ],
    }


def gang_json(found: FoundGang) -> dict[str, Any]:
    """One group of accounts."""
    gang = found.gang
    return {
        "authors": list(gang.authors),
        "posts": gang.posts,
        "blocked": gang.blocked,
        "joins": [{"kind": one.kind, "key": one.key, "authors": list(one.authors)} for one in gang.joins],
        "samples": [
            {"data_id": one.data_id, "author": one.author, "text": one.text} for one in found.samples
        ],
    }
