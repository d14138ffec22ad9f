"""A session with Debian's AWS CLI: tables, waiters, limits, errors."""

import json

from blackbox.awscli import AwsCliCase


class AwsCliTables(AwsCliCase):

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

    def test_errors_name_the_operation_and_speak_dynamodbs_words(self):
        cases = (
            (
                ("describe-table", "--table-name", "Nowhere"),
                "ResourceNotFoundException",
                "DescribeTable",
                "Requested resource not found: Table: Nowhere not found",
            ),
            (
                ("create-table", "--table-name", "Music", "--billing-mode", "PAY_PER_REQUEST")
                + ("--attribute-definitions", "AttributeName=a,AttributeType=S")
                + ("--key-schema", "AttributeName=a,KeyType=HASH"),
                "ResourceInUseException",
                "CreateTable",
                "",  # AWS and DynamoDB Local word it differently
            ),
            (
                ("get-item", "--table-name", "Music", "--key", '{"Artist":{"S":"x"}}'),
                "ValidationException",
                "GetItem",
                "The provided key element does not match the schema",
            ),
            (
                ("put-item", "--table-name", "Music", "--item")
                + ('{"Artist":{"S":""},"Song":{"S":"x"}}',),
                "ValidationException",
                "PutItem",
                "One or more parameter values are not valid. The AttributeValue for a key "
                "attribute cannot contain an empty string value. Key: Artist",
            ),
            (
                ("query", "--table-name", "Music", "--key-condition-expression", "Song = :s")
                + ("--expression-attribute-values", '{":s":{"S":"x"}}'),
                "ValidationException",
                "Query",
                "Query condition missed key schema element: Artist",
            ),
        )
        for arguments, error, operation, message in cases:
            with self.subTest(arguments[0]):
                self.assertIn(
                    f"An error occurred ({error}) when calling the {operation} operation: "
                    f"{message}",
                    self.aws_refused(*arguments),
                )

    def test_any_credentials_and_region_see_the_same_tables(self):
        done = self.aws("list-tables", AWS_ACCESS_KEY_ID="somebody", AWS_DEFAULT_REGION="eu-west-3")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Music", json.loads(done.stdout)["TableNames"])
