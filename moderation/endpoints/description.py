"""What the OpenAPI description says of every operation: its problems and its key."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, TypeAdapter


class ProblemModel(BaseModel):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    pointer: str | None = Field(default=None, description="JSON pointer to the field that is wrong.")
    request_id: str


_REFERENCE = "#/components/schemas/{model}"
_PROBLEMS = {
    "400": "The body is not JSON.",
    "401": "No key, or one that is unknown or revoked.",
    "403": "The key lacks the scope.",
    "404": "The community has no such thing.",
    "409": "Same data_id with other content, or a move that the state does not allow.",
    "410": "The post was withdrawn.",
    "413": "The body or a text is too long.",
    "422": "A field is wrong; «pointer» names it.",
    "503": "The database does not answer; send it again after Retry-After seconds.",
}


def describe(spec: dict[str, Any]) -> dict[str, Any]:
    """Add what every operation can answer, and security, to an OpenAPI description; answers it."""
    schemas = TypeAdapter(ProblemModel).json_schema(ref_template=_REFERENCE)
    spec["components"]["schemas"]["ProblemModel"] = schemas
    spec["components"]["schemas"].pop("ValidationErrorModel", None)
    content = {"application/problem+json": {"schema": {"$ref": _REFERENCE.format(model="ProblemModel")}}}
    for path, operations in spec["paths"].items():
        for operation in operations.values():
            answers = operation.setdefault("responses", {})
            answers.pop("422", None)
            if path.startswith("/v1"):
                operation["security"] = [{"key": []}]
                answers |= {code: {"description": why, "content": content} for code, why in _PROBLEMS.items()}
            if not any(code.startswith("2") for code in answers):
                answers["200"] = {"description": "Done; see the description."}
    return spec
