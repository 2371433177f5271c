"""Errors about policy versions as problem details: what is wrong in a document, what a version no longer covers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moderation.domain.coverage import UncoveredError
from moderation.domain.policy_versions import PolicyMoveError
from moderation.endpoints.problems import problem
from moderation.policy_file.document import PolicyDocumentError
from moderation.services.backtesting import UnknownVersionError
from moderation.services.policies import UnknownPolicyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask, Response

    from moderation.domain.coverage import Gap


def gaps_json(gaps: Sequence[Gap]) -> list[dict[str, Any]]:
    """What is no longer covered."""
    return [{"head": one.head, "clauses": list(one.clauses)} for one in gaps]


def map_policy_errors(app: Flask) -> None:
    """Map every named error about policies once."""
    app.register_error_handler(UnknownPolicyError, _on_missing)
    app.register_error_handler(UnknownVersionError, _on_missing)
    app.register_error_handler(PolicyMoveError, _on_move)
    app.register_error_handler(PolicyDocumentError, _on_document)
    app.register_error_handler(UncoveredError, _on_uncovered)


def _on_missing(error: LookupError) -> Response:
    return problem(404, "Not found", str(error))


def _on_move(error: PolicyMoveError) -> Response:
    return problem(409, "Not possible from this state", str(error))


def _on_document(error: PolicyDocumentError) -> Response:
    return problem(
        422, "Invalid policy", str(error), pointer="/document", line=error.line, field=error.field or None
    )


def _on_uncovered(error: UncoveredError) -> Response:
    detail = f"{error}; send accept_uncovered: true if that is meant"
    title = "Looks for less than the live policy"
    return problem(409, title, detail, no_longer_covered=gaps_json(error.gaps))
