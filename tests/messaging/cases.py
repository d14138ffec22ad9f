"""What people do, over HTTP. Each class here runs on several databases and caches; see
test_places.py."""

import json
import uuid

from messaging.app import Person, request, wait_until


class Conversations:
    """Mixed into an AppCase."""

    def test_a_message_reaches_the_other_person(self):
        ada, bob = self.people("ada", "bob")
        conversation = ada.open_with(bob)
        self.assertEqual(bob.open_with(ada), conversation)
        sent = ada.send(conversation, "Hello \u2014 \U0001f44b")
        listed = wait_until(
            lambda: (found := bob.listed(conversation)) and found["unread"] == 1 and found,
            "the unread message is not counted",
        )
        self.assertEqual(listed["last_message"]["text"], "Hello \u2014 \U0001f44b")
        self.assertEqual(listed["other"]["handle"], ada.handle)
        self.assertEqual(ada.listed(conversation)["unread"], 0)
        history = bob.history(conversation)["items"]
        self.assertEqual([each["id"] for each in history], [sent["id"]])
        read = bob.post(f"/v1/conversations/{conversation}/read", {"message_id": sent["id"]})
        self.assertEqual(read.json["unread"], 0)
        self.assertEqual(bob.get("/v1/me/unread").json, {"conversations": 0, "messages": 0})

    def test_a_token_sends_once(self):
        ada, bob = self.people("ada", "bob")
        conversation = ada.open_with(bob)
        path = f"/v1/conversations/{conversation}/messages"
        token = uuid.uuid4().hex
        first = ada.post(path, {"text": "once", "client_token": token})
        second = ada.post(path, {"text": "once", "client_token": token})
        self.assertEqual((first.status, second.status), (201, 200))
        self.assertEqual(first.json["id"], second.json["id"])
        other = ada.post(path, {"text": "twice", "client_token": token})
        self.assert_problem(other, 409, "token-reused")
        self.assertEqual(len(ada.history(conversation)["items"]), 1)

    def test_a_token_makes_one_group(self):
        ada, bob = self.people("ada", "bob")
        message = {"text": "once", "client_token": "t-1"}
        body = {"kind": "group", "title": "Us", "handles": [bob.handle], "message": message}
        made = ada.post("/v1/conversations", body)
        again = ada.post("/v1/conversations", body)
        self.assertEqual((made.status, again.status), (201, 200), again)
        self.assertEqual(made.json["id"], again.json["id"])
        other = ada.post("/v1/conversations", {**body, "message": {**message, "text": "other"}})
        self.assert_problem(other, 409, "token-reused")
        self.assertEqual(len(ada.conversations()), 1)
        self.assertEqual(len(ada.history(made.json["id"])["items"]), 1)

    def test_history_pages_both_ways(self):
        ada, bob = self.people("ada", "bob")
        conversation = ada.open_with(bob)
        texts = [str(i) for i in range(25)]
        for text in texts:
            ada.send(conversation, text)
        seen, query = [], "?limit=7"
        while True:
            page = bob.history(conversation, query)
            seen += [each["text"] for each in page["items"]]
            if "older" not in page:
                break
            query = f"?limit=7&older={page['older']}"
        self.assertEqual(seen, texts[::-1])
        newest = bob.history(conversation, "?limit=5")
        ada.send(conversation, "later")
        fresh = bob.history(conversation, f"?newer={newest['newer']}")
        self.assertEqual([each["text"] for each in fresh["items"]], ["later"])

    def test_edit_delete_reply_react(self):
        ada, bob = self.people("ada", "bob")
        conversation = ada.open_with(bob)
        message = ada.send(conversation, "frist")
        path = f"/v1/conversations/{conversation}/messages/{message['id']}"
        edited = ada.call("PATCH", path, {"text": "first"})
        self.assertEqual((edited.status, edited.json["text"]), (200, "first"))
        self.assertIn("edited_at", edited.json)
        self.assert_problem(bob.call("PATCH", path, {"text": "mine"}), 403, "not-the-sender")
        reply = bob.send(conversation, "second", reply_to=message["id"])
        self.assertEqual(reply["reply_to"], message["id"])
        reacted = bob.call("PUT", f"{path}/reactions/%F0%9F%91%8D")
        self.assertEqual(
            reacted.json["reactions"], [{"emoji": "\U0001f44d", "user_ids": [bob.id]}]
        )
        taken = bob.call("DELETE", f"{path}/reactions/%F0%9F%91%8D")
        self.assertEqual(taken.json["reactions"], [])
        deleted = ada.call("DELETE", path)
        self.assertEqual(deleted.json["text"], "")
        self.assertIn("deleted_at", deleted.json)
        self.assert_problem(
            bob.call("PUT", f"{path}/reactions/%F0%9F%91%8D"), 409, "message-deleted"
        )

    def test_the_list_says_who_spoke_last_and_answering_is_reading(self):
        ada, bob = self.people("ada", "bob")
        conversation = ada.open_with(bob)
        self.assertNotIn("last_message", ada.listed(conversation))
        for text in ("one", "two"):
            ada.send(conversation, text)
        wait_until(lambda: bob.listed(conversation)["unread"] == 2, "two messages are not unread")
        self.assertEqual(bob.listed(conversation)["last_message"]["sender"]["id"], ada.id)
        answer = bob.send(conversation, "three")
        wait_until(
            lambda: bob.listed(conversation)["unread"] == 0, "who answers has not read the question"
        )
        listed = bob.listed(conversation)
        self.assertEqual(listed["last_read_at"], answer["created_at"])
        self.assertEqual(listed["last_message"]["sender"]["id"], bob.id)
        wait_until(lambda: ada.listed(conversation)["unread"] == 1, "the answer is not unread")

    def test_groups(self):
        ada, bob, cy, dan = self.people("ada", "bob", "cy", "dan")
        made = ada.post(
            "/v1/conversations",
            {"kind": "group", "title": "Walks", "handles": [bob.handle, cy.handle]},
        )
        self.assertEqual(made.status, 201, made)
        group = made.json["id"]
        self.assertEqual(made.json["member_count"], 3)
        cy.send(group, "when?")
        wait_until(
            lambda: (found := bob.listed(group)) and found["unread"] == 1,
            "a member of the group does not see the message",
        )
        members = f"/v1/conversations/{group}/members"
        self.assertEqual(bob.post(members, {"handle": dan.handle}).status, 201)
        self.assert_problem(bob.post(members, {"handle": dan.handle}), 409, "already-a-member")
        self.assert_problem(bob.call("DELETE", f"{members}/{cy.id}"), 403, "not-an-owner")
        self.assertEqual(ada.call("DELETE", f"{members}/{cy.id}").status, 204)
        self.assert_problem(cy.get(f"/v1/conversations/{group}/messages"), 403, "not-a-member")
        self.assertEqual(
            ada.call("PATCH", f"/v1/conversations/{group}", {"title": "Runs"}).json["title"], "Runs"
        )
        self.assertEqual(ada.call("DELETE", f"{members}/{ada.id}").status, 204)
        roles = {each["user"]["id"]: each["role"] for each in bob.get(members).json["items"]}
        self.assertEqual(roles, {bob.id: "owner", dan.id: "member"})

    def test_who_is_no_member_learns_nothing(self):
        ada, bob, eve = self.people("ada", "bob", "eve")
        conversation = ada.open_with(bob)
        message = ada.send(conversation, "secret")
        nowhere = str(uuid.uuid4())
        attempts = [
            ("GET", "", None),
            ("PATCH", "", {"title": "x"}),
            ("GET", "/messages", None),
            ("POST", "/messages", {"text": "x"}),
            ("GET", f"/messages/{message['id']}", None),
            ("PATCH", f"/messages/{message['id']}", {"text": "x"}),
            ("DELETE", f"/messages/{message['id']}", None),
            ("PUT", f"/messages/{message['id']}/reactions/%F0%9F%91%8D", None),
            ("GET", "/members", None),
            ("POST", "/members", {"handle": eve.handle}),
            ("DELETE", f"/members/{bob.id}", None),
            ("PATCH", f"/members/{bob.id}", {"role": "owner"}),
            ("PATCH", "/settings", {"muted": True}),
            ("POST", "/read", {"message_id": message["id"]}),
            ("POST", "/typing", {"typing": True}),
        ]
        for method, rest, body in attempts:
            with self.subTest(method=method, path=rest):
                there = eve.call(method, f"/v1/conversations/{conversation}{rest}", body)
                self.assert_problem(there, 403, "not-a-member")
                absent = eve.call(method, f"/v1/conversations/{nowhere}{rest}", body)
                self.assertEqual((absent.status, absent.json), (there.status, there.json))
        self.assertEqual([each["text"] for each in bob.history(conversation)["items"]], ["secret"])

    def test_blocked_people_cannot_write(self):
        ada, bob = self.people("ada", "bob")
        conversation = ada.open_with(bob)
        path = f"/v1/conversations/{conversation}/messages"
        said = ada.send(conversation, "hello")
        self.assertEqual(bob.call("PUT", f"/v1/me/blocks/{ada.id}").status, 204)
        refused = ada.post(f"/v1/conversations/{conversation}/messages", {"text": "hello?"})
        self.assert_problem(refused, 403, "blocked")
        edited = ada.call("PATCH", f"{path}/{said['id']}", {"text": "an insult"})
        self.assert_problem(edited, 403, "blocked")
        reacted = ada.call("PUT", f"{path}/{said['id']}/reactions/%F0%9F%92%A9")
        self.assert_problem(reacted, 403, "blocked")
        typing = ada.post(f"/v1/conversations/{conversation}/typing", {"typing": True})
        self.assert_problem(typing, 403, "blocked")
        self.assertEqual(ada.call("DELETE", f"{path}/{said['id']}").status, 200)
        self.assertEqual([each["id"] for each in bob.get("/v1/me/blocks").json["items"]], [ada.id])
        self.assertEqual(bob.call("DELETE", f"/v1/me/blocks/{ada.id}").status, 204)
        ada.send(conversation, "hello!")

    def test_cursors_are_of_use_to_one_person(self):
        ada, bob = self.people("ada", "bob")
        conversation = ada.open_with(bob)
        for i in range(3):
            ada.send(conversation, str(i))
        cursor = ada.history(conversation, "?limit=1")["older"]
        stolen = bob.get(f"/v1/conversations/{conversation}/messages?older={cursor}")
        self.assert_problem(stolen, 400, "invalid-cursor")

    def test_texts_are_bounded(self):
        ada, bob = self.people("ada", "bob")
        conversation = ada.open_with(bob)
        path = f"/v1/conversations/{conversation}/messages"
        self.assertEqual(ada.post(path, {"text": "\U0001f600" * 1024}).status, 201)
        self.assert_problem(ada.post(path, {"text": "x" * 1025}), 422, "message-too-long")
        self.assert_problem(ada.post(path, {"text": " \n\u00a0"}), 422, "message-blank")
        self.assertEqual(ada.post(path, {"text": "a\r\nb\rc"}).json["text"], "a\nb\nc")
        empty = {"text": "x", "client_token": ""}
        self.assert_problem(ada.post(path, empty), 400, "invalid-input")
        self.assert_problem(ada.post(path, {"text": 1}), 400, "invalid-input")
        self.assert_problem(ada.post(path, "no JSON"), 400, "invalid-input")

    def test_an_account_is_exported_and_erased(self):
        ada, bob = self.people("ada", "bob")
        conversation = ada.open_with(bob)
        ada.send(conversation, "remember me")
        export = ada.get("/v1/me/export")
        self.assertEqual(export.status, 200)
        self.assertIn("remember me", json.dumps(export.json))
        self.assertEqual(ada.call("DELETE", "/v1/me").status, 202)
        self.assert_problem(ada.get("/v1/conversations"), 403, "erased")
        wait_until(
            lambda: [each["text"] for each in bob.history(conversation)["items"]] == [""],
            "the erased person's message is still there",
        )
        again = Person(self.port, ada.handle)
        self.assertNotEqual(again.id, ada.id)


