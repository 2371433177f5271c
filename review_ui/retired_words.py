"""Words that a kept verdict cites and that nobody's list has any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moderation.services.word_standing import gone
from moderation.sweeps.judging import LIBRARY as SWEEP
from review_ui import names
from review_ui.context import now, parts
from review_ui.word_forms import OWN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from moderation.store.tables import PostRow


def retired_words(post: PostRow, body: Mapping[str, Any]) -> set[tuple[str, str]]:
    """(list, reading) of the hits of a verdict's body that no word in force would make any more."""
    folder: Path = parts().settings.lexicons
    shipped = {path.stem for path in folder.glob("*.csv")} | (set(names.LIBRARIES) - {OWN}) | {SWEEP}
    hits = body.get("hits") or ()
    return gone(parts().sessions, post.community_id, hits, shipped=shipped, now=now())
