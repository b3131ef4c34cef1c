"""PostgreSQL with an event table: a position, a stream and a version of it that are unique together, a payload."""

import os
import pwd
import re
import subprocess
from pathlib import Path

from peers.ports import free_port

_BINARIES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), Path("/usr/bin"))

_TABLE = """
CREATE TABLE events (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stream text NOT NULL, version integer NOT NULL, tag integer NOT NULL,
  at timestamptz NOT NULL DEFAULT now(), payload bytea NOT NULL,
  UNIQUE (stream, version));
"""

#: One transaction of 256 events of 200 bytes, made inside the server: no byte of them is sent or parsed.
GROUP = """
\\set number random(1, 1000000000000)
INSERT INTO events (stream, version, tag, payload)
  SELECT 'vm/' || :number || '-' || i % 26, 1 + i / 26, 515, decode(repeat('70', 200), 'hex') FROM generate_series(0, 255) AS i;
"""

#: One transaction of one event.
SINGLE = """
\\set number random(1, 1000000000000)
INSERT INTO events (stream, version, tag, payload) VALUES ('vm/' || :number, 1, 515, decode(repeat('70', 200), 'hex'));
"""


class Postgresql:
    """A new cluster as `initdb` makes it (fsync and synchronous_commit on), on a socket in `folder`."""

    def __init__(self, folder: Path):
        # It refuses to run as root; Debian's user for it is there wherever it is installed.
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.folder, self.port = folder, free_port()
        folder.mkdir()
        if os.geteuid() == 0:
            record = pwd.getpwnam(self.user)
            os.chown(folder, record.pw_uid, record.pw_gid)
            for parent in folder.parents:  # Made by mkdtemp for its owner alone.
                if parent.owner() == "root" and parent != Path("/") and parent.stat().st_mode & 0o005 != 0o005:
                    parent.chmod(0o711)
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--pgdata", str(folder / "data"))
        settings = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c port={self.port} -c max_connections=200"
        self._run("pg_ctl", "--wait", "--pgdata", str(folder / "data"), "--log", str(folder / "log"), "--options", settings, "start")
        self.sql(_TABLE)

    def _run(self, program: str, *arguments: str, **options) -> str:
        command = [str(_BINARIES / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", self.user, "--", *command]
        # Not through a pipe: the server would inherit it and keep it open.
        output = self.folder / "output"
        with open(output, "w", encoding="utf-8") as file:
            finished = subprocess.run(command, stdout=options.get("stdout", file), stderr=file, cwd=self.folder)
        text = output.read_text(encoding="utf-8")
        if finished.returncode != 0:
            raise AssertionError(f"{program}: {text}")
        return text

    def _client(self, program: str, *arguments: str, **options) -> str:
        return self._run(program, "--host", str(self.folder), "--port", str(self.port), "--username", "postgres", *arguments,
                         **options)

    def sql(self, statement: str) -> str:
        return self._client("psql", "--no-psqlrc", "--tuples-only", "--no-align", "--command", statement, "postgres")

    def transactions_per_s(self, script: str, clients: int, seconds: int) -> float:
        """Of pgbench, with prepared statements."""
        path = self.folder / "script.sql"
        path.write_text(script)
        path.chmod(0o644)
        text = self._client("pgbench", "--no-vacuum", "--protocol=prepared", f"--client={clients}", f"--jobs={min(clients, 2)}",
                            f"--time={seconds}", f"--file={path}", "postgres")
        return float(re.search(r"tps = ([\d.]+)", text).group(1))

    def events(self) -> int:
        return int(self.sql("SELECT count(*) FROM events"))

    def read_all(self) -> None:
        """Every event in order of position, through the fastest way out there is."""
        self._client("psql", "--no-psqlrc", "--command", "COPY (SELECT * FROM events ORDER BY position) TO STDOUT (FORMAT binary)",
                     "postgres", stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        self._run("pg_ctl", "--wait", "--mode=fast", "--pgdata", str(self.folder / "data"), "stop")
