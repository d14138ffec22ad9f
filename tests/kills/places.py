"""What runs and what of it is killed.

A place has `ports` of the app's API, start(), stop() and kill_and_restart(): kill -9, and everything
is there again when it returns. `lead_s` is how long it may take until somebody moves rows again."""

import os
import shutil
import tempfile
import threading

from support.processes import DynamoDBLocal, Parley, ParleyApp, RedisServer, free_port

LEASE_S = 0.5
APP = ("--no-rate-limits",)
os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")


class Place:
    load_s = (0.03, 0.4)  # how long a round lasts before the kill
    again_probability = 0.2  # of a second kill while the server comes up again
    drops_calls = True  # a kill breaks the connections to the app

    def __init__(self, chance):
        self.chance = chance
        self.servers = []  # in the order of their start
        self.folders = []
        self.kills = 0

    def folder(self):
        self.folders.append(tempfile.mkdtemp(prefix="parley-kills-"))
        return self.folders[-1]

    @property
    def database_port(self):
        """Of the database's own API."""
        return next(
            server.port for server in self.servers if isinstance(server, (Parley, DynamoDBLocal))
        )

    @property
    def ports(self):
        return [server.app_port for server in self.servers if getattr(server, "app_port", None)]

    def start(self):
        for server in self.servers:
            server.start()
        return self

    def stop(self):
        for server in reversed(self.servers):
            server.stop()

    def forget(self):
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)

    def victim(self):
        return self.servers[0]

    def kill_and_restart(self):
        server = self.victim()
        server.kill()
        self.kills += 1
        while self.chance.random() < self.again_probability:
            server.start()
            threading.Event().wait(self.chance.uniform(0, 0.05))  # the moment is the point
            server.kill()
            self.kills += 1
        server.start()


class Embedded(Place):
    """`parley serve` on disk, everything in one process."""

    options = ()

    def __init__(self, chance):
        super().__init__(chance)
        self.servers = [
            Parley(
                port=free_port(),
                app_port=free_port(),
                data=self.folder(),
                options=("--stream-shards", chance.choice(["0", "4"]), *APP, *self.options),
            )
        ]


class EmbeddedOnRedis(Embedded):
    """The same; the cache outlives the server."""

    def __init__(self, chance):
        redis = RedisServer()
        self.options = ("--cache", f"redis://127.0.0.1:{redis.port}")
        super().__init__(chance)
        self.servers.insert(0, redis)

    def victim(self):
        return self.servers[1]


class Apps(Place):
    """Several processes of the app on one database, one of which is killed; `redis`: they share
    their cache."""

    load_s = (0.1, 1.2)
    count = 1
    redis = False
    local = False

    def __init__(self, chance):
        super().__init__(chance)
        options = list(APP)
        if self.redis:
            self.servers.append(RedisServer())
            options += ["--cache", f"redis://127.0.0.1:{self.servers[0].port}"]
        if self.local:
            database = DynamoDBLocal()
        else:
            database = Parley(
                port=free_port(),
                data=self.folder(),
                options=("--stream-shards", chance.choice(["0", "4"])),
            )
        self.servers.append(database)
        self.apps = [
            ParleyApp(
                database.url,
                ("--create-table", "--lease-time", str(LEASE_S), *options),
                app_port=free_port(),
            )
            for _ in range(self.count)
        ]
        self.servers += self.apps

    def victim(self):
        return self.chance.choice(self.apps)


class ThreeApps(Apps):
    count = 3


class ThreeAppsOnRedis(ThreeApps):
    redis = True


class AppsOnDynamoDBLocal(Apps):
    count = 2
    local = True


class Database(Apps):
    """The database is killed and comes back; two processes of the app stay."""

    count = 2
    drops_calls = False

    def victim(self):
        return self.servers[0]


PLACES = {
    "embedded": Embedded,
    "embedded-redis": EmbeddedOnRedis,
    "app": Apps,
    "apps": ThreeApps,
    "apps-redis": ThreeAppsOnRedis,
    "apps-local": AppsOnDynamoDBLocal,
    "database": Database,
}
