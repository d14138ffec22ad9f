"""Pattern D with both functions: the founding document's, and Parley's own.

Each known fault of the document's function is seen here twice: that function shows it, and the
native one does not.
"""

import json
import unittest

from support.processes import Parley
from triggers.conversations import (
    ANN,
    BOB,
    CY,
    NATIVE,
    TABLE,
    client,
    create_table,
    deploy_document_function,
    message,
    moment,
    record,
    row,
    rows_of,
    text,
    wait_until,
)

OLD, EARLY, LATE = moment(0), moment(60), moment(120)


class Conversations(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        # The document's function names AWS's own host and reaches the server as its HTTP proxy.
        cls.server = Parley(in_memory=True).start()
        cls.addClassCleanup(cls.server.stop)
        cls.dynamodb = client("dynamodb", cls.server.url)
        cls.functions = client("lambda", cls.server.url)
        cls.document = deploy_document_function(cls.functions)

    def setUp(self):
        self.stream = create_table(self.dynamodb)
        self.addCleanup(self.dynamodb.delete_table, TableName=TABLE)

    def put(self, *items):
        for item in items:
            self.dynamodb.put_item(TableName=TABLE, Item=item)

    def make_pair(self, group="g", at=OLD, **more):
        self.put(row(ANN, group, at, BOB, **more), row(BOB, group, at, ANN, **more))

    def invoke(self, function, *records):
        """Calls the function with these records; its error, or None."""
        answer = self.functions.invoke(
            FunctionName=function, Payload=json.dumps({"Records": list(records)})
        )
        payload = json.loads(answer["Payload"].read())
        return payload if "FunctionError" in answer else None

    def insert(self, item):
        self.put(item)
        return record("INSERT", item, self.stream)

    def rows(self, user):
        return rows_of(self.dynamodb, user)

    def for_both(self, story, faulty, right):
        """`story(function)` returns what it sees: `faulty` with the document's function, `right`
        with the native one."""
        for function, expected in ((self.document, faulty), (NATIVE, right)):
            with self.subTest(function=function):
                self.assertEqual(story(function), expected)
            self.dynamodb.delete_table(TableName=TABLE)
            self.stream = create_table(self.dynamodb)

    # --- from the stream ---------------------------------------------------------------------------

    def test_a_message_moves_both_rows_by_either_function(self):
        for function in (self.document, NATIVE):
            with self.subTest(function=function):
                mapping = self.functions.create_event_source_mapping(
                    EventSourceArn=self.stream,
                    FunctionName=function,
                    StartingPosition="LATEST",
                    BatchSize=1,
                )
                self.make_pair()
                self.put(message("g", EARLY, ANN, "hello"))
                moved = [(EARLY, "hello")]
                wait_until(
                    lambda: self.rows(ANN) == moved and self.rows(BOB) == moved,
                    lambda: f"{self.rows(ANN)} {self.rows(BOB)} {self.mapping(mapping)}",
                )
                self.functions.delete_event_source_mapping(UUID=mapping["UUID"])
            self.dynamodb.delete_table(TableName=TABLE)
            self.stream = create_table(self.dynamodb)

    def mapping(self, created):
        return self.functions.get_event_source_mapping(UUID=created["UUID"])

    # --- the known faults --------------------------------------------------------------------------

    def test_every_record_of_a_batch_counts(self):
        def story(function):
            self.put(row(ANN, "g", OLD, BOB), row(CY, "h", OLD, BOB))
            records = [
                self.insert(message("g", EARLY, BOB, "one")),
                self.insert(message("h", EARLY, BOB, "two")),
            ]
            self.assertIsNone(self.invoke(function, *records))
            return self.rows(ANN), self.rows(CY)

        moved = ([(EARLY, "one")], [(EARLY, "two")])
        self.for_both(story, faulty=(moved[0], [(OLD, "old")]), right=moved)

    def test_a_late_record_does_not_move_a_row_back(self):
        def story(function):
            self.make_pair()
            early = self.insert(message("g", EARLY, ANN, "early"))
            self.invoke(function, self.insert(message("g", LATE, ANN, "late")))
            self.invoke(function, early)
            return self.rows(BOB)

        self.for_both(story, faulty=[(EARLY, "early")], right=[(LATE, "late")])

    def test_an_edit_of_an_old_message_does_not_move_a_row_back(self):
        def story(function):
            self.make_pair()
            self.invoke(function, self.insert(message("g", EARLY, ANN, "early")))
            self.invoke(function, self.insert(message("g", LATE, ANN, "late")))
            edited = message("g", EARLY, ANN, "edited")
            self.put(edited)
            self.invoke(function, record("MODIFY", edited, self.stream))
            return self.rows(BOB)

        self.for_both(story, faulty=[(EARLY, "edited")], right=[(LATE, "late")])

    def test_a_failure_half_way_loses_no_conversation(self):
        def story(function):
            # An attribute that the document's function reads between its delete and its put.
            incomplete = row(ANN, "g", OLD, BOB)
            del incomplete["user_handle"]
            self.put(incomplete)
            self.invoke(function, self.insert(message("g", EARLY, BOB, "hello")))
            return self.rows(ANN)

        self.for_both(story, faulty=[], right=[(EARLY, "hello")])

    def test_two_conversations_at_one_instant_both_keep_their_rows(self):
        def story(function):
            self.put(row(ANN, "g", moment(1), BOB), row(ANN, "h", moment(2), CY))
            for group, sender in (("g", BOB), ("h", CY)):
                self.invoke(function, self.insert(message(group, EARLY, sender, sender)))
            return self.rows(ANN)

        self.for_both(
            story,
            faulty=[(EARLY, CY)],
            right=[(EARLY, BOB), (moment(60, micros=1), CY)],
        )

    def test_attributes_that_the_function_does_not_know_stay(self):
        def story(function):
            self.put(row(ANN, "g", OLD, BOB, muted={"BOOL": True}))
            self.invoke(function, self.insert(message("g", EARLY, BOB, "hello")))
            key = {"pk": text(f"GRP#{ANN}"), "sk": text(EARLY)}
            return "muted" in self.dynamodb.get_item(TableName=TABLE, Key=key)["Item"]

        self.for_both(story, faulty=False, right=True)

    def test_times_of_other_forms_are_times(self):
        def story(function):
            noon_in_toronto = "2026-01-01T07:00:00-05:00"
            self.put(row(ANN, "g", "2026-01-01T11:00:00.000000+00:00", BOB))
            self.invoke(function, self.insert(message("g", noon_in_toronto, BOB, "noon")))
            eleven_thirty = message("g", "2026-01-01T11:30:00.000000+00:00", BOB, "before")
            self.invoke(function, self.insert(eleven_thirty))
            return self.rows(ANN)

        self.for_both(
            story,
            faulty=[("2026-01-01T11:30:00.000000+00:00", "before")],
            right=[("2026-01-01T12:00:00.000000+00:00", "noon")],
        )


if __name__ == "__main__":
    unittest.main()
