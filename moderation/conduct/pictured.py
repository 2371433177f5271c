"""What a post says in its images, for behaviour: the lines in them as its text, the codes in them as its contacts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from moderation.classifiers.behaviour import Advert
from moderation.classifiers.behaviour.links import find_links
from moderation.classifiers.behaviour.observing import LONGEST
from moderation.domain.pictures import messenger_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moderation.classifiers.behaviour import Observed

MOST_LINES: Final = 500
"""Code points read in images that count beside the text."""

_SCHEME: Final = re.compile(r"^[a-z]+://", re.IGNORECASE)


def whole_text(words: str, body: Mapping[str, Any]) -> str:
    """A post's words with the lines read in its images; room is made for them where the words are long."""
    lines = "\n".join(one["text"] for one in body.get("images", ()) if one["text"])[:MOST_LINES]
    if not lines:
        return words
    return f"{words[: LONGEST - len(lines) - 1]}\n{lines}".lstrip("\n")


def with_codes(one: Observed, body: Mapping[str, Any]) -> Observed:
    """A post whose images hold codes: where they lead counts as a contact, a messenger's as a private, hidden one.

    Such a contact weighs as much as half of what a sure advert needs: it is one step surer then.
    """
    codes = [code for image in body.get("images", ()) for code in image["codes"]]
    private = {code for code in codes if messenger_of(code)}
    leading = private | {
        code for code in codes if any(not link.trusted for link in find_links(code[:LONGEST]))
    }
    if not leading:
        return one
    channels = one.contacts | {_SCHEME.sub("", code).rstrip("/") for code in leading}
    if not private or one.notice or one.service:
        return replace(one, contacts=channels)
    surer = Advert(min(Advert.SURE, one.advert + 1))
    return replace(one, contacts=channels, advert=surer, unaided=False)
