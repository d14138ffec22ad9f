"""The API's document (openapi.json), held against what the server says.

`check()` is asked about each request of the tests and its answer: that the operation is documented,
its status, its content type and its body, and of a request that was taken the query and the body.
Schemas are read more strictly than the document says: a member of a reply that the document does not
name is a difference too.
"""

import copy
import functools
import json
import pathlib
import re
import warnings
from datetime import datetime
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator, FormatChecker, RefResolver

from support.processes import NODE_MODULES, REPOSITORY

DOCUMENT = json.loads((REPOSITORY / "src" / "messaging" / "http" / "openapi.json").read_text())
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
META_SCHEMA = NODE_MODULES / "@apidevtools" / "openapi-schemas" / "schemas" / "v3.1" / "schema.json"

formats = FormatChecker(formats=())


@formats.checks("date-time", raises=ValueError)
def is_date_time(text):
    if not isinstance(text, str):
        return True
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text):
        raise ValueError("not as Parley writes times")
    datetime.fromisoformat(text.replace("Z", "+00:00"))
    return True


def closed(schema):
    """The schema and all in it, with no members but those that are named."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    out = {
        key: {name: closed(each) for name, each in value.items()}
        if key == "properties"
        else closed(value)
        for key, value in schema.items()
    }
    if "properties" in out:
        out.setdefault("additionalProperties", False)
    return out


@functools.cache
def strict_document():
    document = copy.deepcopy(DOCUMENT)
    document["components"]["schemas"] = {
        name: closed(schema) for name, schema in document["components"]["schemas"].items()
    }
    return document


def differences(value, schema):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        resolver = RefResolver("", strict_document())
        validator = Draft202012Validator(
            closed(schema), resolver=resolver, format_checker=formats
        )
        return [
            f"{'/'.join(map(str, each.absolute_path)) or 'it'}: {each.message}"
            for each in validator.iter_errors(value)
        ]


def resolved(part, document=DOCUMENT):
    """What a `$ref` of the document means."""
    while "$ref" in part:
        found = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


@functools.cache
def patterns():
    return [
        (re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path) + "$"), path) for path in DOCUMENT["paths"]
    ]


def path_of(path):
    """The documented path that this is one of; of two the one without parameters. None: no such."""
    found = [template for pattern, template in patterns() if pattern.match(path)]
    return min(found, key=lambda template: template.count("{"), default=None)


def check_query(operation, query):
    names = {
        resolved(each)["name"]
        for each in operation.get("parameters", ())
        if resolved(each)["in"] == "query"
    }
    unknown = [name for name, _ in parse_qsl(query, keep_blank_values=True) if name not in names]
    return [f"the query's {name} is not documented" for name in unknown]


def check_request(operation, body):
    """Of a request that was taken."""
    documented = operation.get("requestBody")
    if documented is None:
        return ["a body was taken that is not documented"] if body is not None else []
    if body is None:
        return ["a body is documented as required"] if documented.get("required") else []
    schema = resolved(documented)["content"]["application/json"]["schema"]
    return [f"request: {each}" for each in differences(body, schema)]


def check_reply(operation, answer):
    responses = operation["responses"]
    response = responses.get(str(answer.status), responses.get("default"))
    if response is None:
        return [f"the status {answer.status} is not documented"]
    content = resolved(response).get("content")
    if not content:
        return [f"a body is not documented: {answer.raw[:80]!r}"] if answer.raw else []
    kind = (answer.headers["Content-Type"] or "").split(";")[0]
    if kind not in content:
        return [f"the content type {kind} is not documented"]
    if "json" not in kind:
        return []
    found = differences(answer.json, content[kind]["schema"])
    if kind == "application/problem+json" and answer.json.get("status") != answer.status:
        found.append("the problem's status is not the reply's")
    return [f"reply: {each}" for each in found]


def check(method, target, body, answer):
    """What differs from the document, in words; empty: nothing. `body`: as JSON, or None."""
    path, _, query = target.partition("?")
    template = path_of(path)
    operation = DOCUMENT["paths"].get(template, {}).get(method.lower())
    if operation is None:
        return [] if answer.status in (404, 405) else [f"{method} {path} is not documented"]
    found = check_reply(operation, answer)
    if answer.status < 400:
        found += check_query(operation, query) + check_request(operation, body)
    return [f"{method} {target} ({answer.status}): {each}" for each in found]


def check_event(name, data):
    """The same of a live event."""
    found = differences({name: data}, {"$ref": "#/components/schemas/Events"})
    return [f"event {name}: {each}" for each in found]


def document_faults(document=DOCUMENT):
    """What keeps the document from being OpenAPI 3.1, and its schemas from being JSON Schema."""
    meta = json.loads(pathlib.Path(META_SCHEMA).read_text())
    found = [
        f"{'/'.join(map(str, each.absolute_path))}: {each.message}"
        for each in Draft202012Validator(meta).iter_errors(document)
    ]

    def walk(part, where):
        if isinstance(part, dict):
            if "$ref" in part:
                try:
                    resolved(part, document)
                except KeyError:
                    found.append(f"{where}: {part['$ref']} is nowhere")
            for key, value in part.items():
                if key == "schema" or where.endswith("components/schemas"):
                    for each in Draft202012Validator(
                        Draft202012Validator.META_SCHEMA
                    ).iter_errors(value):
                        found.append(f"{where}/{key}: {each.message}")
                walk(value, f"{where}/{key}")
        elif isinstance(part, list):
            for index, value in enumerate(part):
                walk(value, f"{where}/{index}")

    walk(document, "")
    ids = [
        operation["operationId"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method in METHODS
    ]
    found += [f"the operationId {each} is there twice" for each in set(ids) if ids.count(each) > 1]
    return found
