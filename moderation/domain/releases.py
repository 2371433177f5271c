"""What words that are gone had decided alone: the verdict on a post without them.  Pure.

A release only ever makes milder, and only where the word makes the difference under the policy as it is now: with it
the post would be judged as it is, without it better.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from moderation.domain.evidence import Source
from moderation.domain.policy import decide
from moderation.domain.sweeps import is_worse
from moderation.domain.unreplayed import needs_look
from moderation.domain.verdict import Suggestion, Versions
from moderation.domain.wire import evidence_from_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from moderation.domain.evidence import Hit
    from moderation.domain.policy import Circumstances, Policy
    from moderation.domain.verdict import Verdict

_FROM_ONE_POST: Final = frozenset({Source.MODEL.value, Source.LEXICON.value, Source.RULE.value})
"""What the policy finds in a post by itself; behaviour and people have reasons that stay when a word goes."""


def stays(body: Mapping[str, Any], *, wordless: bool) -> bool:
    """Whether something other than scores and words asks for a person: behaviour, a failure, an image nobody saw.

    ``wordless``: the images are all there is of the post.
    """
    others = any(one["source"] not in _FROM_ONE_POST for one in body["labels"])
    return others or needs_look(body, wordless=wordless)


def without(
    policy: Policy, body: Mapping[str, Any], hits: Sequence[Hit], post: Circumstances, lexicon: str
) -> Verdict | None:
    """The milder verdict on a post; None where it stays as it is for another reason.

    Args:
        policy: the community's, as it held when the post was judged.
        body: the standing verdict, as it is kept.
        hits: those left without the words that are gone, and those of the words in force now.
        post: its place and author.
        lexicon: version of the words in force now.
    """
    evidence, standing = evidence_from_json(body), Suggestion(body["suggestion"])
    versions = Versions(model=body["versions"]["model"], lexicon=lexicon)
    as_it_was = decide(policy, evidence, post, versions)
    if is_worse(as_it_was.suggestion.value, standing):
        return None  # the policy has changed since, or a sweep had decided: the word is not what makes the difference
    found = decide(policy, replace(evidence, hits=tuple(hits)), post, versions)
    return found if is_worse(found.suggestion.value, standing) else None
