"""deploy/conversations.yaml, as far as it can be checked without AWS."""

import json
import pathlib
import subprocess
import unittest

from deploy import template
from deploy.resource_types import RESOURCE_TYPES, faults
from support.processes import find_parley
from support.target import ServerCase, client_environment

ROOT = pathlib.Path(__file__).resolve().parents[2]
VPC_ACTIONS = {
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "ec2:UnassignPrivateIpAddresses",
}
ITEM_ACTIONS = {
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
}
# (effect, actions, resource): all that the role may do.
ALLOWED = [
    (
        "Allow",
        {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"},
        {"Fn::GetAtt": ["Table", "StreamArn"]},
    ),
    ("Allow", {"dynamodb:ListStreams"}, "*"),
    ("Allow", ITEM_ACTIONS, {"Fn::GetAtt": ["Table", "Arn"]}),
    ("Allow", {"dynamodb:Query"}, {"Fn::Sub": "${Table.Arn}/index/message-group-sk-index"}),
    (
        "Allow",
        {"logs:CreateLogStream", "logs:PutLogEvents"},
        {"Fn::GetAtt": ["FunctionLog", "Arn"]},
    ),
    ("Allow", {"sqs:SendMessage"}, {"Fn::GetAtt": ["GivenUpBatches", "Arn"]}),
    ("Allow", VPC_ACTIONS, "*"),
    ("Deny", VPC_ACTIONS, "*"),
]


def all_faults(document):
    """Everything that CloudFormation would refuse in the resources, in words."""
    resources = document["Resources"]
    parameters = document["Parameters"]
    conditions = document.get("Conditions", {})
    found = []
    for name, resource in resources.items():
        if resource["Type"] not in RESOURCE_TYPES:
            found.append(f"{name}: unknown type {resource['Type']}")
            continue
        expected = RESOURCE_TYPES[resource["Type"]]["properties"]
        found += faults(resource["Properties"], expected, name)
        depends = resource.get("DependsOn", [])
        for other in [depends] if isinstance(depends, str) else depends:
            if other not in resources:
                found.append(f"{name}: depends on {other}, which is not there")
    for kind, name, *attribute in template.references(document):
        if kind == "condition" and name not in conditions:
            found.append(f"there is no condition {name}")
        elif kind == "attribute" and (
            name not in resources
            or attribute[0] not in RESOURCE_TYPES[resources[name]["Type"]]["attributes"]
        ):
            found.append(f"there is no attribute {name}.{attribute[0]}")
        elif kind == "ref" and not (
            name in resources or name in parameters or name in template.PSEUDO_PARAMETERS
        ):
            found.append(f"there is nothing called {name}")
    return found


class Template(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.document = template.load()
        cls.resources = cls.document["Resources"]

    def of_type(self, name):
        found = [each for each in self.resources.values() if each["Type"] == name]
        self.assertEqual(len(found), 1, name)
        return found[0]["Properties"]

    def test_every_property_and_reference_is_one_that_cloudformation_knows(self):
        self.assertEqual(all_faults(self.document), [])

    def test_the_check_sees_what_is_wrong(self):
        text = template.TEMPLATE.read_text()
        for right, wrong, complaint in (
            ("StreamViewType: NEW_IMAGE", "StreamViewType: NEW", "none of"),
            ("        StreamViewType: NEW_IMAGE\n", "        {}\n", "is missing"),
            ("BatchSize: 100", "BatchSizes: 100", "no property BatchSizes"),
            ("BatchSize: 100", 'BatchSize: "100"', "is no int"),
            ("!GetAtt Table.StreamArn", "!GetAtt Table.Stream", "no attribute Table.Stream"),
            ("!Ref SubnetIds", "!Ref Subnets", "nothing called Subnets"),
            ("DependsOn: DynamoDBEndpoint", "DependsOn: Endpoint", "depends on Endpoint"),
            ("${Table.Arn}/index", "${Tabel.Arn}/index", "no attribute Tabel.Arn"),
            ("!If [HasCodeVersion", "!If [HasVersion", "no condition HasVersion"),
        ):
            self.assertIn(right, text)
            found = all_faults(template.load(text.replace(right, wrong, 1)))
            self.assertTrue(any(complaint in fault for fault in found), (wrong, found))

    def test_every_parameter_and_condition_is_used(self):
        used = set(template.references(self.document))
        for name in self.document["Parameters"]:
            self.assertIn(("ref", name), used)
        for name in self.document["Conditions"]:
            self.assertIn(("condition", name), used)

    def test_the_documents_five_steps_are_there(self):
        self.of_type("AWS::EC2::VPCEndpoint")
        self.assertIn("VpcConfig", self.of_type("AWS::Lambda::Function"))
        view = self.of_type("AWS::DynamoDB::Table")["StreamSpecification"]["StreamViewType"]
        self.assertEqual(view, "NEW_IMAGE")
        mapping = self.of_type("AWS::Lambda::EventSourceMapping")
        self.assertEqual(mapping["EventSourceArn"], {"Fn::GetAtt": ["Table", "StreamArn"]})
        self.of_type("AWS::IAM::Role")

    def test_the_role_may_do_this_and_nothing_more(self):
        role = self.of_type("AWS::IAM::Role")
        found = []
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                actions = statement["Action"]
                actions = {actions} if isinstance(actions, str) else set(actions)
                found.append((statement["Effect"], actions, statement["Resource"]))
        self.assertEqual(found, ALLOWED)
        trust = role["AssumeRolePolicyDocument"]["Statement"]
        self.assertEqual([each["Principal"] for each in trust], [{"Service": "lambda.amazonaws.com"}])

    def test_the_function_reads_the_variables_that_it_is_given(self):
        variables = self.of_type("AWS::Lambda::Function")["Environment"]["Variables"]
        settings = (ROOT / "src" / "bootstrap" / "settings.cc").read_text()
        for name in variables:
            self.assertIn(f'"{name}"', settings)

    def test_the_filter_is_a_pattern_for_messages_alone(self):
        filters = self.of_type("AWS::Lambda::EventSourceMapping")["FilterCriteria"]["Filters"]
        self.assertEqual(
            [json.loads(each["Pattern"]) for each in filters],
            [
                {
                    "eventName": ["INSERT", "MODIFY"],
                    "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "MSG#"}]}}},
                }
            ],
        )


class TableOfTheTemplate(ServerCase):

    COMPARED = (
        "AttributeDefinitions",
        "KeySchema",
        "TableName",
        "StreamSpecification",
    )

    def described(self, name):
        table = self.ok("DescribeTable", TableName=name)["Table"]
        indexes = [
            {key: index[key] for key in ("IndexName", "KeySchema", "Projection")}
            for index in table["GlobalSecondaryIndexes"]
        ]
        return {**{key: table[key] for key in self.COMPARED}, "indexes": indexes}

    def test_it_is_the_one_that_schema_load_makes(self):
        document = template.load()
        defaults = {
            name: parameter["Default"]
            for name, parameter in document["Parameters"].items()
            if "Default" in parameter
        }
        wanted = template.resolve(document["Resources"]["Table"]["Properties"], defaults)
        wanted.pop("TimeToLiveSpecification")  # an operation of its own
        wanted["StreamSpecification"]["StreamEnabled"] = True
        self.ok("CreateTable", **wanted)
        of_template = self.described(wanted["TableName"])
        self.ok("DeleteTable", TableName=wanted["TableName"])

        done = subprocess.run(
            [find_parley(), "ddb", "schema-load", "--endpoint-url", self.server.url],
            capture_output=True,
            text=True,
            env=client_environment(),
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(of_template, self.described("cruddur-messages"))


if __name__ == "__main__":
    unittest.main()
