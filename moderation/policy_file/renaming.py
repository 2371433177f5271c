"""Gives a policy document another name and leaves every other character of it as it was written."""

from __future__ import annotations

import json
import re
from typing import Final

from moderation.policy_file.document import PolicyDocumentError, parse_policy
from moderation.policy_file.lines import line_of

_NAMED: Final = re.compile(
    r"""^(\s*(?:version|"version"|'version')\s*=\s*)("(?!")(?:[^"\\]|\\.)*"|'(?!')[^']*')(.*)$""", re.DOTALL
)


def renamed(text: str, name: str) -> str:
    """The document with another ``version``.

    Raises:
        PolicyDocumentError: it is no policy, or its name is written so that only a person can change it.
    """
    lines = text.splitlines(keepends=True)
    place = line_of(text, ("version",))
    found = _NAMED.match(lines[place - 1]) if place else None
    if place and found:
        written = json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007F")
        lines[place - 1] = f"{found[1]}{written}{found[3]}"
        changed = "".join(lines)
        if parse_policy(changed).policy.version == name:
            return changed
    reason = f"another version has this name: write {name!r}"
    raise PolicyDocumentError("policy", reason, field="version", line=place)
