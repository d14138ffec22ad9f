"""boto3's resource layer: Python values in and out, Key and Attr conditions, batch_writer."""

import decimal

from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary

from blackbox.test_boto3_client import client_of
from support.target import ServerCase


class Boto3Resource(ServerCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.resource = client_of(cls.server, "resource")
        cls.table = cls.resource.create_table(
            TableName="Users",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "mail")
            ],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by_mail",
                    "Projection": {"ProjectionType": "ALL"},
                    "KeySchema": [{"AttributeName": "mail", "KeyType": "HASH"}],
                }
            ],
        )
        cls.table.wait_until_exists()

    def test_every_python_type_survives(self):
        item = {
            "pk": "types",
            "sk": "1",
            "text": "é 😀",
            "empty": "",
            "integer": decimal.Decimal("42"),
            "long": decimal.Decimal("12345678901234567890123456789012345678"),
            "small": decimal.Decimal("1E-130"),
            "negative": decimal.Decimal("-0.5"),
            "bytes": Binary(b"\x00\xff"),
            "yes": True,
            "no": False,
            "nothing": None,
            "list": ["a", decimal.Decimal(1), [True], {}],
            "map": {"deep": {"deeper": [None]}},
            "strings": {"a", "b"},
            "numbers": {decimal.Decimal("1"), decimal.Decimal("2.5")},
            "binaries": {Binary(b"x"), Binary(b"y")},
        }
        self.table.put_item(Item=item)
        self.assertEqual(self.table.get_item(Key={"pk": "types", "sk": "1"})["Item"], item)

    def test_batch_writer_writes_deletes_and_deduplicates(self):
        with self.table.batch_writer(overwrite_by_pkeys=["pk", "sk"]) as batch:
            for number in range(60):
                batch.put_item(
                    Item={"pk": "batch", "sk": f"{number % 50:03}", "round": number // 50}
                )
            batch.delete_item(Key={"pk": "batch", "sk": "049"})
        items = self.table.query(KeyConditionExpression=Key("pk").eq("batch"))["Items"]
        self.assertEqual([item["sk"] for item in items], [f"{n:03}" for n in range(49)])
        self.assertEqual(sum(item["round"] for item in items), 10)

    def test_key_conditions(self):
        with self.table.batch_writer() as batch:
            for name in ("apple", "apricot", "banana", "cherry", "date"):
                batch.put_item(Item={"pk": "fruit", "sk": name})
        cases = (
            (Key("sk").eq("banana"), ["banana"]),
            (Key("sk").begins_with("ap"), ["apple", "apricot"]),
            (Key("sk").between("b", "cz"), ["banana", "cherry"]),
            (Key("sk").lt("b"), ["apple", "apricot"]),
            (Key("sk").lte("banana"), ["apple", "apricot", "banana"]),
            (Key("sk").gt("cherry"), ["date"]),
            (Key("sk").gte("cherry"), ["cherry", "date"]),
        )
        for condition, expected in cases:
            with self.subTest(condition.expression_operator):
                found = self.table.query(KeyConditionExpression=Key("pk").eq("fruit") & condition)
                self.assertEqual([item["sk"] for item in found["Items"]], expected)

    def test_filter_conditions(self):
        rows = {
            "1": {"n": 1, "tags": {"red"}, "name": "ann"},
            "2": {"n": 2, "tags": {"red", "blue"}},
            "3": {"n": 3, "name": "bob", "m": {"x": [1, 2]}},
            "4": {"name": "anna"},
        }
        for sk, attributes in rows.items():
            self.table.put_item(Item={"pk": "filter", "sk": sk, **attributes})
        cases = (
            (Attr("n").gt(1), "23"),
            (Attr("n").ne(1), "234"),
            (Attr("n").exists(), "123"),
            (Attr("n").not_exists(), "4"),
            (Attr("tags").contains("red"), "12"),
            (Attr("name").begins_with("an"), "14"),
            (Attr("name").contains("nn"), "14"),
            (Attr("n").is_in([1, 3, 9]), "13"),
            (Attr("n").between(2, 3), "23"),
            (Attr("tags").size().eq(2), "2"),
            (Attr("name").attribute_type("S"), "134"),
            (Attr("m.x[1]").eq(2), "3"),
            (~Attr("name").exists(), "2"),
            (Attr("n").lt(2) | Attr("name").eq("bob"), "13"),
            (Attr("n").exists() & ~(Attr("n").eq(2)), "13"),
        )
        for condition, expected in cases:
            with self.subTest(str(condition.get_expression())):
                found = self.table.query(
                    KeyConditionExpression=Key("pk").eq("filter"), FilterExpression=condition
                )
                self.assertEqual("".join(item["sk"] for item in found["Items"]), expected)
                self.assertEqual(found["ScannedCount"], 4)

    def test_update_with_nested_paths_and_counters(self):
        key = {"pk": "update", "sk": "1"}
        self.table.update_item(
            Key=key,
            UpdateExpression="SET visits = if_not_exists(visits, :zero) + :one, trail = :trail",
            ExpressionAttributeValues={":zero": 0, ":one": 1, ":trail": ["first"]},
        )
        answer = self.table.update_item(
            Key=key,
            UpdateExpression="SET visits = visits + :one, trail = list_append(trail, :more) "
            "ADD seen :names",
            ExpressionAttributeValues={":one": 1, ":more": ["second"], ":names": {"a"}},
            ReturnValues="ALL_NEW",
        )
        self.assertEqual(
            answer["Attributes"], {**key, "visits": 2, "trail": ["first", "second"], "seen": {"a"}}
        )
        answer = self.table.update_item(
            Key=key,
            UpdateExpression="REMOVE trail[0] DELETE seen :names",
            ExpressionAttributeValues={":names": {"a"}},
            ReturnValues="ALL_NEW",
        )
        self.assertEqual(answer["Attributes"], {**key, "visits": 2, "trail": ["second"]})

    def test_a_sparse_index_holds_only_items_with_its_key(self):
        self.table.put_item(Item={"pk": "sparse", "sk": "1", "mail": "a@example.org"})
        self.table.put_item(Item={"pk": "sparse", "sk": "2"})
        found = self.table.query(
            IndexName="by_mail", KeyConditionExpression=Key("mail").eq("a@example.org")
        )
        self.assertEqual([item["sk"] for item in found["Items"]], ["1"])
        self.table.update_item(Key={"pk": "sparse", "sk": "1"}, UpdateExpression="REMOVE mail")
        found = self.table.query(
            IndexName="by_mail", KeyConditionExpression=Key("mail").eq("a@example.org")
        )
        self.assertEqual(found["Count"], 0)

    def test_batch_get_of_the_resource(self):
        for sk in "abc":
            self.table.put_item(Item={"pk": "bget", "sk": sk})
        answer = self.resource.batch_get_item(
            RequestItems={
                "Users": {
                    "Keys": [{"pk": "bget", "sk": sk} for sk in "acz"],
                    "ConsistentRead": True,
                }
            }
        )
        self.assertEqual(sorted(item["sk"] for item in answer["Responses"]["Users"]), ["a", "c"])

    def test_tables_of_the_resource(self):
        self.assertEqual([table.name for table in self.resource.tables.all()], ["Users"])
        self.assertEqual(self.table.key_schema[0]["AttributeName"], "pk")
        self.table.reload()
        self.assertEqual(self.table.table_status, "ACTIVE")
