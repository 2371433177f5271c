"""What versions of a policy, their moves and what they no longer cover are called on a page, in its language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g
from flask_babel import gettext

from moderation.domain.policy_versions import replaced_by, switch_of
from moderation.policy_file.fields import HEADS
from review_ui import names, policy_names
from review_ui.context import community, parts

if TYPE_CHECKING:
    from moderation.domain.coverage import Gap
    from moderation.store.tables import PolicyRow


def titled(row: PolicyRow) -> str:
    """A version by its number and its own name."""
    return f"v{row.number} {row.name}".rstrip()


def judged_by(said: str | None) -> str:
    """The policy that a verdict names, with the number of the version; the windows behind it stay."""
    if not said:
        return "–"
    if "policy_numbers" not in g:
        g.policy_numbers = parts().policies.names(community())
    known: dict[str, int] = g.policy_numbers
    fits = [name for name in known if name and (said == name or said.startswith(f"{name}+"))]
    return f"v{known[max(fits, key=len)]} {said}" if fits else said


def switch(row: PolicyRow) -> str:
    """What a kill switch did, where one made the version; else empty."""
    found = switch_of(row.origin)
    if found is None:
        return ""
    what = policy_names.head(found.head) if found.head in HEADS else found.head
    said = (
        gettext("一键启用「%(what)s」", what=what) if found.on else gettext("一键停用「%(what)s」", what=what)
    )
    return str(said)


def why(text: str) -> str:
    """Why a version was moved: people's words as they are, ours in the page's language."""
    number = replaced_by(text)
    return text if number is None else str(gettext("由 v%(n)s 代替", n=number))


def gap(one: Gap) -> str:
    """A head that no rule reads any more, with the clauses that it stood for."""
    name = policy_names.head(one.head) if one.head in HEADS else one.head
    clauses = "；".join(names.clause(each) for each in one.clauses)
    return str(gettext("%(head)s（%(clauses)s）", head=name, clauses=clauses))
