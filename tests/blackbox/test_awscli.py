"""A session with Debian's AWS CLI: tables, items, queries, batches, transactions, waiters, paging."""

import json
import pathlib
import subprocess
import tempfile

from support.target import ServerCase, client_environment

AWS = "/usr/bin/aws"
TIMEOUT_S = 60


class AwsCli(ServerCase):
    """The tests share one table, Music, which each fills as it needs (its own partition)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.aws_ok(
            "create-table",
            "--table-name",
            "Music",
            "--billing-mode",
            "PROVISIONED",
            "--attribute-definitions",
            "AttributeName=Artist,AttributeType=S",
            "AttributeName=Song,AttributeType=S",
            "AttributeName=Year,AttributeType=N",
            "AttributeName=Genre,AttributeType=S",
            "--key-schema",
            "AttributeName=Artist,KeyType=HASH",
            "AttributeName=Song,KeyType=RANGE",
            "--provisioned-throughput",
            "ReadCapacityUnits=5,WriteCapacityUnits=5",
            "--local-secondary-indexes",
            json.dumps(
                [
                    {
                        "IndexName": "ByYear",
                        "Projection": {"ProjectionType": "KEYS_ONLY"},
                        "KeySchema": [
                            {"AttributeName": "Artist", "KeyType": "HASH"},
                            {"AttributeName": "Year", "KeyType": "RANGE"},
                        ],
                    }
                ]
            ),
            "--global-secondary-indexes",
            json.dumps(
                [
                    {
                        "IndexName": "ByGenre",
                        "Projection": {"ProjectionType": "ALL"},
                        "KeySchema": [
                            {"AttributeName": "Genre", "KeyType": "HASH"},
                            {"AttributeName": "Song", "KeyType": "RANGE"},
                        ],
                        "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
                    }
                ]
            ),
        )

    @classmethod
    def aws(cls, *arguments, **environment):
        return subprocess.run(
            [AWS, "dynamodb", *arguments, "--endpoint-url", cls.server.url, "--output", "json"],
            env=client_environment(**environment),
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
        )

    @classmethod
    def aws_ok(cls, *arguments):
        done = cls.aws(*arguments)
        if done.returncode:
            raise AssertionError(
                f"aws {' '.join(arguments)}: exit {done.returncode}\n{done.stderr}"
            )
        return json.loads(done.stdout) if done.stdout.strip() else None

    def aws_refused(self, *arguments):
        """stderr of a call the server refuses: the CLI ends with 254."""
        done = self.aws(*arguments)
        self.assertEqual(done.returncode, 254, done.stderr)
        return done.stderr

    def put(self, artist, song, **attributes):
        self.ok(
            "PutItem",
            TableName="Music",
            Item={"Artist": {"S": artist}, "Song": {"S": song}, **attributes},
        )

    @staticmethod
    def key(artist, song):
        return json.dumps({"Artist": {"S": artist}, "Song": {"S": song}})

    # --- tables --------------------------------------------------------------------------------

    def test_describe_table_shows_keys_indexes_and_throughput(self):
        table = self.aws_ok("describe-table", "--table-name", "Music")["Table"]
        self.assertEqual(table["TableStatus"], "ACTIVE")
        self.assertEqual(
            table["KeySchema"],
            [
                {"AttributeName": "Artist", "KeyType": "HASH"},
                {"AttributeName": "Song", "KeyType": "RANGE"},
            ],
        )
        self.assertEqual(len(table["AttributeDefinitions"]), 4)
        self.assertEqual(table["ProvisionedThroughput"]["ReadCapacityUnits"], 5)
        self.assertEqual(table["LocalSecondaryIndexes"][0]["IndexName"], "ByYear")
        self.assertEqual(table["GlobalSecondaryIndexes"][0]["IndexStatus"], "ACTIVE")
        self.assertRegex(table["TableArn"], r"^arn:aws:dynamodb:[\w-]+:\d{12}:table/Music$")
        self.assertRegex(table["TableId"], r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")

    def test_waiters_end_at_once(self):
        self.aws_ok(
            "create-table",
            "--table-name",
            "Waited",
            "--billing-mode",
            "PAY_PER_REQUEST",
            "--attribute-definitions",
            "AttributeName=pk,AttributeType=S",
            "--key-schema",
            "AttributeName=pk,KeyType=HASH",
        )
        self.aws_ok("wait", "table-exists", "--table-name", "Waited")
        deleted = self.aws_ok("delete-table", "--table-name", "Waited")
        self.assertEqual(deleted["TableDescription"]["TableStatus"], "DELETING")
        self.aws_ok("wait", "table-not-exists", "--table-name", "Waited")
        self.assertNotIn("Waited", self.aws_ok("list-tables")["TableNames"])

    def test_update_table_adds_and_removes_a_global_index(self):
        self.ok(
            "CreateTable",
            TableName="Changed",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        )
        for number in range(3):
            self.ok(
                "PutItem",
                TableName="Changed",
                Item={"pk": {"S": str(number)}, "color": {"S": "red"}},
            )
        self.aws_ok(
            "update-table",
            "--table-name",
            "Changed",
            "--attribute-definitions",
            "AttributeName=pk,AttributeType=S",
            "AttributeName=color,AttributeType=S",
            "--global-secondary-index-updates",
            json.dumps(
                [
                    {
                        "Create": {
                            "IndexName": "ByColor",
                            "Projection": {"ProjectionType": "ALL"},
                            "KeySchema": [{"AttributeName": "color", "KeyType": "HASH"}],
                        }
                    }
                ]
            ),
        )
        self.aws_ok("wait", "table-exists", "--table-name", "Changed")
        self.assertEqual(
            self.aws_ok(
                "query",
                "--table-name",
                "Changed",
                "--index-name",
                "ByColor",
                "--key-condition-expression",
                "color = :c",
                "--expression-attribute-values",
                '{":c":{"S":"red"}}',
            )["Count"],
            3,
        )
        self.aws_ok(
            "update-table",
            "--table-name",
            "Changed",
            "--global-secondary-index-updates",
            json.dumps([{"Delete": {"IndexName": "ByColor"}}]),
        )
        self.assertNotIn(
            "GlobalSecondaryIndexes",
            self.aws_ok("describe-table", "--table-name", "Changed")["Table"],
        )

    def test_list_tables_pages(self):
        for number in range(5):
            self.ok(
                "CreateTable",
                TableName=f"Listed.{number}",
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            )
        whole = self.aws_ok("list-tables", "--page-size", "2")["TableNames"]
        self.assertEqual(whole, sorted(whole))
        self.assertTrue(set(f"Listed.{n}" for n in range(5)) <= set(whole))
        part = self.aws_ok("list-tables", "--max-items", "3")
        rest = self.aws_ok("list-tables", "--starting-token", part["NextToken"])
        self.assertEqual(part["TableNames"] + rest["TableNames"], whole)

    def test_describe_limits(self):
        limits = self.aws_ok("describe-limits")
        self.assertGreaterEqual(
            limits["AccountMaxReadCapacityUnits"], limits["TableMaxReadCapacityUnits"]
        )
        self.assertGreater(limits["TableMaxWriteCapacityUnits"], 0)

    # --- items ---------------------------------------------------------------------------------

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

    # --- queries and scans ---------------------------------------------------------------------

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

    # --- batches and transactions --------------------------------------------------------------

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
            "(TransactionCanceledException) when calling the TransactWriteItems operation: Transaction "
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

    # --- errors --------------------------------------------------------------------------------

    def test_errors_name_the_operation_and_speak_dynamodbs_words(self):
        cases = (
            (
                ("describe-table", "--table-name", "Nowhere"),
                r"\(ResourceNotFoundException\) when calling the DescribeTable operation: Requested resource not "
                r"found: Table: Nowhere not found",
            ),
            (
                (
                    "create-table",
                    "--table-name",
                    "Music",
                    "--attribute-definitions",
                    "AttributeName=a,AttributeType=S",
                    "--key-schema",
                    "AttributeName=a,KeyType=HASH",
                    "--billing-mode",
                    "PAY_PER_REQUEST",
                ),
                r"\(ResourceInUseException\) when calling the CreateTable operation: ",
            ),
            (
                ("get-item", "--table-name", "Music", "--key", '{"Artist":{"S":"x"}}'),
                r"\(ValidationException\) when calling the GetItem operation: The provided key element does not "
                r"match the schema",
            ),
            (
                (
                    "put-item",
                    "--table-name",
                    "Music",
                    "--item",
                    '{"Artist":{"S":""},"Song":{"S":"x"}}',
                ),
                r"\(ValidationException\) when calling the PutItem operation: One or more parameter values are not "
                r"valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: Artist",
            ),
            (
                (
                    "query",
                    "--table-name",
                    "Music",
                    "--key-condition-expression",
                    "Song = :s",
                    "--expression-attribute-values",
                    '{":s":{"S":"x"}}',
                ),
                r"\(ValidationException\) when calling the Query operation: Query condition missed key schema "
                r"element: Artist",
            ),
        )
        for arguments, pattern in cases:
            with self.subTest(arguments[0]):
                self.assertRegex(self.aws_refused(*arguments), pattern)

    def test_any_credentials_and_region_see_the_same_tables(self):
        done = self.aws("list-tables", AWS_ACCESS_KEY_ID="somebody", AWS_DEFAULT_REGION="eu-west-3")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Music", json.loads(done.stdout)["TableNames"])
