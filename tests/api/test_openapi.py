"""The API describes itself: OpenAPI 3.1, every call, every answer, every problem."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.answers import typical
from tests.places import Product
from tests.security.routes import routes

REF = "#/components/"


@pytest.fixture
def described(sqlite_product: Product) -> dict[str, Any]:
    reply = sqlite_product.app.test_client().get("/api/v1/openapi.json")
    assert reply.status_code == 200
    found: dict[str, Any] = reply.json
    return found


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in described["paths"].items():
        for method, operation in item.items():
            if method in {"get", "post", "put", "delete", "patch"}:
                yield method.upper(), path, operation


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (told for name, told in value.items() if name == "$ref")
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_call_is_described_and_no_other(sqlite_product: Product, described: dict[str, Any]) -> None:
    served = {
        (route.method, route.rule)
        for route in routes(sqlite_product.app)
        if route.rule.startswith("/api/v1/") and not route.rule.endswith("openapi.json")
    }
    assert {(method, path) for method, path, _ in operations(described)} == served


def test_the_document_is_whole(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    assert described["security"] == [{"token": []}]
    assert described["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}
    for reference in set(references(described)):
        found: Any = described
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_call_says_what_it_does_what_it_takes_and_how_it_fails(described: dict[str, Any]) -> None:
    for method, path, operation in operations(described):
        assert operation["summary"].endswith("."), path
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}, path
        assert any(status.startswith("2") for status in operation["responses"]), path
        assert (method == "GET") or "application/json" in operation["requestBody"]["content"], path
        named = set(re.findall(r"{(\w+)}", path))
        told = {
            one["name"]
            for one in (*operation.get("parameters", []), *described["paths"][path].get("parameters", []))
            if one["in"] == "path"
        }
        assert named == told, path


def test_answers_fit_their_description(sqlite_product: Product, described: dict[str, Any]) -> None:
    api = sqlite_product.api("coordinator")
    made = api.post("/referrals", answers=typical("referral"))
    reference, task = made.json["reference"], made.json["next_tasks"][0]["id"]
    replies = {
        ("post", "/referrals"): made,
        ("get", "/tasks"): api.get("/tasks?queue=team"),
        ("get", "/tasks/{task_id}"): api.get(f"/tasks/{task}"),
        ("get", "/cases"): api.get("/cases"),
        ("get", "/cases/{reference}"): api.get(f"/cases/{reference}"),
        ("get", "/pathways"): api.get("/pathways"),
        ("post", "/tasks/{task_id}/claim"): api.post(f"/tasks/{task}/claim"),
        ("put", "/tasks/{task_id}/draft"): api.put(f"/tasks/{task}/draft", values={}),
        ("post", "/tasks/{task_id}/complete"): api.post(f"/tasks/{task}/complete", answers=typical("safety_screen")),
    }
    for (method, path), reply in replies.items():
        answer = described["paths"][f"/api/v1{path}"][method]["responses"][str(reply.status_code)]
        schema = {**answer["content"]["application/json"]["schema"], "components": described["components"]}
        problems = [error.message for error in Draft202012Validator(schema).iter_errors(reply.json)]
        assert problems == [], path


def test_problems_fit_theirs(sqlite_product: Product, described: dict[str, Any]) -> None:
    api = sqlite_product.api("coordinator")
    answer = described["components"]["responses"]["Problem"]["content"]["application/problem+json"]
    schema = {**answer["schema"], "components": described["components"]}
    for reply in (api.get("/nothing"), api.post("/referrals", answers={}), api.get("/tasks?limit=0")):
        assert list(Draft202012Validator(schema).iter_errors(reply.json)) == []
        assert not reply.json.keys() - described["components"]["schemas"]["ProblemOut"]["properties"].keys()
