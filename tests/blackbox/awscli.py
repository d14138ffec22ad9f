"""What the AWS CLI tests share: the table they work on and how the CLI is called."""

import json
import subprocess

from support.target import ServerCase, client_environment

AWS = "/usr/bin/aws"
TIMEOUT_S = 60


class AwsCliCase(ServerCase):
    """A server with one table, Music, which each test fills as it needs (its own partition)."""

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
    def aws(cls, *arguments, service="dynamodb", **environment):
        return subprocess.run(
            [AWS, service, *arguments, "--endpoint-url", cls.server.url, "--output", "json"],
            env=client_environment(**environment),
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
        )

    @classmethod
    def aws_ok(cls, *arguments, service="dynamodb"):
        done = cls.aws(*arguments, service=service)
        if done.returncode:
            raise AssertionError(
                f"aws {' '.join(arguments)}: exit {done.returncode}\n{done.stderr}"
            )
        return json.loads(done.stdout) if done.stdout.strip() else None

    def aws_refused(self, *arguments, service="dynamodb"):
        """stderr of a call the server refuses: the CLI ends with 254."""
        done = self.aws(*arguments, service=service)
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
