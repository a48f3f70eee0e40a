"""The API described: ``openapi.json`` for programs, ``/docs`` for people.  The framework's own page loads a script from
elsewhere, which this lab never does.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse

from app.web.access import SAFE, role
from app.web.once import HEADER, KEY
from app.web.pages import page
from app.web.services import Guarded, RoleHere

router = APIRouter(include_in_schema=False, route_class=Guarded)
KEY_NAME = "IdempotencyKey"
KEY_OF_A_WRITE = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": (
        "Of this request alone, such as a UUID. Sent again with the same key within a minute, it is done once and gets "
        "the same answer, with `idempotent-replayed: true`; another request with that key is refused (422 key_reused)."
    ),
    "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
}


def described(app: FastAPI) -> dict[str, Any]:
    """The API as OpenAPI, with what the layers around the application take."""
    found: dict[str, Any] = app.openapi()
    parameters = found.setdefault("components", {}).setdefault("parameters", {})
    if KEY_NAME not in parameters:
        parameters[KEY_NAME] = KEY_OF_A_WRITE
        for methods in found["paths"].values():
            for method, call in methods.items():
                if method.upper() not in SAFE:
                    call.setdefault("parameters", []).append({"$ref": f"#/components/parameters/{KEY_NAME}"})
    return found


@router.get("/api/v1/openapi.json")
@role("viewer")
async def openapi(request: Request) -> dict[str, Any]:
    return described(request.app)


@router.get("/docs")
@role("viewer")
async def docs(request: Request, who: RoleHere) -> HTMLResponse:
    found = described(request.app)
    schemas = found["components"].get("schemas", {})
    calls = [
        {
            "method": method.upper(),
            "path": path,
            "role": "drivers only" if method != "get" else "",
            "text": call.get("description", ""),
            "fields": _fields(call, schemas),
        }
        for path, methods in found["paths"].items()
        for method, call in methods.items()
    ]
    return page(request, "docs.html", page="docs", role=who, title="The API", calls=calls)


def _fields(call: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """Of the query and the body; what is in the path is seen there."""
    fields = [
        {"name": each["name"], "type": _type(each["schema"]), "required": False, "text": ""}
        for each in call.get("parameters", [])
        if each.get("in") == "query"
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
