"""The Lambda API with boto3: functions, invocations, event source mappings, and how they are
refused."""

import base64
import io
import json
import os
import tempfile
import urllib.error
import urllib.request
import zipfile

import boto3
from blackbox.lambda_case import (
    COPIER,
    ECHO,
    PATIENCE_S,
    ROLE,
    LambdaCase,
    archive,
    eventually,
)
from support.processes import Parley

ARN = "arn:aws:lambda:us-east-1:000000000001:function:"


class LambdaFunctions(LambdaCase):

    def test_the_life_of_a_function(self):
        made = self.make_function("life", Environment={"Variables": {"NAME": "a"}}, Timeout=20)
        self.assertEqual(made["FunctionArn"], ARN + "life")
        self.assertEqual(made["State"], "Pending")
        self.assertEqual(made["Version"], "$LATEST")
        self.assertRegex(made["LastModified"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$")
        self.functions.get_waiter("function_active_v2").wait(FunctionName="life")
        found = self.functions.get_function(FunctionName="life")
        self.assertEqual(found["Configuration"]["State"], "Active")
        self.assertEqual(found["Configuration"]["LastUpdateStatus"], "Successful")
        self.assertEqual(found["Configuration"]["Environment"], {"Variables": {"NAME": "a"}})
        with urllib.request.urlopen(found["Code"]["Location"]) as download:
            packed = zipfile.ZipFile(io.BytesIO(download.read()))
        self.assertEqual(packed.read("lambda_function.py").decode(), ECHO)

        updated = self.functions.update_function_configuration(
            FunctionName="life", Environment={"Variables": {"NAME": "b"}}, MemorySize=256
        )
        self.assertEqual(updated["LastUpdateStatus"], "InProgress")
        self.functions.get_waiter("function_updated").wait(FunctionName="life")
        self.assertEqual(self.invoke("life", {})[1]["name"], "b")
        self.assertNotEqual(updated["RevisionId"], made["RevisionId"])

        changed = self.functions.update_function_code(
            FunctionName=ARN + "life",
            ZipFile=archive(lambda_function="def lambda_handler(e, c): return 'new'"),
            RevisionId=updated["RevisionId"],
        )
        self.assertNotEqual(changed["CodeSha256"], made["CodeSha256"])
        self.assertEqual(self.invoke("life", {})[1], "new")

        self.functions.delete_function(FunctionName="life")
        self.assertEqual(
            self.failure_of(self.functions.get_function, FunctionName="life"),
            ("ResourceNotFoundException", f"Function not found: {ARN}life", 404),
        )

    def test_an_archive_may_be_larger_than_a_request_to_dynamodb(self):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as files:
            files.writestr("lambda_function.py", ECHO)
            files.writestr("weight", bytes(17 << 20))
        self.make_function("heavy", Code={"ZipFile": packed.getvalue()})
        self.assertEqual(self.invoke("heavy", {})[0]["StatusCode"], 200)
        code, _, status = self.failure_of(
            self.functions.update_function_code, FunctionName="heavy", ZipFile=bytes(53 << 20)
        )
        self.assertEqual((code, status), ("RequestEntityTooLargeException", 413))

    def test_lists_come_in_pages(self):
        for name in ("page-a", "page-b", "page-c"):
            self.make_function(name)
        pages = self.functions.get_paginator("list_functions").paginate(
            PaginationConfig={"PageSize": 2}
        )
        names = [[each["FunctionName"] for each in page["Functions"]] for page in pages]
        self.assertLessEqual(max(map(len, names)), 2)
        found = sum(names, [])
        self.assertEqual(found, sorted(found))
        self.assertLessEqual({"page-a", "page-b", "page-c"}, set(found))

    def test_an_invocation_and_its_log(self):
        self.make_function("talk")
        for name in ("talk", "talk:$LATEST", ARN + "talk", "000000000001:function:talk"):
            reply, payload = self.invoke(name, {"a": 1}, LogType="Tail")
            self.assertEqual(reply["StatusCode"], 200)
            self.assertEqual(reply["ExecutedVersion"], "$LATEST")
            self.assertNotIn("FunctionError", reply)
            self.assertEqual(payload["event"], {"a": 1})
        log = base64.b64decode(reply["LogResult"]).decode()
        request = reply["ResponseMetadata"]["RequestId"]
        self.assertIn(f"START RequestId: {request}", log)
        self.assertIn("called with ['a']", log)
        self.assertIn(f"REPORT RequestId: {request}", log)

    def test_an_empty_payload_is_an_empty_object(self):
        self.make_function("empty")
        reply = self.functions.invoke(FunctionName="empty")
        self.assertEqual(json.loads(reply["Payload"].read())["event"], {})

    def test_a_function_that_throws_is_a_function_error(self):
        self.make_function("throws")
        reply, payload = self.invoke("throws", {"fail": True})
        self.assertEqual(reply["StatusCode"], 200)
        self.assertEqual(reply["FunctionError"], "Unhandled")
        self.assertEqual(payload["errorType"], "ValueError")
        self.assertEqual(payload["errorMessage"], "asked to fail")

    def test_events_run_behind_and_dry_runs_do_not_run(self):
        self.make_table("events")
        self.make_function("behind", COPIER, Environment={"Variables": {"TARGET": "events"}})
        event = {
            "Records": [
                {
                    "eventName": "INSERT",
                    "dynamodb": {"Keys": {"pk": {"S": "x"}}, "SequenceNumber": "1"},
                }
            ]
        }
        reply, payload = self.invoke("behind", event, InvocationType="DryRun")
        self.assertEqual((reply["StatusCode"], payload), (204, None))
        reply, payload = self.invoke("behind", event, InvocationType="Event")
        self.assertEqual((reply["StatusCode"], payload), (202, None))
        eventually(lambda: "x" in self.items("events"))

    def test_what_an_invocation_may_not_be(self):
        self.make_function("picky")
        code, message, status = self.failure_of(
            self.functions.invoke, FunctionName="picky", Payload="{no json"
        )
        self.assertEqual((code, status), ("InvalidRequestContentException", 400))
        self.assertIn("Could not parse request body into json", message)
        large = json.dumps("x" * 6_291_455)
        self.assertEqual(
            self.failure_of(self.functions.invoke, FunctionName="picky", Payload=large),
            (
                "RequestEntityTooLargeException",
                "Request must be smaller than 6291456 bytes for the InvokeFunction operation",
                413,
            ),
        )
        self.assertEqual(
            self.failure_of(
                self.functions.invoke,
                FunctionName="picky",
                InvocationType="Event",
                Payload=json.dumps("x" * 1_048_575),
            )[2],
            413,
        )
        self.assertEqual(
            self.failure_of(self.functions.invoke, FunctionName="picky", Qualifier="7"),
            ("ResourceNotFoundException", f"Function not found: {ARN}picky:7", 404),
        )
        self.assertEqual(
            self.failure_of(self.functions.invoke, FunctionName="nobody"),
            ("ResourceNotFoundException", f"Function not found: {ARN}nobody", 404),
        )

    def test_concurrency(self):
        self.make_function("some")
        self.assertNotIn(
            "ReservedConcurrentExecutions",
            self.functions.get_function_concurrency(FunctionName="some"),
        )
        self.functions.put_function_concurrency(
            FunctionName="some", ReservedConcurrentExecutions=0
        )
        self.assertEqual(
            self.functions.get_function(FunctionName="some")["Concurrency"],
            {"ReservedConcurrentExecutions": 0},
        )
        self.assertEqual(
            self.failure_of(self.functions.invoke, FunctionName="some")[::2],
            ("TooManyRequestsException", 429),
        )
        self.functions.delete_function_concurrency(FunctionName="some")
        self.assertEqual(self.invoke("some", {})[0]["StatusCode"], 200)

    def test_what_a_function_may_not_be(self):
        self.make_function("taken")
        base = {
            "FunctionName": "other",
            "Runtime": "python3.12",
            "Role": ROLE,
            "Handler": "lambda_function.lambda_handler",
            "Code": {"ZipFile": archive(lambda_function=ECHO)},
        }

        def refused(**changes):
            return self.failure_of(self.functions.create_function, **{**base, **changes})

        self.assertEqual(
            refused(FunctionName="taken"),
            ("ResourceConflictException", "Function already exist: taken", 409),
        )
        self.assertEqual(
            refused(Timeout=901),
            (
                "ValidationException",
                "1 validation error detected: Value '901' at 'timeout' failed to satisfy "
                "constraint: Member must have value less than or equal to 900",
                400,
            ),
        )
        self.assertEqual(
            refused(Code={"ZipFile": b"no archive"})[::2], ("InvalidParameterValueException", 400)
        )
        self.assertEqual(
            refused(Code={})[1], "Please provide a source for function code."
        )
        for member, value in {
            "Layers": ["arn:aws:lambda:us-east-1:000000000001:layer:l:1"],
            "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
            "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:000000000001:q"},
            "TracingConfig": {"Mode": "Active"},
            "EphemeralStorage": {"Size": 1024},
            "Publish": True,
            "PackageType": "Image",
        }.items():
            with self.subTest(member):
                code, message, status = refused(**{member: value})
                self.assertEqual((code, status), ("InvalidParameterValueException", 400))
                self.assertIn(member, message)
        self.assertIn("bootstrap", refused(Runtime="java21")[1])
        self.assertEqual(refused(Code={"S3Bucket": "b-b", "S3Key": "k"})[0],
                         "InvalidParameterValueException")
        # What changes nothing here passes.
        self.functions.create_function(
            **{**base, "FunctionName": "plain"},
            VpcConfig={"SubnetIds": [], "SecurityGroupIds": []},
            TracingConfig={"Mode": "PassThrough"},
            EphemeralStorage={"Size": 512},
            Layers=[],
            Publish=False,
        )
        self.addCleanup(self.forget_function, "plain")

    def test_tags(self):
        made = self.make_function("tagged", Tags={"team": "blue", "cost centre": "7/ü"})
        arn = made["FunctionArn"]
        self.assertEqual(
            self.functions.get_function(FunctionName="tagged")["Tags"],
            {"team": "blue", "cost centre": "7/ü"},
        )
        self.functions.tag_resource(Resource=arn, Tags={"team": "red", "new": ""})
        self.functions.untag_resource(Resource=arn, TagKeys=["cost centre", "never was"])
        self.assertEqual(
            self.functions.list_tags(Resource=arn)["Tags"], {"team": "red", "new": ""}
        )
        changed = self.functions.get_function(FunctionName="tagged")["Configuration"]
        self.assertEqual(changed["RevisionId"], made["RevisionId"])
        self.functions.untag_resource(Resource=arn, TagKeys=["team", "new"])
        self.assertNotIn("Tags", self.functions.get_function(FunctionName="tagged"))

        def refused(**request):
            return self.failure_of(self.functions.tag_resource, **request)[::2]

        self.assertEqual(
            refused(Resource=ARN + "nobody", Tags={"a": "b"}), ("ResourceNotFoundException", 404)
        )
        self.assertEqual(
            refused(Resource="tagged", Tags={"a": "b"}), ("ValidationException", 400)
        )
        for resource, tags in (
            (arn + ":$LATEST", {"a": "b"}),
            (arn, {"aws:a": "b"}),
            (arn, {str(i): "" for i in range(51)}),
        ):
            self.assertEqual(
                refused(Resource=resource, Tags=tags), ("InvalidParameterValueException", 400)
            )

    def test_how_events_are_tried(self):
        self.make_function("events")
        name = {"FunctionName": "events"}
        self.assertEqual(
            self.failure_of(self.functions.get_function_event_invoke_config, **name),
            (
                "ResourceNotFoundException",
                f"The function {ARN}events:$LATEST doesn't have an EventInvokeConfig",
                404,
            ),
        )
        put = self.functions.put_function_event_invoke_config(
            **name, MaximumRetryAttempts=0, MaximumEventAgeInSeconds=60
        )
        self.assertEqual(put["FunctionArn"], ARN + "events:$LATEST")
        self.functions.update_function_event_invoke_config(
            **name, MaximumEventAgeInSeconds=21600
        )
        found = self.functions.get_function_event_invoke_config(**name)
        self.assertEqual(
            (found["MaximumRetryAttempts"], found["MaximumEventAgeInSeconds"]), (0, 21600)
        )
        listed = self.functions.list_function_event_invoke_configs(**name)
        self.assertEqual(len(listed["FunctionEventInvokeConfigs"]), 1)
        self.assertEqual(
            self.failure_of(
                self.functions.put_function_event_invoke_config,
                **name,
                DestinationConfig={
                    "OnFailure": {"Destination": "arn:aws:sqs:us-east-1:000000000001:q"}
                },
            )[::2],
            ("InvalidParameterValueException", 400),
        )

        # Not tried again, it is given up at once: told by the server and in the function's log.
        self.invoke("events", {"fail": True}, InvocationType="Event")

        def given_up():
            with urllib.request.urlopen(
                f"{self.server.url}/_parley/functions/events/event-failures"
            ) as reply:
                return json.load(reply)["EventFailures"]

        (failure,) = eventually(given_up)
        self.assertEqual(failure["Attempts"], 1)
        self.assertIn("asked to fail", failure["Error"])
        with urllib.request.urlopen(
            f"{self.server.url}/_parley/functions/events/logs"
        ) as reply:
            self.assertIn(f"EVENT_DROPPED RequestId: {failure['RequestId']}", reply.read().decode())

        self.functions.delete_function_event_invoke_config(**name)
        self.assertEqual(
            self.functions.list_function_event_invoke_configs(**name)[
                "FunctionEventInvokeConfigs"
            ],
            [],
        )

    def test_an_event_outlives_a_killed_server(self):
        with tempfile.TemporaryDirectory() as directory:
            started, released, done = (
                os.path.join(directory, name) for name in ("started", "released", "done")
            )
            code = f"""
import os, time


def lambda_handler(event, context):
    open({started!r}, "w").close()
    while not os.path.exists({released!r}):
        time.sleep(0.05)
    with open({done!r} + ".new", "w") as file:
        file.write(event["text"])
    os.rename({done!r} + ".new", {done!r})
"""
            with Parley(data=os.path.join(directory, "data")) as server:
                functions = boto3.client("lambda", **self.client_options(server.url))
                functions.create_function(
                    FunctionName="waits",
                    Runtime="python3.12",
                    Role=ROLE,
                    Handler="lambda_function.lambda_handler",
                    Code={"ZipFile": archive(lambda_function=code)},
                    Timeout=60,
                )
                functions.invoke(
                    FunctionName="waits", InvocationType="Event", Payload='{"text": "kept"}'
                )
                eventually(lambda: os.path.exists(started))
                server.kill()
                open(released, "w").close()
                server.start()
                eventually(lambda: os.path.exists(done))
                with open(done) as file:
                    self.assertEqual(file.read(), "kept")

    def test_what_parley_has_none_of_is_told_truthfully(self):
        self.make_function("truth")
        name = {"FunctionName": "truth"}
        versions = self.functions.list_versions_by_function(**name)["Versions"]
        self.assertEqual([each["Version"] for each in versions], ["$LATEST"])
        self.assertEqual(self.functions.list_aliases(**name)["Aliases"], [])
        self.assertEqual(self.functions.list_function_url_configs(**name)["FunctionUrlConfigs"], [])
        self.assertEqual(
            self.functions.get_function_code_signing_config(**name)["FunctionName"], "truth"
        )
        self.assertEqual(
            self.failure_of(self.functions.get_policy, **name)[::2],
            ("ResourceNotFoundException", 404),
        )
        code, message, _ = self.failure_of(self.functions.publish_version, **name)
        self.assertEqual(code, "UnknownOperationException")
        self.assertIn("PublishVersion", message)
        usage = self.functions.get_account_settings()["AccountUsage"]
        self.assertGreaterEqual(usage["FunctionCount"], 1)

    def test_a_body_that_is_too_large_is_read_to_its_end_and_refused(self):
        # Clients read no reply before they have sent everything.
        for path, size, limit, operation in (
            ("event-source-mappings/", 17 << 20, 16777216, "CreateEventSourceMapping"),
            ("functions", 80 << 20, 70167211, "CreateFunction"),
        ):
            with self.subTest(path), self.assertRaises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(
                    urllib.request.Request(
                        f"{self.server.url}/2015-03-31/{path}",
                        data=b" " * size,
                        headers={"Content-Type": "application/json"},
                    )
                )
            self.assertEqual(caught.exception.code, 413)
            self.assertEqual(
                caught.exception.headers["x-amzn-ErrorType"], "RequestEntityTooLargeException"
            )
            self.assertEqual(
                json.loads(caught.exception.read()),
                {
                    "message": f"Request must be smaller than {limit} bytes for the "
                    f"{operation} operation"
                },
            )

    def test_a_web_page_may_not_deploy(self):
        request = urllib.request.Request(
            self.server.url + "/2015-03-31/functions", headers={"Origin": "http://evil.example"}
        )
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
        self.assertEqual(caught.exception.code, 403)


class EventSourceMappings(LambdaCase):

    def test_a_put_runs_the_function(self):
        arn = self.make_table("source", "NEW_IMAGE")
        self.make_table("target")
        self.make_function("copier", COPIER, Environment={"Variables": {"TARGET": "target"}})
        made = self.make_mapping(
            EventSourceArn=arn, FunctionName="copier", StartingPosition="TRIM_HORIZON"
        )
        self.assertEqual(made["State"], "Creating")
        self.assertEqual(made["LastProcessingResult"], "No records processed")
        self.assertEqual(made["StateTransitionReason"], "User action")
        self.assertEqual(made["FunctionArn"], ARN + "copier")
        self.assertEqual(made["ResponseMetadata"]["HTTPStatusCode"], 202)
        self.tables.put_item(TableName="source", Item={"pk": {"S": "a"}})
        self.assertEqual(eventually(lambda: self.items("target").get("a"))["event"], "INSERT")
        self.tables.delete_item(TableName="source", Key={"pk": {"S": "a"}})
        eventually(lambda: self.items("target")["a"]["event"] == "REMOVE")
        found = eventually(
            lambda: self.mapping_when(made["UUID"], LastProcessingResult="OK")
        )
        self.assertEqual(found["State"], "Enabled")

    def mapping_when(self, uuid, **members):
        found = self.functions.get_event_source_mapping(UUID=uuid)
        return found if all(found.get(name) == value for name, value in members.items()) else None

    def test_every_setting_is_shown_and_changed(self):
        arn = self.make_table("settings", "NEW_AND_OLD_IMAGES")
        self.make_function("settings")
        settings = {
            "BatchSize": 7,
            "MaximumBatchingWindowInSeconds": 3,
            "ParallelizationFactor": 2,
            "MaximumRecordAgeInSeconds": 60,
            "MaximumRetryAttempts": 4,
            "BisectBatchOnFunctionError": True,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "FilterCriteria": {"Filters": [{"Pattern": '{"eventName":["INSERT"]}'}]},
            "DestinationConfig": {
                "OnFailure": {"Destination": "arn:aws:sqs:us-east-1:000000000001:q"}
            },
        }
        made = self.make_mapping(
            EventSourceArn=arn,
            FunctionName="settings",
            StartingPosition="LATEST",
            Enabled=False,
            **settings,
        )
        uuid = made["UUID"]
        found = eventually(lambda: self.mapping_when(uuid, State="Disabled"))
        self.assertEqual({name: found[name] for name in settings}, settings)
        self.assertEqual(found["StartingPosition"], "LATEST")
        updated = self.functions.update_event_source_mapping(
            UUID=uuid, BatchSize=1, FilterCriteria={"Filters": []}, FunctionResponseTypes=[]
        )
        self.assertEqual(updated["ResponseMetadata"]["HTTPStatusCode"], 202)
        found = self.functions.get_event_source_mapping(UUID=uuid)
        self.assertEqual((found["BatchSize"], found["MaximumRetryAttempts"]), (1, 4))
        self.assertNotIn("FilterCriteria", found)
        self.assertEqual(found["FunctionResponseTypes"], [])
        self.functions.update_event_source_mapping(UUID=uuid, Enabled=True)
        eventually(lambda: self.mapping_when(uuid, State="Enabled"))
        listed = self.functions.list_event_source_mappings(FunctionName=ARN + "settings")
        self.assertEqual([each["UUID"] for each in listed["EventSourceMappings"]], [uuid])
        by_stream = self.functions.list_event_source_mappings(EventSourceArn=arn)
        self.assertEqual([each["UUID"] for each in by_stream["EventSourceMappings"]], [uuid])
        deleted = self.functions.delete_event_source_mapping(UUID=uuid)
        self.assertEqual(deleted["State"], "Deleting")
        eventually(
            lambda: not self.functions.list_event_source_mappings(EventSourceArn=arn)[
                "EventSourceMappings"
            ]
        )

    def test_mappings_come_in_pages(self):
        arn = self.make_table("pages", "KEYS_ONLY")
        uuids = set()
        for name in ("pages-a", "pages-b", "pages-c"):
            self.make_function(name)
            made = self.make_mapping(
                EventSourceArn=arn, FunctionName=name, StartingPosition="LATEST", Enabled=False
            )
            uuids.add(made["UUID"])
        first = self.functions.list_event_source_mappings(EventSourceArn=arn, MaxItems=2)
        second = self.functions.list_event_source_mappings(
            EventSourceArn=arn, MaxItems=2, Marker=first["NextMarker"]
        )
        self.assertEqual(len(first["EventSourceMappings"]), 2)
        self.assertNotIn("NextMarker", second)
        self.assertEqual(
            {
                each["UUID"]
                for each in first["EventSourceMappings"] + second["EventSourceMappings"]
            },
            uuids,
        )

    def test_what_a_mapping_may_not_be(self):
        arn = self.make_table("wrong", "NEW_IMAGE")
        self.make_function("wrong")
        base = {"EventSourceArn": arn, "FunctionName": "wrong", "StartingPosition": "LATEST"}

        def refused(without=None, **changes):
            arguments = {**base, **changes}
            arguments.pop(without, None)
            return self.failure_of(self.functions.create_event_source_mapping, **arguments)

        self.assertEqual(
            refused(FunctionName="nobody"),
            ("ResourceNotFoundException", f"Function not found: {ARN}nobody", 404),
        )
        code, message, _ = refused(EventSourceArn=arn[:-3] + "000")
        self.assertEqual(code, "InvalidParameterValueException")
        self.assertIn("Stream not found", message)
        self.assertIn("startingPosition", refused(without="StartingPosition")[1])
        self.assertEqual(
            refused(StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=1)[1],
            f"Unsupported starting position for arn type: {arn}",
        )
        self.assertEqual(
            refused(StartingPositionTimestamp=1)[1],
            "Timestamp only valid with StartingPosition AT_TIMESTAMP",
        )
        self.assertEqual(
            refused(BatchSize=10_001)[1],
            "1 validation error detected: Value '10001' at 'batchSize' failed to satisfy "
            "constraint: Member must have value less than or equal to 10000",
        )
        self.assertEqual(
            refused(EventSourceArn="arn:aws:kinesis:us-east-1:000000000001:stream/s")[0],
            "InvalidParameterValueException",
        )
        for member, value in {"Topics": ["t"], "Queues": ["q"]}.items():
            code, message, _ = refused(**{member: value})
            self.assertEqual(code, "InvalidParameterValueException")
            self.assertIn(member, message)
        made = self.make_mapping(**base, Enabled=False)
        code, message, status = refused()
        self.assertEqual((code, status), ("ResourceConflictException", 409))
        self.assertIn(made["UUID"], message)
        self.assertEqual(
            self.failure_of(self.functions.get_event_source_mapping, UUID="none"),
            ("ResourceNotFoundException", "The resource you requested does not exist.", 404),
        )


SLOW_COPIER = COPIER.replace(
    "    for record", '    print("begun", flush=True)\n    time.sleep(1)\n    for record', 1
).replace("import os", "import os\nimport time", 1)


class AStopOfTheServer(LambdaCase):
    server_options = {"in_memory": False}

    def test_a_batch_in_flight_ends_first(self):
        arn = self.make_table("stop-source", "NEW_IMAGE")
        self.make_table("stop-target")
        self.make_function(
            "slow", SLOW_COPIER, Environment={"Variables": {"TARGET": "stop-target"}}
        )
        mapping = self.make_mapping(
            EventSourceArn=arn,
            FunctionName="slow",
            StartingPosition="TRIM_HORIZON",
            MaximumRetryAttempts=0,
        )
        self.tables.put_item(TableName="stop-source", Item={"pk": {"S": "a"}})
        logs = f"{self.server.url}/_parley/functions/slow/logs?wait=1000"
        eventually(lambda: b"begun" in urllib.request.urlopen(logs).read())
        # Not stop(): that would remove the data.
        self.server.process.terminate()
        self.assertEqual(self.server.process.wait(PATIENCE_S), 0)
        self.server.output.close()
        self.server.start()
        self.assertEqual(list(self.items("stop-target")), ["a"])
        letters = urllib.request.urlopen(f"{self.server.url}/_parley/dead-letters").read()
        self.assertEqual(json.loads(letters), {"DeadLetters": [], "Dropped": 0})
        found = self.functions.get_event_source_mapping(UUID=mapping["UUID"])
        self.assertEqual(found["State"], "Enabled")
