"""``/docs``: the interface on one page, rendered from the OpenAPI description, with no script at all."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template
from flask_openapi3.blueprint import APIBlueprint

docs = APIBlueprint("docs", __name__, template_folder="templates", doc_ui=False)


@docs.get("/docs", doc_ui=False)
def page() -> tuple[str, dict[str, str]]:
    """The reference page."""
    spec: dict[str, Any] = current_app.api_doc  # type: ignore[attr-defined]  # flask-openapi3's app has it
    html = render_template("docs.html", spec=spec, operations=list(_operations(spec)))
    return html, {"Content-Security-Policy": "default-src 'none'; style-src 'self'"}


def _operations(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation.get("summary", ""),
            "description": operation.get("description", ""),
            "parameters": operation.get("parameters", []),
            "body": _body(spec, operation),
        }
        for path, methods in sorted(spec["paths"].items())
        for method, operation in methods.items()
    ]


def _body(spec: dict[str, Any], operation: dict[str, Any]) -> list[tuple[str, str, bool, str]]:
    """Fields of the request body: name, type, required, description."""
    content = operation.get("requestBody", {}).get("content", {})
    schema = _resolve(spec, content.get("application/json", {}).get("schema", {}))
    if "anyOf" in schema:
        schema = _resolve(spec, schema["anyOf"][0])
    required = set(schema.get("required", ()))
    return [
        (name, _type(spec, field), name in required, field.get("description", ""))
        for name, field in schema.get("properties", {}).items()
    ]


def _resolve(spec: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = spec["components"]["schemas"].get(name, schema)
    return found


def _type(spec: dict[str, Any], field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " | ".join(_type(spec, one) for one in field["anyOf"])
    if "$ref" in field:
        resolved = _resolve(spec, field)
        return " | ".join(resolved["enum"]) if "enum" in resolved else resolved.get("title", "object")
    kind = str(field.get("type", "any"))
    return f"[{_type(spec, field['items'])}]" if kind == "array" and "items" in field else kind
