"""What of a kept verdict rests on no score and no hit, so that no policy can decide it again: it is kept.  Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moderation.domain.convention import Label
from moderation.domain.evidence import Source
from moderation.domain.pictures import UNASKED
from moderation.domain.verdict import Finding, Suggestion
from moderation.domain.weighing import NO_REST, Rest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LOOK: Final = Rest(look=True)


def rest_of(
    body: Mapping[str, Any], behaviour: Sequence[Mapping[str, Any]] = (), *, wordless: bool = False
) -> Rest:
    """The part of a verdict that a backtest keeps.

    What was read in images is replayed as its words and codes are; an image that nobody could look at sends the post
    to a person whatever a policy says of its text, also where the text alone had sent it there.

    Args:
        body: the latest machine verdict, as it is kept.
        behaviour: labels of the verdict that behaviour over several posts led to since.
        wordless: the images are all there is of the post.
    """
    look = needs_look(body, wordless=wordless)
    if not behaviour:
        return _LOOK if look else NO_REST
    return Rest(look, tuple(_finding(one) for one in behaviour if one["source"] == Source.BEHAVIOUR.value))


def needs_look(body: Mapping[str, Any], *, wordless: bool) -> bool:
    """Whether a machine failed at a part of the post, or has seen nothing of it: ``wordless``, it is images alone."""
    unchecked = body["unchecked"]
    failed = any(not one.endswith(UNASKED) for one in unchecked)
    return bool(body.get("reason")) or failed or (wordless and bool(unchecked))


def _finding(label: Mapping[str, Any]) -> Finding:
    return Finding(
        label["clause"],
        Label(label["label"]),
        label["probability"],
        Source.BEHAVIOUR,
        Suggestion(label["suggestion"]),
    )
