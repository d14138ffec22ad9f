"""Servers as child processes: Parley itself, and those it is measured and compared against.

A server is a context manager: it listens on a free loopback port once `with` has been entered, and
is gone when the block ends, whatever ended it. Nothing here sleeps for a fixed time: a start is
awaited by asking the port, and a child that died is noticed by the same loop.
"""

import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
NODE_MODULES = REPOSITORY / "tests" / "node_modules"
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 20
POLL_S = 0.002
PR_SET_PDEATHSIG = 1


class ServerFailed(Exception):
    """A server could not be started, or died; the text says what it printed."""


def free_port():
    """A loopback port that nobody listens on at the moment of the call."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _die_with_parent():
    """Runs in the child: the kernel ends it if this test program is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def find_parley():
    """The server binary: $PARLEY_BINARY, else the release build, else the development build."""
    named = os.environ.get("PARLEY_BINARY")
    if named:
        return named
    for candidate in (
        "build/release/parley",
        "build/release/src/cli/parley",
        "build/dev/parley",
        "build/dev/src/cli/parley",
    ):
        if (REPOSITORY / candidate).is_file():
            return str(REPOSITORY / candidate)
    raise ServerFailed("no parley binary: run `make build`, or set PARLEY_BINARY")


class Server:
    """One child process that serves HTTP on 127.0.0.1:`port`; its output goes to a file."""

    def __init__(self, command, port, cwd=None, environment=None):
        self.command = [str(word) for word in command]
        self.port = port
        self.ports = [port]  # that it must listen on before it counts as started
        self.cwd = cwd
        self.environment = environment
        self.process = None
        self.output = None
        self.started_in_s = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self):
        return self.process.pid

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Starts the child and returns once its port accepts a connection."""
        self.output = tempfile.TemporaryFile()
        began = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=self.cwd,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            preexec_fn=_die_with_parent,
        )
        while not self._accepts():
            if self.process.poll() is not None:
                raise ServerFailed(
                    f"{self.command} ended at once, exit code "
                    f"{self.process.returncode}:\n{self.text()}"
                )
            if time.monotonic() - began > START_TIMEOUT_S:
                self.kill()
                raise ServerFailed(
                    f"{self.command} does not listen on port {self.port} after "
                    f"{START_TIMEOUT_S} s:\n{self.text()}"
                )
        self.started_in_s = time.monotonic() - began
        return self

    def _accepts(self):
        try:
            for port in self.ports:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            try:  # the pause between two attempts, cut short if the child ends
                self.process.wait(POLL_S)
            except subprocess.TimeoutExpired:
                pass
            return False

    def stop(self):
        """Asks the child to end (SIGTERM) and waits; returns its exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode

    def kill(self):
        """Ends the child with SIGKILL and waits for it."""
        self.process.kill()
        self.process.wait()

    def text(self):
        """All it has printed so far."""
        self.output.seek(0)
        return self.output.read().decode("utf-8", "replace")


class Parley(Server):
    """`parley serve` with a data directory (a temporary one if none is given) or in memory; the
    messaging app on `app_port`, or not at all."""

    def __init__(self, port=None, data=None, in_memory=False, options=(), app_port=None):
        self.temporary = None
        self.app_port = app_port
        if not in_memory and data is None:
            self.temporary = data = tempfile.mkdtemp(prefix="parley-test-")
        self.data = data
        port = port or free_port()
        storage = ["--in-memory"] if in_memory else ["--data", data]
        app = ["--no-app"] if app_port is None else ["--app-port", app_port]
        super().__init__([find_parley(), "serve", "--port", port, *app, *storage, *options], port)
        if app_port is not None:
            self.ports.append(app_port)

    @property
    def app_url(self):
        return f"http://127.0.0.1:{self.app_port}"

    def stop(self):
        code = super().stop()
        if self.temporary:
            shutil.rmtree(self.temporary, ignore_errors=True)
        return code


class ParleyApp(Server):
    """`parley serve --database-endpoint URL`: the messaging app alone, on a database elsewhere."""

    def __init__(self, database_url, options=(), app_port=None, environment=None):
        app_port = app_port or free_port()
        self.app_port = app_port
        super().__init__(
            [
                find_parley(),
                "serve",
                "--database-endpoint",
                database_url,
                "--app-port",
                app_port,
                *options,
            ],
            app_port,
            environment=environment,
        )

    @property
    def app_url(self):
        return f"http://127.0.0.1:{self.app_port}"


class RedisServer(Server):
    """Debian's redis-server on a loopback port, keeping nothing."""

    def __init__(self):
        port = free_port()
        self.folder = tempfile.mkdtemp(prefix="parley-redis-")
        words = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", ""]
        super().__init__([*words, "--dir", self.folder], port)

    def stop(self):
        code = super().stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        return code


class DynamoDBLocal(Server):
    """AWS's own DynamoDB Local, from the npm package amplify-dynamodb-simulator; needs Java."""

    def __init__(self, port=None, data=None):
        folder = NODE_MODULES / "amplify-dynamodb-simulator" / "emulator"
        if not (folder / "DynamoDBLocal.jar").is_file():
            raise ServerFailed("DynamoDB Local is not installed: run `npm ci` in tests/")
        if shutil.which("java") is None:
            raise ServerFailed("java is not installed: apt-get install default-jre-headless")
        port = port or free_port()
        storage = ["-dbPath", data] if data else ["-inMemory"]
        super().__init__(
            [
                "java",
                "-Djava.library.path=./DynamoDBLocal_lib",
                "-jar",
                "DynamoDBLocal.jar",
                "-port",
                port,
                "-sharedDb",
                *storage,
            ],
            port,
            cwd=folder,
        )


class Dynalite(Server):
    """dynalite, in memory, with tables that are active at once."""

    def __init__(self, port=None):
        if not (NODE_MODULES / "dynalite").is_dir():
            raise ServerFailed("dynalite is not installed: run `npm ci` in tests/")
        port = port or free_port()
        super().__init__(["node", pathlib.Path(__file__).parent / "dynalite.cjs", port], port)
