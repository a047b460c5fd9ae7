"""The service's description of itself (OpenAPI 3.1), made of the same table as its routes."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from app.service.packing import VARY
from app.service.problems import PROBLEMS
from app.service.routes import NoQuery, Route
from app.wire import Problem, WrittenAddress

Json = dict[str, Any]

REF: Final = "#/components/schemas/{name}"
PACKED: Final = {
    "Content-Encoding": {
        "description": "How the body is packed, if the request's Accept-Encoding allows it.",
        "schema": {"const": "gzip"},
    },
    "Vary": {"schema": {"const": VARY}, "required": True},
}
SECURITY: Final = {"user": "userToken", "operator": "operatorKey"}


def document(routes: Sequence[Route], version: str) -> Json:
    """Describe the routes."""
    kinds = {kind for route in routes for kind in (route.body, route.answer) if _is_json(kind)}
    ordered = sorted({*kinds, Problem}, key=lambda kind: str(kind.__name__))
    schemas, components = msgspec.json.schema_components(ordered, ref_template=REF)
    by_kind = dict(zip(ordered, schemas, strict=True))
    paths: Json = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, by_kind)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kith", "version": version},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "userToken": {"type": "http", "scheme": "bearer"},
                "operatorKey": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _operation(route: Route, schemas: dict[Any, Json]) -> Json:
    operation: Json = {
        "operationId": route.handler.__name__,
        "summary": route.summary,
        "parameters": [*_path_parameters(route.path), *_query_parameters(route.query)],
        "responses": {str(route.status): _answer(route, schemas), **_problems(route, schemas)},
    }
    if route.who in SECURITY:
        operation["security"] = [{SECURITY[route.who]: []}]
    if route.body is not None:
        operation["requestBody"] = {"required": True, "content": _content(route, schemas)}
    return operation


def _content(route: Route, schemas: dict[Any, Json]) -> Json:
    if route.body is bytes:
        return {kind: {} for kind in ("image/png", "image/jpeg", "image/webp")}
    return {"application/json": {"schema": schemas[route.body]}}


def _answer(route: Route, schemas: dict[Any, Json]) -> Json:
    if route.answer is None:
        return {"description": "Done"}
    if route.answer is bytes:
        content: Json = {route.media: {}}
    else:
        content = {"application/json": {"schema": schemas[route.answer]}}
    headers = {"headers": PACKED} if route.is_packed else {}
    return {"description": route.summary, "content": content, **headers}


def _problems(route: Route, schemas: dict[Any, Json]) -> Json:
    slugs = set(route.problems) | {"invalid"}
    if route.who != "anyone":
        slugs |= {"unauthorized", "user-only" if route.who == "user" else "operator-only"}
    if route.body is not None:
        slugs |= {"too-large", "unsupported-media-type"}
    by_status: dict[int, list[str]] = {}
    for slug in sorted(slugs):
        by_status.setdefault(PROBLEMS[slug][0], []).append(slug)
    content = {"application/problem+json": {"schema": schemas[Problem]}}
    return {
        str(status): {"description": ", ".join(names), "content": content}
        for status, names in sorted(by_status.items())
    }


def _path_parameters(path: str) -> Iterable[Json]:
    schema = msgspec.json.schema(WrittenAddress)  # every parameter in a path is one
    for name in re.findall(r"{(\w+)}", path):
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(query: Any) -> Iterable[Json]:
    if query is NoQuery:
        return
    for field in msgspec.structs.fields(query):
        schema = msgspec.json.schema(field.type)
        definitions = schema.pop("$defs", {})
        if "anyOf" in schema:  # a query cannot say null: what may be absent is left out
            (schema,) = (each for each in schema["anyOf"] if each != {"type": "null"})
        if "$ref" in schema:
            schema = definitions[schema["$ref"].rsplit("/", 1)[-1]]
        yield {
            "name": field.encode_name,
            "in": "query",
            "required": field.required,
            "schema": schema,
        }


def _is_json(kind: Any) -> bool:
    return kind is not None and kind is not bytes
