"""A session with Debian's AWS CLI: items, queries, scans, batches, transactions, paging."""

import json
import pathlib
import tempfile

from blackbox.awscli import AwsCliCase


class AwsCliItems(AwsCliCase):

    def test_put_get_update_delete(self):
        item = {
            "Artist": {"S": "Nina"},
            "Song": {"S": "Sinnerman"},
            "Plays": {"N": "1"},
            "Tags": {"SS": ["jazz", "soul"]},
            "Cover": {"B": "AAH/"},
            "Live": {"BOOL": False},
            "Gone": {"NULL": True},
            "Notes": {"L": [{"S": "a"}, {"N": "2.5"}]},
            "Label": {"M": {"Name": {"S": "Philips"}}},
            "Marks": {"NS": ["1", "2"]},
        }
        self.assertIsNone(
            self.aws_ok("put-item", "--table-name", "Music", "--item", json.dumps(item))
        )
        got = self.aws_ok(
            "get-item",
            "--table-name",
            "Music",
            "--key",
            self.key("Nina", "Sinnerman"),
            "--consistent-read",
        )["Item"]
        for name in ("Tags", "Marks"):
            kind = next(iter(item[name]))
            got[name][kind].sort()
        self.assertEqual(got, item)
        updated = self.aws_ok(
            "update-item",
            "--table-name",
            "Music",
            "--key",
            self.key("Nina", "Sinnerman"),
            "--update-expression",
            "SET Plays = Plays + :one, Label.City = :city ADD Tags :tag REMOVE Gone",
            "--expression-attribute-values",
            '{":one":{"N":"1"},":city":{"S":"Paris"},":tag":{"SS":["blues"]}}',
            "--return-values",
            "ALL_NEW",
            "--return-consumed-capacity",
            "TOTAL",
        )
        self.assertEqual(updated["Attributes"]["Plays"], {"N": "2"})
        self.assertEqual(updated["Attributes"]["Label"]["M"]["City"], {"S": "Paris"})
        self.assertEqual(sorted(updated["Attributes"]["Tags"]["SS"]), ["blues", "jazz", "soul"])
        self.assertNotIn("Gone", updated["Attributes"])
        self.assertGreaterEqual(updated["ConsumedCapacity"]["CapacityUnits"], 1.0)
        gone = self.aws_ok(
            "delete-item",
            "--table-name",
            "Music",
            "--key",
            self.key("Nina", "Sinnerman"),
            "--return-values",
            "ALL_OLD",
        )
        self.assertEqual(gone["Attributes"]["Plays"], {"N": "2"})
        self.assertIsNone(
            self.aws_ok("get-item", "--table-name", "Music", "--key", self.key("Nina", "Sinnerman"))
        )

    def test_projection_names_reserved_words_through_placeholders(self):
        self.put(
            "Proj", "A", Year={"N": "1999"}, Data={"M": {"x": {"L": [{"N": "1"}, {"N": "2"}]}}}
        )
        got = self.aws_ok(
            "get-item",
            "--table-name",
            "Music",
            "--key",
            self.key("Proj", "A"),
            "--projection-expression",
            "#y, #d.x[1]",
            "--expression-attribute-names",
            '{"#y":"Year","#d":"Data"}',
        )["Item"]
        self.assertEqual(got, {"Year": {"N": "1999"}, "Data": {"M": {"x": {"L": [{"N": "2"}]}}}})

    def test_a_failed_condition_is_exit_254_with_its_name(self):
        self.put("Cond", "A")
        error = self.aws_refused(
            "put-item",
            "--table-name",
            "Music",
            "--item",
            self.key("Cond", "A"),
            "--condition-expression",
            "attribute_not_exists(Artist)",
        )
        self.assertIn(
            "An error occurred (ConditionalCheckFailedException) when calling the PutItem "
            "operation: The conditional request failed",
            error,
        )

    def test_query_pages_and_starting_tokens_give_every_item_once(self):
        for number in range(12):
            self.put("Paged", f"song-{number:02}", Year={"N": str(2000 + number)})
        query = (
            "query",
            "--table-name",
            "Music",
            "--key-condition-expression",
            "Artist = :a",
            "--expression-attribute-values",
            '{":a":{"S":"Paged"}}',
        )
        whole = self.aws_ok(*query, "--page-size", "5")
        self.assertEqual(
            [item["Song"]["S"] for item in whole["Items"]], [f"song-{n:02}" for n in range(12)]
        )
        songs, token = [], ()
        while True:
            page = self.aws_ok(*query, "--max-items", "5", "--page-size", "2", *token)
            songs += [item["Song"]["S"] for item in page["Items"]]
            if "NextToken" not in page:
                break
            token = ("--starting-token", page["NextToken"])
        self.assertEqual(songs, [f"song-{n:02}" for n in range(12)])
        newest = self.aws_ok(*query, "--no-scan-index-forward", "--limit", "3", "--no-paginate")
        self.assertEqual(
            [item["Song"]["S"] for item in newest["Items"]], ["song-11", "song-10", "song-09"]
        )
        self.assertEqual(newest["LastEvaluatedKey"], json.loads(self.key("Paged", "song-09")))

    def test_query_on_indexes(self):
        for number in range(4):
            self.put(
                "Indexed",
                f"s{number}",
                Year={"N": str(2010 - number)},
                Genre={"S": "indexed-genre"},
            )
        by_year = self.aws_ok(
            "query",
            "--table-name",
            "Music",
            "--index-name",
            "ByYear",
            "--key-condition-expression",
            "Artist = :a AND #y BETWEEN :from AND :to",
            "--expression-attribute-names",
            '{"#y":"Year"}',
            "--expression-attribute-values",
            '{":a":{"S":"Indexed"},":from":{"N":"2008"},":to":{"N":"2010"}}',
        )
        self.assertEqual([item["Year"]["N"] for item in by_year["Items"]], ["2008", "2009", "2010"])
        self.assertNotIn("Genre", by_year["Items"][0])
        by_genre = self.aws_ok(
            "query",
            "--table-name",
            "Music",
            "--index-name",
            "ByGenre",
            "--key-condition-expression",
            "Genre = :g AND begins_with(Song, :s)",
            "--expression-attribute-values",
            '{":g":{"S":"indexed-genre"},":s":{"S":"s"}}',
            "--select",
            "COUNT",
        )
        self.assertEqual((by_genre["Count"], by_genre["ScannedCount"]), (4, 4))

    def test_scan_filters_and_segments(self):
        for number in range(20):
            self.put(f"Scanned-{number}", "x", Odd={"BOOL": number % 2 == 1})
        found = self.aws_ok(
            "scan",
            "--table-name",
            "Music",
            "--page-size",
            "7",
            "--filter-expression",
            "begins_with(Artist, :p) AND Odd = :odd",
            "--expression-attribute-values",
            '{":p":{"S":"Scanned-"},":odd":{"BOOL":true}}',
        )
        self.assertEqual(found["Count"], 10)
        seen = []
        for segment in range(3):
            part = self.aws_ok(
                "scan",
                "--table-name",
                "Music",
                "--segment",
                str(segment),
                "--total-segments",
                "3",
                "--projection-expression",
                "Artist",
            )
            seen += [
                item["Artist"]["S"]
                for item in part["Items"]
                if item["Artist"]["S"].startswith("Scanned-")
            ]
        self.assertEqual(sorted(seen), sorted(f"Scanned-{n}" for n in range(20)))

    def test_batch_write_and_batch_get(self):
        writes = {
            "Music": [
                {"PutRequest": {"Item": json.loads(self.key("Batch", str(n)))}} for n in range(5)
            ]
        }
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "writes.json"
            file.write_text(json.dumps(writes))
            self.assertEqual(
                self.aws_ok("batch-write-item", "--request-items", f"file://{file}"),
                {"UnprocessedItems": {}},
            )
        keys = {"Music": {"Keys": [json.loads(self.key("Batch", str(n))) for n in (1, 3, 9)]}}
        got = self.aws_ok(
            "batch-get-item",
            "--request-items",
            json.dumps(keys),
            "--return-consumed-capacity",
            "TOTAL",
        )
        self.assertEqual(
            sorted(item["Song"]["S"] for item in got["Responses"]["Music"]), ["1", "3"]
        )
        self.assertEqual(got["UnprocessedKeys"], {})
        self.assertEqual(got["ConsumedCapacity"], [{"TableName": "Music", "CapacityUnits": 1.5}])

    def test_transactions_are_all_or_nothing(self):
        self.put("Tx", "a", Balance={"N": "10"})
        self.put("Tx", "b", Balance={"N": "0"})

        def move(amount):
            return json.dumps(
                [
                    {
                        "Update": {
                            "TableName": "Music",
                            "Key": json.loads(self.key("Tx", "a")),
                            "UpdateExpression": "SET Balance = Balance - :n",
                            "ConditionExpression": "Balance >= :n",
                            "ExpressionAttributeValues": {":n": {"N": str(amount)}},
                        }
                    },
                    {
                        "Update": {
                            "TableName": "Music",
                            "Key": json.loads(self.key("Tx", "b")),
                            "UpdateExpression": "SET Balance = Balance + :n",
                            "ExpressionAttributeValues": {":n": {"N": str(amount)}},
                        }
                    },
                ]
            )

        self.aws_ok("transact-write-items", "--transact-items", move(4))
        error = self.aws_refused("transact-write-items", "--transact-items", move(7))
        self.assertIn(
            "(TransactionCanceledException) when calling the TransactWriteItems operation: "
            "Transaction "
            "cancelled, please refer cancellation reasons for specific reasons "
            "[ConditionalCheckFailed, None]",
            error,
        )
        got = self.aws_ok(
            "transact-get-items",
            "--transact-items",
            json.dumps(
                [
                    {"Get": {"TableName": "Music", "Key": json.loads(self.key("Tx", song))}}
                    for song in "abz"
                ]
            ),
        )
        self.assertEqual(
            [answer.get("Item", {}).get("Balance") for answer in got["Responses"]],
            [{"N": "6"}, {"N": "4"}, None],
        )