class Live:
    """Mixed into an AppCase."""

    def test_events_reach_the_other_person(self):
        ada, bob = self.people("ada", "bob")
        conversation = ada.open_with(bob)
        events = bob.events()
        self.addCleanup(events.close)
        self.assertFalse(events.wait_for("ready")["resumed"])
        message = ada.send(conversation, "live")
        self.assertEqual(
            events.wait_for("message", lambda data: data["id"] == message["id"])["text"], "live"
        )
        events.wait_for("conversation", lambda data: data["unread"] == 1)
        ada.post(f"/v1/conversations/{conversation}/typing", {"typing": True})
        self.assertEqual(events.wait_for("typing")["user_id"], ada.id)

    def test_a_group_hears_who_comes_changes_and_goes(self):
        ada, bob, cy = self.people("ada", "bob", "cy")
        made = ada.post(
            "/v1/conversations", {"kind": "group", "title": "Walks", "handles": [bob.handle]}
        )
        group = made.json["id"]
        events = bob.events()
        self.addCleanup(events.close)
        events.wait_for("ready")
        members = f"/v1/conversations/{group}/members"
        self.assertEqual(ada.post(members, {"handle": cy.handle}).status, 201)
        joined = events.wait_for("joined")
        self.assertEqual((joined["user"]["id"], joined["invited_by"]), (cy.id, ada.id))
        events.wait_for("group", lambda data: data["member_count"] == 3)
        ada.call("PATCH", f"{members}/{cy.id}", {"role": "owner"})
        events.wait_for(
            "member", lambda data: (data["user"]["id"], data["role"]) == (cy.id, "owner")
        )
        own = cy.events()
        self.addCleanup(own.close)
        own.wait_for("ready")
        cy.call("PATCH", "/v1/me", {"display_name": "Cyrus"})
        events.wait_for("member", lambda data: data["user"]["display_name"] == "Cyrus")
        own.wait_for("profile", lambda data: data["user"]["display_name"] == "Cyrus")
        cy.call("PATCH", f"/v1/conversations/{group}", {"title": "Runs"})
        events.wait_for("group", lambda data: data["title"] == "Runs")
        self.assertEqual(cy.call("DELETE", f"{members}/{cy.id}").status, 204)
        events.wait_for("left", lambda data: data["user_id"] == cy.id)

    def test_a_broken_connection_goes_on_where_it_was(self):
        ada, bob = self.people("ada", "bob")
        conversation = ada.open_with(bob)
        first = bob.events()
        first.wait_for("ready")
        ada.send(conversation, "one")
        first.wait_for("message", lambda data: data["text"] == "one")
        first.close()
        for text in ("two", "three"):
            ada.send(conversation, text)
        second = bob.events(first.last_id)
        self.addCleanup(second.close)
        self.assertTrue(second.wait_for("ready")["resumed"])
        second.wait_for("message", lambda data: data["text"] == "three")
        texts = [data["text"] for data in second.of("message")]
        self.assertEqual(texts, ["two", "three"])

    def test_nobody_else_is_told(self):
        ada, bob, eve = self.people("ada", "bob", "eve")
        conversation = ada.open_with(bob)
        spying, listening = eve.events(), bob.events()
        self.addCleanup(spying.close)
        self.addCleanup(listening.close)
        spying.wait_for("ready")
        listening.wait_for("ready")
        ada.send(conversation, "for bob")
        listening.wait_for("message")
        own = eve.open_with(ada)
        eve.send(own, "for ada")
        spying.wait_for("message", lambda data: data["text"] == "for ada")
        self.assertEqual([data["text"] for data in spying.of("message")], ["for ada"])


