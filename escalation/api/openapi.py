"""Describes the API in OpenAPI 3.1, from the table of operations and the bodies' own schemas."""

from functools import cache
from http import HTTPStatus
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from escalation.api.bodies import Failure
from escalation.api.examples import EXAMPLES
from escalation.api.operation import IDS, Operation
from escalation.api.operations import OPERATIONS
from escalation.api.outside import CaseEvent, webhooks

_REFERENCE = "#/components/schemas/{model}"
_ID = {"in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"}}


async def show(_request: web.Request) -> web.Response:
    """Return the description."""
    return web.json_response(document())


@cache
def document() -> dict[str, Any]:
    """Return the whole description."""
    sent: list[type[BaseModel]] = [operation.sends for operation in OPERATIONS if operation.sends is not None]
    given: list[type[BaseModel]] = [operation.answers for operation in OPERATIONS if operation.answers is not None]
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "validation") for model in dict.fromkeys(sent)]
    answered: list[type[BaseModel]] = [*dict.fromkeys(given), Failure, CaseEvent]
    models += [(model, "serialization") for model in answered]
    _, schemas = models_json_schema(models, ref_template=_REFERENCE)
    for name, example in EXAMPLES.items():
        schemas["$defs"][name]["examples"] = [example]
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Khiên Nhỏ: staff API",
            "version": "1",
            "description": "For counsellors of hotline 111. A token is made by `khien token add --staff NAME`.",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": paths,
        "webhooks": webhooks(_REFERENCE),
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    if operation.answers is not None:
        one = {"$ref": _REFERENCE.format(model=operation.answers.__name__)}
        schema = {"type": "array", "items": one} if operation.many else one
        responses["200"] = {"description": "Done.", "content": {"application/json": {"schema": schema}}}
    if operation.empty is not None:
        responses["204"] = {"description": operation.empty}
    for status in (401, *operation.refusals):
        failed = {"schema": {"$ref": _REFERENCE.format(model=Failure.__name__)}}
        responses[str(status)] = {"description": HTTPStatus(status).phrase, "content": {"application/json": failed}}
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "responses": responses,
    }
    ids = IDS.findall(operation.path)
    if ids:
        described["parameters"] = [{"name": name, **_ID} for name in ids]
    if operation.sends is not None:
        schema = {"$ref": _REFERENCE.format(model=operation.sends.__name__)}
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return described
