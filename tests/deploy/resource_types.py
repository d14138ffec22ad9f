"""The resource types that deploy/ uses, as AWS's CloudFormation reference has them: the properties
that the template may name, those it must, and the attributes that others may ask for.

A property's type is a Python type, a tuple of allowed values, a mapping (an object with these and
no other members; a `!` after a name: it must be there), or a list of one of these."""

NUMBER, TEXT, FLAG, ANY = int, str, bool, object

_KEY_SCHEMA = [{"AttributeName!": TEXT, "KeyType!": ("HASH", "RANGE")}]
_THROUGHPUT = {"ReadCapacityUnits!": NUMBER, "WriteCapacityUnits!": NUMBER}

RESOURCE_TYPES = {
    "AWS::DynamoDB::Table": {
        "attributes": {"Arn", "StreamArn"},
        "properties": {
            "TableName": TEXT,
            "AttributeDefinitions": [{"AttributeName!": TEXT, "AttributeType!": ("S", "N", "B")}],
            "KeySchema!": _KEY_SCHEMA,
            "GlobalSecondaryIndexes": [
                {
                    "IndexName!": TEXT,
                    "KeySchema!": _KEY_SCHEMA,
                    "Projection!": {"ProjectionType": ("ALL", "KEYS_ONLY", "INCLUDE")},
                    "ProvisionedThroughput": _THROUGHPUT,
                }
            ],
            "BillingMode": ("PROVISIONED", "PAY_PER_REQUEST"),
            "ProvisionedThroughput": _THROUGHPUT,
            "StreamSpecification": {
                "StreamViewType!": ("KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES")
            },
            "TimeToLiveSpecification": {"AttributeName": TEXT, "Enabled!": FLAG},
        },
    },
    "AWS::EC2::VPCEndpoint": {
        "attributes": {"Id"},
        "properties": {
            "VpcEndpointType": ("Gateway", "Interface"),
            "ServiceName": TEXT,
            "VpcId!": TEXT,
            "RouteTableIds": [TEXT],
        },
    },
    "AWS::EC2::SecurityGroup": {
        "attributes": {"GroupId"},
        "properties": {
            "GroupDescription!": TEXT,
            "VpcId": TEXT,
            "SecurityGroupEgress": [
                {
                    "Description": TEXT,
                    "IpProtocol!": TEXT,
                    "FromPort": NUMBER,
                    "ToPort": NUMBER,
                    "DestinationPrefixListId": TEXT,
                }
            ],
        },
    },
    "AWS::Logs::LogGroup": {
        "attributes": {"Arn"},
        "properties": {"LogGroupName": TEXT, "RetentionInDays": (1, 3, 5, 7, 14, 30, 60, 90)},
    },
    "AWS::SQS::Queue": {
        "attributes": {"Arn", "QueueName", "QueueUrl"},
        "properties": {"MessageRetentionPeriod": NUMBER, "SqsManagedSseEnabled": FLAG},
    },
    "AWS::IAM::Role": {
        "attributes": {"Arn", "RoleId"},
        "properties": {
            "AssumeRolePolicyDocument!": ANY,
            "Policies": [{"PolicyName!": TEXT, "PolicyDocument!": ANY}],
        },
    },
    "AWS::Lambda::Function": {
        "attributes": {"Arn"},
        "properties": {
            "FunctionName": TEXT,
            "Description": TEXT,
            "Runtime": ("provided.al2", "provided.al2023"),
            "Handler": TEXT,
            "Architectures": [("x86_64", "arm64")],
            "Code!": {"S3Bucket": TEXT, "S3Key": TEXT, "S3ObjectVersion": TEXT},
            "Role!": TEXT,
            "MemorySize": NUMBER,
            "Timeout": NUMBER,
            "Environment": {"Variables": ANY},
            "LoggingConfig": {"LogGroup": TEXT},
            "VpcConfig": {"SubnetIds": [TEXT], "SecurityGroupIds": [TEXT]},
        },
    },
    "AWS::Lambda::EventSourceMapping": {
        "attributes": {"Id", "EventSourceMappingArn"},
        "properties": {
            "FunctionName!": TEXT,
            "EventSourceArn": TEXT,
            "StartingPosition": ("TRIM_HORIZON", "LATEST"),
            "BatchSize": NUMBER,
            "BisectBatchOnFunctionError": FLAG,
            "MaximumRetryAttempts": NUMBER,
            "ParallelizationFactor": NUMBER,
            "FilterCriteria": {"Filters": [{"Pattern": TEXT}]},
            "DestinationConfig": {"OnFailure": {"Destination": TEXT}},
        },
    },
}


def _is_function(value):
    """A reference or another function: what it gives is known on AWS only."""
    return isinstance(value, dict) and any(
        key == "Ref" or key.startswith("Fn::") for key in value
    )


def faults(value, expected, where):
    """What is wrong with `value`, in words."""
    if expected is ANY or _is_function(value):
        return
    if isinstance(expected, dict):
        if not isinstance(value, dict):
            yield f"{where}: {value!r} is no object"
            return
        known = {name.rstrip("!"): type_ for name, type_ in expected.items()}
        for name in expected:
            if name.endswith("!") and name[:-1] not in value:
                yield f"{where}: {name[:-1]} is missing"
        for name, member in value.items():
            if name not in known:
                yield f"{where}: there is no property {name}"
            else:
                yield from faults(member, known[name], f"{where}.{name}")
    elif isinstance(expected, list):
        if not isinstance(value, list):
            yield f"{where}: {value!r} is no list"
            return
        for index, member in enumerate(value):
            yield from faults(member, expected[0], f"{where}[{index}]")
    elif isinstance(expected, tuple):
        if value not in expected:
            yield f"{where}: {value!r} is none of {expected}"
    elif type(value) is not expected:
        yield f"{where}: {value!r} is no {expected.__name__}"
