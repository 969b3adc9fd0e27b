"""The OpenAPI document: FastAPI's, with the refusals that any endpoint may answer described once for all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from treadle.server.kit.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    RangeInvalid,
    TooLarge,
    TooMany,
    TreadleError,
    Trouble,
    Unauthenticated,
)
from treadle.server.wire.answer import ErrorBody
from treadle.server.wire.routing import RouteTable

_ANYWHERE: tuple[type[TreadleError], ...] = (
    BadRequest,
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    TooLarge,
    RangeInvalid,
    Invalid,
    TooMany,
    Trouble,
)
_ERROR = "ErrorBody"
_OF_FASTAPI = ("HTTPValidationError", "ValidationError")  # its form of refusals, which we do not send


def describe(app: FastAPI, table: RouteTable) -> dict[str, Any]:
    """The document of these endpoints."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=table.routes,
        separate_input_output_schemas=False,
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _OF_FASTAPI:
        schemas.pop(name, None)
    schemas[_ERROR] = ErrorBody.model_json_schema(ref_template="#/components/schemas/{model}")
    components["responses"] = {kind.__name__: _described(kind.__doc__ or "") for kind in _ANYWHERE}
    references = {str(kind.status): {"$ref": f"#/components/responses/{kind.__name__}"} for kind in _ANYWHERE}
    for operation in _operations(document):
        operation["responses"].update(references)
    return document


def _described(text: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{_ERROR}"}
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        yield from (operation for name, operation in item.items() if name != "parameters")
