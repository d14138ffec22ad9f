"""The API's document itself, and what the checks of it find."""

import copy
import unittest

from messaging import openapi
from messaging.app import AppCase, request


class Reply:
    """An answer that no server gave."""

    def __init__(self, status, json, kind="application/json"):
        self.status, self.json, self.raw = status, json, b"x"
        self.headers = {"Content-Type": kind}


class Document(unittest.TestCase):
    def test_is_openapi_and_its_schemas_are_json_schema(self):
        self.assertEqual(openapi.document_faults(), [])

    def test_a_fault_in_it_is_found(self):
        def with_fault(change):
            document = copy.deepcopy(openapi.DOCUMENT)
            change(document)
            return openapi.document_faults(document)

        get_me = ("paths", "/v1/me", "get")
        for change in (
            lambda it: it["info"].pop("version"),
            lambda it: it["paths"].update({"v1": {}}),
            lambda it: it["components"]["schemas"]["Person"].update(type="thing"),
            lambda it: it["paths"]["/v1/me"]["get"].update(operationId="sign_in"),
            lambda it: it["paths"]["/v1/me"]["get"]["responses"].update(default={"$ref": "#/x"}),
        ):
            self.assertNotEqual(with_fault(change), [], get_me)

    def test_a_reply_that_is_not_documented_is_found(self):
        person = {"id": "x", "handle": "h", "display_name": "H"}
        problem = {"type": "/problems/x", "title": "X", "status": 404, "detail": "x"}
        self.assertEqual(openapi.check("GET", "/v1/users/h", None, Reply(200, person)), [])
        for reply in (
            Reply(200, {**person, "more": 1}),
            Reply(200, {"id": "x", "handle": "h"}),
            Reply(200, {**person, "id": 1}),
            Reply(200, person, "text/plain"),
            Reply(404, problem),
            Reply(403, problem, "application/problem+json"),
        ):
            self.assertEqual(len(openapi.check("GET", "/v1/users/h", None, reply)), 1, reply.json)
        self.assertEqual(len(openapi.check("GET", "/v1/users/h?x=1", None, Reply(200, person))), 1)
        self.assertEqual(len(openapi.check("GET", "/v1/nowhere", None, Reply(200, person))), 1)

    def test_a_request_or_an_event_that_is_not_documented_is_found(self):
        nothing = Reply(204, None)
        nothing.raw = b""
        path = "/v1/conversations/x/typing"
        self.assertEqual(openapi.check("POST", path, {"typing": True}, nothing), [])
        for body in ({"typing": 1}, {}, {"typing": True, "more": 1}, None):
            self.assertEqual(len(openapi.check("POST", path, body, nothing)), 1, body)
        left = {"conversation_id": "x", "user_id": "y"}
        self.assertEqual(openapi.check_event("left", left), [])
        self.assertEqual(len(openapi.check_event("gone", left)), 1)
        self.assertEqual(len(openapi.check_event("left", {**left, "at": 1})), 1)


class Served(AppCase):
    def test_as_it_is_written(self):
        self.assertEqual(request(self.port, "GET", "/openapi.json").json, openapi.DOCUMENT)

    def test_every_operation_answers_as_it_says(self):
        """With nothing sent, and with a member that no request has."""
        ada = self.person("ada")
        for path, item in openapi.DOCUMENT["paths"].items():
            for method in item:
                if path == "/v1/events" or (method, path) == ("delete", "/v1/me"):
                    continue
                filled = path
                for name in ("id", "user_id", "message_id", "emoji", "handle", "uuid", "at_handle"):
                    filled = filled.replace(f"{{{name}}}", "x")
                with self.subTest(method=method, path=path):
                    request(self.port, method.upper(), filled)
                    ada.call(method.upper(), filled)
                    if "requestBody" in item[method] and path.startswith("/v1/"):
                        answer = ada.call(method.upper(), filled, {"no_such_member": 1})
                        self.assertGreaterEqual(answer.status, 400, answer)

    def test_what_it_does_not_name_is_refused(self):
        ada, bob = self.people("ada", "bob")
        conversation = ada.open_with(bob)
        path = f"/v1/conversations/{conversation}"
        more = {"more": 1}
        for method, rest, body in (
            ("POST", "/messages", {"text": "x"}),
            ("POST", "/typing", {"typing": True}),
            ("PATCH", "/settings", {"muted": True}),
        ):
            answer = ada.call(method, path + rest, {**body, **more})
            self.assert_problem(answer, 400, "invalid-input")
            self.assertEqual(answer.json["detail"], '"more" is no member of this request')
        made = {"kind": "direct", "handle": bob.handle, "title": "x"}
        self.assert_problem(ada.post("/v1/conversations", made), 400, "invalid-input")
        self.assert_problem(ada.call("PATCH", "/v1/me", more), 400, "invalid-input")
