"""Calls the founding document's Lambda function with an event on standard input, as Lambda
would."""

import importlib.util
import json
import sys

specification = importlib.util.spec_from_file_location("lambda_function", sys.argv[1])
module = importlib.util.module_from_spec(specification)
specification.loader.exec_module(module)
module.lambda_handler(json.load(sys.stdin), None)
