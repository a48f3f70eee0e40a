"""The API described: ``openapi.json`` for programs, ``/docs`` for people.  The framework's own page loads a script from
elsewhere, which this lab never does.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.web.access import role
from app.web.pages import page
from app.web.services import Guarded, RoleHere

router = APIRouter(include_in_schema=False, route_class=Guarded)


@router.get("/api/v1/openapi.json")
@role("viewer")
async def openapi(request: Request) -> dict[str, Any]:
    described: dict[str, Any] = request.app.openapi()
    return described


@router.get("/docs")
@role("viewer")
async def docs(request: Request, who: RoleHere) -> HTMLResponse:
    described = request.app.openapi()
    schemas = described.get("components", {}).get("schemas", {})
    calls = [
        {
            "method": method.upper(),
            "path": path,
            "role": "drivers only" if method != "get" else "",
            "text": call.get("description", ""),
            "fields": _fields(call, schemas),
        }
        for path, methods in described["paths"].items()
        for method, call in methods.items()
    ]
    return page(request, "docs.html", page="docs", role=who, title="The API", calls=calls)


def _fields(call: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """Of the query and the body; what is in the path is seen there."""
    fields = [
        {"name": each["name"], "type": _type(each["schema"]), "required": False, "text": ""}
        for each in call.get("parameters", [])
        if each["in"] == "query"
    ]
    body = call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    model = schemas.get(str(body.get("$ref", "")).rpartition("/")[2], {})
    for name, field in model.get("properties", {}).items():
        required = name in model.get("required", [])
        fields.append({"name": name, "type": _type(field), "required": required, "text": field.get("description", "")})
    return fields


def _type(schema: dict[str, Any]) -> str:
    options = [_type(each) for each in schema.get("anyOf", []) if each.get("type") != "null"]
    if options:
        return " or ".join(options)
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"]))
    return str(schema.get("type", "value"))