class Original:
    """The founding document's endpoints. Mixed into an AppCase."""

    def test_shapes(self):
        ada, bob = self.people("ada", "bob")
        made = ada.post("/api/messages", {"message": "hello", "handle": bob.handle})
        self.assertEqual(made.status, 200, made)
        self.assertEqual(list(made.json), ["message_group_uuid"])
        group = made.json["message_group_uuid"]
        again = ada.post("/api/messages", {"message": "again", "handle": bob.handle})
        self.assertEqual(again.json["message_group_uuid"], group)  # one conversation for a pair
        sent = bob.post("/api/messages", {"message": "hi", "message_group_uuid": group})
        self.assertEqual(
            sorted(sent.json),
            ["created_at", "display_name", "handle", "message", "message_group_uuid", "uuid"],
        )
        wait_until(
            lambda: (groups := ada.get("/api/message_groups").json)
            and groups[0]["message"] == "hi",
            "the conversation does not show its newest message",
        )
        groups = ada.get("/api/message_groups").json
        self.assertEqual(
            sorted(groups[0]), ["created_at", "display_name", "handle", "message", "uuid"]
        )
        self.assertEqual((groups[0]["uuid"], groups[0]["handle"]), (group, bob.handle))
        self.assertEqual(ada.get("/api/messages/counter").json, 1)
        messages = ada.get(f"/api/messages/{group}").json
        self.assertEqual([each["message"] for each in messages], ["hello", "again", "hi"])
        wait_until(lambda: ada.get("/api/messages/counter").json == 0, "reading reads nothing")
        short = request(self.port, "GET", f"/api/users/@{bob.handle}/short")
        self.assertEqual(
            short.json, {"uuid": bob.id, "handle": bob.handle, "display_name": "Bob"}
        )

    def test_deleted_messages_are_left_out(self):
        ada, bob = self.people("ada", "bob")
        conversation = ada.open_with(bob)
        path = f"/v1/conversations/{conversation}/messages"
        ada.send(conversation, "stays")
        goes = ada.send(conversation, "goes")
        self.assertEqual(ada.call("DELETE", f"{path}/{goes['id']}").status, 200)
        wait_until(
            lambda: [each["message"] for each in bob.get(f"/api/messages/{conversation}").json]
            == ["stays"],
            "the deleted message is shown",
        )

    def test_codes(self):
        ada, bob = self.people("ada", "bob")
        group = ada.open_with(bob)
        cases = [
            ({}, "message_blank"),
            ({"message": "", "message_group_uuid": ""}, "message_blank"),
            ({"message": "x"}, "user_reciever_handle_blank"),
            ({"message": "x", "handle": ""}, "user_reciever_handle_blank"),
            ({"message": "x", "message_group_uuid": ""}, "message_group_uuid_blank"),
            ({"message": "", "message_group_uuid": group}, "message_blank"),
            ({"message_group_uuid": group}, "message_blank"),
            ({"message": "x" * 1025, "message_group_uuid": group}, "message_exceed_max_chars"),
            ({"message": "x" * 1025, "handle": bob.handle}, "message_exceed_max_chars"),
        ]
        for body, code in cases:
            with self.subTest(body=str(body)[:60]):
                answer = ada.post("/api/messages", body)
                self.assertEqual((answer.status, answer.json), (422, [code]))

    def test_membership_is_checked(self):
        ada, bob, eve = self.people("ada", "bob", "eve")
        group = ada.open_with(bob)
        self.assertEqual(eve.get(f"/api/messages/{group}").status, 403)
        posted = eve.post("/api/messages", {"message": "x", "message_group_uuid": group})
        self.assertEqual(posted.status, 403)
        for path in ("/api/message_groups", f"/api/messages/{group}", "/api/messages/counter"):
            answer = request(self.port, "GET", path)
            self.assertEqual((answer.status, answer.json), (401, {}))
