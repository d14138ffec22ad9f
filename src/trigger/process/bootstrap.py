"""Runs a Python handler over the Lambda Runtime API.

Source: docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html and python-handler.html. It keeps one
connection to the server and sends a reply and the wish for the next event together, so that an
invocation costs one exchange. Nothing but the standard library; what it prints is the log.
"""
import functools
import importlib
import importlib.machinery
import json
import logging
import os
import socket
import sys
import time
import traceback

API = "/2018-06-01/runtime/"
RESPONSE_SIZE_MAX = 6291556  # of which the server wants to see at most one byte more


class RuntimeApi:
    """Requests to the server, as little HTTP as both ends need."""

    def __init__(self, address):
        self._address = address
        host, _, port = address.rpartition(":")
        self._socket = socket.create_connection((host, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._unread = b""

    def request(self, method, path, body=b"", headers=""):
        return (f"{method} {API}{path} HTTP/1.1\r\nHost: {self._address}\r\n{headers}"
                f"Content-Length: {len(body)}\r\n\r\n").encode("latin-1") + body

    def send(self, request):
        self._socket.sendall(request)

    def receive(self):
        """The next reply: status, headers with names in lower case, body."""
        head = self._take_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        headers = {}
        for line in head[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = self._take(int(headers.get("content-length", 0)))
        return int(head[0].split(" ", 2)[1]), headers, body

    def _receive_more(self, size):
        received = self._socket.recv(size)
        if not received:
            os._exit(0)  # the server has closed this process's address: nobody waits for it
        return received

    def _take_until(self, mark):
        while (end := self._unread.find(mark)) < 0:
            self._unread += self._receive_more(65536)
        taken, self._unread = self._unread[:end], self._unread[end + len(mark):]
        return taken

    def _take(self, size):
        if len(self._unread) < size:
            parts, missing = [self._unread], size - len(self._unread)
            while missing > 0:
                parts.append(self._receive_more(min(missing, 1 << 20)))
                missing -= len(parts[-1])
            self._unread = b"".join(parts)
        taken, self._unread = self._unread[:size], self._unread[size:]
        return taken


class Fault(Exception):
    """An error of the runtime's own, with Lambda's name for it."""

    def __init__(self, error_type, message, trace=()):
        super().__init__(message)
        self.error_type = error_type
        self.trace = list(trace)


class Identity:
    def __init__(self, identity):
        self.cognito_identity_id = identity.get("cognitoIdentityId")
        self.cognito_identity_pool_id = identity.get("cognitoIdentityPoolId")


class Client:
    def __init__(self, client):
        for name in ("installation_id", "app_title", "app_version_name", "app_version_code",
                     "app_package_name"):
            setattr(self, name, client.get(name))


class ClientContext:
    def __init__(self, context):
        self.client = Client(context.get("client") or {})
        self.custom = context.get("custom")
        self.env = context.get("env")


class Context:
    """What a handler gets as its second argument."""

    def __init__(self, headers):
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.invoked_function_arn = headers["lambda-runtime-invoked-function-arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline_ms = int(headers["lambda-runtime-deadline-ms"])
        identity = headers.get("lambda-runtime-cognito-identity")
        self.identity = Identity(json.loads(identity) if identity else {})
        client = headers.get("lambda-runtime-client-context")
        self.client_context = ClientContext(json.loads(client)) if client else None

    def get_remaining_time_in_millis(self):
        return max(self._deadline_ms - int(time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))

    def __repr__(self):
        return f"LambdaContext([aws_request_id={self.aws_request_id}," \
               f"function_name={self.function_name}])"


class Logging(logging.Handler):
    """The root logger's handler: [LEVEL] time request-id message, on standard output."""

    request_id = ""

    def __init__(self):
        super().__init__()
        formatter = logging.Formatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s",
            "%Y-%m-%dT%H:%M:%S")
        formatter.converter = time.gmtime
        self.setFormatter(formatter)
        self.addFilter(self._add_request_id)

    @staticmethod
    def _add_request_id(record):
        record.aws_request_id = Logging.request_id
        return True

    def emit(self, record):
        sys.stdout.write(self.format(record) + "\n")


def encodes_ascii_only():
    """Whether replies escape what is not ASCII: Lambda's runtimes before python3.12 do."""
    version = os.environ.get("AWS_EXECUTION_ENV", "").rpartition("python3.")[2]
    return version.isdecimal() and int(version) < 12


def encode_other(value):
    # Decimal only where somebody has imported it.
    decimal = sys.modules.get("decimal")
    if decimal is not None and isinstance(value, decimal.Decimal):
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def find_handler(name):
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        raise Fault("Runtime.MalformedHandlerName",
                    f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)")
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault("Runtime.BuiltInModuleConflict",
                    f"Cannot use built-in module {module_name} as a handler module")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError",
                    f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        raise Fault("Runtime.UserCodeSyntaxError",
                    f"Syntax error in module '{module_name}': {error}",
                    [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']) from error
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise Fault("Runtime.HandlerNotFound",
                    f"Handler '{function_name}' missing on module '{module_name}'") from None


def describe(error, request_id):
    """The error as Lambda returns it; its traceback begins in the user's code."""
    if isinstance(error, Fault):
        error_type, trace = error.error_type, error.trace
    else:
        error_type = type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)
        trace = traceback.format_list([f for f in frames if f.filename != __file__
                                       and not f.filename.startswith("<frozen importlib")])
    print(f"[ERROR] {error_type}: {error}" +
          ("\nTraceback (most recent call last):\n" + "".join(trace).rstrip("\n") if trace else ""))
    return {"errorMessage": str(error), "errorType": error_type, "requestId": request_id,
            "stackTrace": trace}


class EndpointsOfEnvironment:
    """Leads clients of a botocore that does not know AWS_ENDPOINT_URL (before 1.31, so Debian 12's)
    where the newer ones go by themselves. A finder of modules that sees botocore's session come, so
    that functions without it pay nothing.
    Source: docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    """

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name != "botocore.session":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            execute = spec.loader.exec_module

            def exec_module(module):
                execute(module)
                if module.__name__ == name:
                    cls.teach(module)

            spec.loader.exec_module = exec_module
        return spec

    @classmethod
    def teach(cls, module):
        if hasattr(module.botocore.configprovider, "ConfiguredEndpointProvider"):
            return  # it knows
        create = module.Session.create_client

        @functools.wraps(create)
        def create_client(self, service_name, region_name=None, api_version=None, use_ssl=True,
                          verify=None, endpoint_url=None, *others, **named):
            if endpoint_url is None:
                endpoint_url = cls.endpoint_of(self, service_name)
            return create(self, service_name, region_name, api_version, use_ssl, verify,
                          endpoint_url, *others, **named)

        module.Session.create_client = create_client

    @staticmethod
    def endpoint_of(session, service_name):
        if os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
            return None
        service = session.get_service_model(service_name).service_id.replace(" ", "_").upper()
        return (os.environ.get(f"AWS_ENDPOINT_URL_{service}") or os.environ.get("AWS_ENDPOINT_URL")
                or None)


def error_request(api, path, error):
    return api.request("POST", path, json.dumps(error).encode(),
                       "Lambda-Runtime-Function-Error-Type: "
                       f"{error['errorType'].encode('ascii', 'replace').decode()}\r\n"
                       "Content-Type: application/json\r\n")


def handle(api, handler, headers, body, ascii_only):
    """The request that ends this invocation."""
    request_id = Logging.request_id = headers["lambda-runtime-aws-request-id"]
    if "lambda-runtime-trace-id" in headers:
        os.environ["_X_AMZN_TRACE_ID"] = headers["lambda-runtime-trace-id"]
    try:
        try:
            event = json.loads(body)
        except ValueError as error:
            raise Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error
        result = handler(event, Context(headers))
        try:
            payload = json.dumps(result, default=encode_other, ensure_ascii=ascii_only)
            payload = payload.encode()[:RESPONSE_SIZE_MAX + 1]
        except (TypeError, ValueError, RecursionError) as error:
            raise Fault("Runtime.MarshalError",
                        f"Unable to marshal response: {error}") from error
        return api.request("POST", f"invocation/{request_id}/response", payload,
                           "Content-Type: application/json\r\n")
    except Exception as error:
        return error_request(api, f"invocation/{request_id}/error", describe(error, request_id))


def main():
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    sys.meta_path.insert(0, EndpointsOfEnvironment)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True, errors="backslashreplace")
    logging.getLogger().addHandler(Logging())
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler = find_handler(os.environ["_HANDLER"])
    except Exception as error:
        api.send(error_request(api, "init/error", describe(error, "")))
        api.receive()
        sys.exit(1)
    ascii_only = encodes_ascii_only()
    next_event = api.request("GET", "invocation/next")
    api.send(next_event)
    while True:
        status, headers, body = api.receive()
        if status != 200:
            sys.exit(f"The server answered {status} to the wish for an event")
        ending = handle(api, handler, headers, body, ascii_only)
        sys.stdout.flush()
        sys.stderr.flush()
        api.send(ending + next_event)
        api.receive()  # what became of the reply does not change what comes next


if __name__ == "__main__":
    main()
