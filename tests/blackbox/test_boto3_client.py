"""boto3's low-level client: every operation, paginators, waiters, errors as boto3 shows them."""

import boto3
import botocore.config
import botocore.exceptions

from support.target import ServerCase

KEY = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]


def client_of(server, service="client"):
    """A boto3 client or resource for `server` that retries nothing."""
    make = boto3.client if service == "client" else boto3.resource
    return make(
        "dynamodb",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=botocore.config.Config(retries={"total_max_attempts": 1}),
    )


class Boto3Client(ServerCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = client_of(cls.server)
        cls.client.create_table(
            TableName="Orders",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=KEY,
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": kind}
                for name, kind in (("pk", "S"), ("sk", "N"), ("state", "S"), ("total", "N"))
            ],
            LocalSecondaryIndexes=[
                {
                    "IndexName": "by_total",
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["state"]},
                    "KeySchema": [KEY[0], {"AttributeName": "total", "KeyType": "RANGE"}],
                }
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by_state",
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                    "KeySchema": [
                        {"AttributeName": "state", "KeyType": "HASH"},
                        {"AttributeName": "total", "KeyType": "RANGE"},
                    ],
                }
            ],
        )

    def put(self, pk, sk, **attributes):
        self.client.put_item(
            TableName="Orders", Item={"pk": {"S": pk}, "sk": {"N": str(sk)}, **attributes}
        )

    @staticmethod
    def key(pk, sk):
        return {"pk": {"S": pk}, "sk": {"N": str(sk)}}

    def client_error(self, call, *arguments, **parameters):
        """The error `call` is refused with."""
        with self.assertRaises(botocore.exceptions.ClientError) as raised:
            call(*arguments, **parameters)
        return raised.exception.response

    def test_errors_arrive_as_modeled_exceptions(self):
        with self.assertRaises(self.client.exceptions.ResourceNotFoundException):
            self.client.get_item(TableName="Missing", Key={"pk": {"S": "a"}})
        with self.assertRaises(self.client.exceptions.ResourceInUseException):
            self.client.create_table(
                TableName="Orders",
                BillingMode="PAY_PER_REQUEST",
                KeySchema=KEY[:1],
                AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            )
        with self.assertRaises(self.client.exceptions.ConditionalCheckFailedException):
            self.client.delete_item(
                TableName="Orders",
                Key=self.key("none", 1),
                ConditionExpression="attribute_exists(pk)",
            )

    def test_an_error_has_a_request_id_and_http_status(self):
        response = self.client_error(
            self.client.get_item, TableName="Orders", Key={"pk": {"S": "a"}}
        )
        self.assertEqual(response["Error"]["Code"], "ValidationException")
        self.assertEqual(
            response["Error"]["Message"], "The provided key element does not match the schema"
        )
        self.assertEqual(response["ResponseMetadata"]["HTTPStatusCode"], 400)
        self.assertRegex(
            response["ResponseMetadata"]["RequestId"], r"^[A-Z0-9-]{36,52}$|^[a-z0-9-]{36}$"
        )

    def test_failed_condition_returns_the_item_when_asked(self):
        self.put("cond", 1, state={"S": "open"})
        answer = self.wire.call(
            "PutItem",
            {
                "TableName": "Orders",
                "Item": self.key("cond", 1),
                "ConditionExpression": "attribute_not_exists(pk)",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            },
        )
        self.assertEqual(answer.error, "ConditionalCheckFailedException")
        self.assertEqual(answer.body["Item"], {**self.key("cond", 1), "state": {"S": "open"}})

    def test_return_values_of_update_item(self):
        self.put("rv", 1, a={"N": "1"}, m={"M": {"x": {"N": "1"}, "y": {"N": "2"}}})
        whole = lambda n: {
            **self.key("rv", 1),
            "a": {"N": n},
            "m": {"M": {"x": {"N": n}, "y": {"N": "2"}}},
        }
        parts = lambda n: {"a": {"N": n}, "m": {"M": {"x": {"N": n}}}}
        for mode, attributes in (
            ("NONE", None),
            ("ALL_OLD", whole("2")),
            ("UPDATED_OLD", parts("3")),
            ("UPDATED_NEW", parts("5")),
            ("ALL_NEW", whole("6")),
        ):
            answer = self.client.update_item(
                TableName="Orders",
                Key=self.key("rv", 1),
                ReturnValues=mode,
                UpdateExpression="SET a = a + :one, m.x = m.x + :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
            )
            self.assertEqual(answer.get("Attributes"), attributes, mode)

    def test_paginators_walk_queries_scans_and_tables(self):
        for number in range(25):
            self.put("pages", number, total={"N": str(number % 7)}, state={"S": "paged"})
        query = self.client.get_paginator("query").paginate(
            TableName="Orders",
            KeyConditionExpression="pk = :p",
            ScanIndexForward=False,
            ExpressionAttributeValues={":p": {"S": "pages"}},
            PaginationConfig={"PageSize": 4},
        )
        pages = list(query)
        self.assertEqual(
            [item["sk"]["N"] for page in pages for item in page["Items"]],
            [str(n) for n in reversed(range(25))],
        )
        self.assertEqual([page["Count"] for page in pages], [4, 4, 4, 4, 4, 4, 1])
        index = self.client.get_paginator("query").paginate(
            TableName="Orders",
            IndexName="by_state",
            KeyConditionExpression="#s = :s",
            ExpressionAttributeNames={"#s": "state"},
            ExpressionAttributeValues={":s": {"S": "paged"}},
            PaginationConfig={"PageSize": 3},
        )
        items = [item for page in index for item in page["Items"]]
        self.assertEqual(sorted(int(item["sk"]["N"]) for item in items), list(range(25)))
        totals = [int(item["total"]["N"]) for item in items]
        self.assertEqual(totals, sorted(totals))
        self.assertEqual(set(items[0]), {"pk", "sk", "state", "total"})
        scan = self.client.get_paginator("scan").paginate(
            TableName="Orders", IndexName="by_state", PaginationConfig={"PageSize": 4}
        )
        scanned = [item for page in scan for item in page["Items"] if item["state"]["S"] == "paged"]
        self.assertEqual(sorted(int(item["sk"]["N"]) for item in scanned), list(range(25)))
        names = self.client.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 1})
        self.assertIn("Orders", [name for page in names for name in page["TableNames"]])

    def test_waiters(self):
        self.client.create_table(
            TableName="Waited",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=KEY[:1],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        )
        self.client.get_waiter("table_exists").wait(
            TableName="Waited", WaiterConfig={"Delay": 1, "MaxAttempts": 3}
        )
        self.client.delete_table(TableName="Waited")
        self.client.get_waiter("table_not_exists").wait(
            TableName="Waited", WaiterConfig={"Delay": 1, "MaxAttempts": 3}
        )

    def test_capacity_of_reads_and_writes(self):
        big = {"S": "x" * 5000}
        put = self.client.put_item(
            TableName="Orders",
            ReturnConsumedCapacity="INDEXES",
            Item={**self.key("cap", 1), "state": {"S": "cap"}, "total": {"N": "1"}, "data": big},
        )
        self.assertEqual(
            put["ConsumedCapacity"],
            {
                "TableName": "Orders",
                "CapacityUnits": 7.0,
                "Table": {"CapacityUnits": 5.0},
                "LocalSecondaryIndexes": {"by_total": {"CapacityUnits": 1.0}},
                "GlobalSecondaryIndexes": {"by_state": {"CapacityUnits": 1.0}},
            },
        )
        for consistent, units in ((False, 1.0), (True, 2.0)):
            got = self.client.get_item(
                TableName="Orders",
                Key=self.key("cap", 1),
                ConsistentRead=consistent,
                ReturnConsumedCapacity="TOTAL",
                ProjectionExpression="sk",
            )
            self.assertEqual(
                got["ConsumedCapacity"], {"TableName": "Orders", "CapacityUnits": units}
            )
        missing = self.client.get_item(
            TableName="Orders", Key=self.key("cap", 99), ReturnConsumedCapacity="TOTAL"
        )
        self.assertEqual(missing["ConsumedCapacity"]["CapacityUnits"], 0.5)
        self.assertNotIn("Item", missing)

    def test_item_collection_metrics_only_with_a_local_index(self):
        answer = self.client.put_item(
            TableName="Orders", Item=self.key("icm", 1), ReturnItemCollectionMetrics="SIZE"
        )
        self.assertEqual(answer["ItemCollectionMetrics"]["ItemCollectionKey"], {"pk": {"S": "icm"}})
        low, high = answer["ItemCollectionMetrics"]["SizeEstimateRangeGB"]
        self.assertLess(low, high)

    def test_transaction_cancellation_reasons(self):
        self.put("tx", 1, state={"S": "open"})
        response = self.client_error(
            self.client.transact_write_items,
            TransactItems=[
                {"Put": {"TableName": "Orders", "Item": self.key("tx", 2)}},
                {
                    "ConditionCheck": {
                        "TableName": "Orders",
                        "Key": self.key("tx", 1),
                        "ConditionExpression": "#s = :closed",
                        "ExpressionAttributeNames": {"#s": "state"},
                        "ExpressionAttributeValues": {":closed": {"S": "closed"}},
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                },
                {"Delete": {"TableName": "Orders", "Key": self.key("tx", 3)}},
            ],
        )
        self.assertEqual(response["Error"]["Code"], "TransactionCanceledException")
        reasons = response["CancellationReasons"]
        self.assertEqual(
            [reason["Code"] for reason in reasons], ["None", "ConditionalCheckFailed", "None"]
        )
        self.assertEqual(reasons[1]["Message"], "The conditional request failed")
        self.assertEqual(reasons[1]["Item"], {**self.key("tx", 1), "state": {"S": "open"}})
        self.assertNotIn("Message", reasons[0])
        self.assertNotIn("Item", self.client.get_item(TableName="Orders", Key=self.key("tx", 2)))

    def test_a_transaction_with_the_same_token_is_applied_once(self):
        self.put("token", 1, total={"N": "0"})
        request = {
            "ClientRequestToken": "one-and-only",
            "TransactItems": [
                {
                    "Update": {
                        "TableName": "Orders",
                        "Key": self.key("token", 1),
                        "UpdateExpression": "ADD #t :one",
                        "ExpressionAttributeNames": {"#t": "total"},
                        "ExpressionAttributeValues": {":one": {"N": "1"}},
                    }
                }
            ],
        }
        for _ in range(3):
            self.client.transact_write_items(**request)
        got = self.client.get_item(
            TableName="Orders", Key=self.key("token", 1), ConsistentRead=True
        )
        self.assertEqual(got["Item"]["total"], {"N": "1"})
        request["TransactItems"][0]["Update"]["ExpressionAttributeValues"][":one"]["N"] = "2"
        response = self.client_error(self.client.transact_write_items, **request)
        self.assertEqual(response["Error"]["Code"], "IdempotentParameterMismatchException")

    def test_one_item_twice_in_a_transaction_or_batch_is_refused(self):
        twice = [
            {"Delete": {"TableName": "Orders", "Key": self.key("twice", 1)}},
            {"Put": {"TableName": "Orders", "Item": self.key("twice", "1.0")}},
        ]
        response = self.client_error(self.client.transact_write_items, TransactItems=twice)
        self.assertEqual(
            response["Error"]["Message"],
            "Transaction request cannot include multiple operations on one item",
        )
        response = self.client_error(
            self.client.batch_write_item,
            RequestItems={
                "Orders": [
                    {"PutRequest": {"Item": self.key("twice", 1)}},
                    {"DeleteRequest": {"Key": self.key("twice", "1e0")}},
                ]
            },
        )
        self.assertEqual(
            response["Error"]["Message"], "Provided list of item keys contains duplicates"
        )

    def test_describe_endpoints_names_an_address(self):
        answer = self.ok("DescribeEndpoints")
        self.assertTrue(answer["Endpoints"][0]["Address"])
        self.assertGreater(answer["Endpoints"][0]["CachePeriodInMinutes"], 0)

    def test_deletion_protection(self):
        self.ok(
            "CreateTable",
            TableName="Kept",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=KEY[:1],
            DeletionProtectionEnabled=True,
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        )
        self.refused("DeleteTable", "ValidationException", "deletion protection", TableName="Kept")
        self.ok("UpdateTable", TableName="Kept", DeletionProtectionEnabled=False)
        self.ok("DeleteTable", TableName="Kept")

    def test_pages_end_at_one_megabyte(self):
        for number in range(6):
            self.put("mega", number, data={"S": "x" * 300_000})
        pages = [
            page["Count"]
            for page in self.client.get_paginator("query").paginate(
                TableName="Orders",
                KeyConditionExpression="pk = :p",
                ProjectionExpression="sk",
                ExpressionAttributeValues={":p": {"S": "mega"}},
            )
        ]
        self.assertEqual(pages, [4, 2])

    def test_item_size_limit(self):
        room = 409_600 - len("pk" "size" "sk" "data") - 2  # the number 1 takes two bytes
        self.put("size", 1, data={"S": "x" * room})
        response = self.client_error(self.put, "size", 1, data={"S": "x" * (room + 1)})
        self.assertEqual(
            response["Error"]["Message"], "Item size has exceeded the maximum allowed size"
        )
