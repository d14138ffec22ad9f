"""Reading a CloudFormation template: YAML with CloudFormation's short forms (!Ref and the like) as
the long ones ({"Ref": …}), and walks over what it refers to."""

import pathlib
import re

import yaml

TEMPLATE = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "conversations.yaml"
PSEUDO_PARAMETERS = {
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackName",
}


class _Loader(yaml.SafeLoader):
    """A mapping that names a key twice is an error, as it is to CloudFormation."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"{key!r} twice, {node.start_mark}")
        return super().construct_mapping(node, deep=deep)


def _short_form(loader, suffix, node):
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {name: value}


_Loader.add_multi_constructor("!", _short_form)


def load(text=None):
    return yaml.load(TEMPLATE.read_text() if text is None else text, _Loader)


def walk(value):
    """Every mapping in `value`, itself included."""
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from walk(member)
    elif isinstance(value, list):
        for member in value:
            yield from walk(member)


def references(value):
    """("ref", name), ("attribute", resource, attribute) and ("condition", name) in `value`."""
    for mapping in walk(value):
        for key, argument in mapping.items():
            if key == "Ref":
                yield ("ref", argument)
            elif key == "Fn::GetAtt":
                yield ("attribute", *argument)
            elif key == "Fn::If":
                yield ("condition", argument[0])
            elif key == "Fn::Sub":
                for name in re.findall(r"\$\{([^!}]+)\}", argument):
                    resource, dot, attribute = name.partition(".")
                    yield ("attribute", resource, attribute) if dot else ("ref", name)


def resolve(value, parameters):
    """`value` with the parameters' values for references to them; other functions stay."""
    if isinstance(value, list):
        return [resolve(member, parameters) for member in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"} and value["Ref"] in parameters:
        return parameters[value["Ref"]]
    return {key: resolve(member, parameters) for key, member in value.items()}
