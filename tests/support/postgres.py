"""A PostgreSQL cluster of the tests' own: made in a temporary folder when a test first needs it, shared by all
xdist workers of a run, gone when the last of them is.

A keeper process (`python -m tests.support.postgres FOLDER`) owns the server. Every worker leaves a file with its
process id in FOLDER/users; when no living process is left there, the keeper stops the server and removes the folder,
so that not even a killed test run leaves a server behind.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

GIVEN = "DOUDI_TEST_DATABASE_URL"
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "timezone": "UTC",
}
MISSING = (
    "No PostgreSQL server programs (initdb, postgres) were found in PATH, beside pg_config or in "
    "/usr/lib/postgresql/*/bin. Install PostgreSQL 13 or newer (Debian: apt-get install postgresql), or set "
    f"{GIVEN}=postgresql://user:password@host/postgres, or set DOUDI_TEST_SQLITE_ONLY=1 to test SQLite alone."
)


class PostgresMissing(Exception):
    """No server can be started here; the message says what to do."""


def programs() -> Path:
    """The folder of initdb and postgres."""
    candidates = []
    on_path = shutil.which("initdb")
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    if shutil.which("pg_config"):
        told = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False).stdout.strip()
        candidates.append(Path(told))
    for pattern in ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin"):
        candidates += sorted(Path("/").glob(pattern), reverse=True)
    for folder in candidates:
        if all((folder / name).exists() for name in ("initdb", "postgres")):
            return folder
    raise PostgresMissing(MISSING)


class Server:
    """A server that tests may use, ours or a given one."""

    def __init__(self, url: str, folder: Path | None = None) -> None:
        self.url = url
        self._folder = folder

    def release(self) -> None:
        """This process needs the server no longer; the last one waits until it is gone."""
        if self._folder is None:
            return
        users = self._folder / "users"
        (users / str(os.getpid())).unlink(missing_ok=True)
        if users.exists() and not any(users.iterdir()):
            _until(lambda: not self._folder.exists(), 15)


def server(run: str) -> Server:
    """The server of a test run, started when this is the first process of the run that asks."""
    given = os.environ.get(GIVEN)
    if given:
        return Server(given)
    programs()
    folder = Path(tempfile.gettempdir()) / f"doudi-postgres-{os.getuid()}-{run}"
    with _locked(folder):
        address = folder / "url"
        if not address.exists():
            (folder / "users").mkdir(parents=True)
            folder.chmod(0o711)
            _use(folder)
            with (folder / "keeper.log").open("wb") as log:
                subprocess.Popen(
                    [sys.executable, "-m", "tests.support.postgres", str(folder)],
                    cwd=Path(__file__).parents[2],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    close_fds=True,
                ).returncode = 0  # The keeper outlives this process: nobody waits for it here.
            if not _until(lambda: address.exists() or (folder / "failed").exists(), 90) or not address.exists():
                said = (folder / "keeper.log").read_text(errors="replace")
                shutil.rmtree(folder, ignore_errors=True)
                raise PostgresMissing(f"The PostgreSQL cluster for tests did not start:\n{said[-3000:]}")
        _use(folder)
        return Server(address.read_text(), folder)


def _use(folder: Path) -> None:
    (folder / "users" / str(os.getpid())).touch()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    path = folder.with_suffix(".lock")
    while True:
        with path.open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if path.exists() and os.path.samestat(os.fstat(handle.fileno()), path.stat()):  # else it was taken away
                yield
                return


def _until(done, seconds: float) -> bool:
    """Waits for something; whether it came."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


# The keeper


def keep(folder: Path) -> None:
    """Makes the cluster, says its address, waits until nobody uses it, takes all away."""
    account = _unprivileged()
    data = folder / "data"
    data.mkdir(mode=0o700)
    password = secrets.token_hex(16)
    word = folder / "password"
    word.touch(mode=0o600)
    word.write_text(password)
    if account:
        shutil.chown(data, account["user"], account["group"])
        shutil.chown(word, account["user"], account["group"])
    try:
        server, port = _start(data, word, account)
    except BaseException:
        (folder / "failed").touch()
        raise
    word.unlink()
    # Written whole or not at all: whoever sees the address may use it.
    (folder / "url.new").touch(mode=0o600)
    (folder / "url.new").write_text(f"postgresql://doudi:{password}@127.0.0.1:{port}/postgres")
    (folder / "url.new").rename(folder / "url")
    while True:
        time.sleep(0.2)
        if server.poll() is None and _in_use(folder):
            continue
        with _locked(folder):
            if server.poll() is None and _in_use(folder):
                continue  # Somebody came while we waited for the lock.
            server.send_signal(2)  # SIGINT: a fast shutdown, open sessions are ended.
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
            shutil.rmtree(folder, ignore_errors=True)
            folder.with_suffix(".lock").unlink(missing_ok=True)
            return


def _start(data: Path, word: Path, account: dict[str, object]) -> tuple[subprocess.Popen[bytes], int]:
    bin_ = programs()
    environment = {**os.environ, "LC_ALL": "C"}
    who = ["-U", "doudi", "-A", "password", f"--pwfile={word}"]
    subprocess.run(
        [bin_ / "initdb", "-D", data, *who, "-E", "UTF8", "--locale=C", "--no-sync"],
        cwd="/",
        env=environment,
        check=True,
        **account,
    )
    for _ in range(5):  # Somebody else may take the port between our look and the server's.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        server = subprocess.Popen(
            [bin_ / "postgres", "-D", data, "-p", str(port), *settings], cwd="/", env=environment, **account
        )
        if _until(lambda port=port, server=server: server.poll() is not None or _answers(port), 60) and (
            server.poll() is None
        ):
            return server, port
        server.kill()
        server.wait()
    raise RuntimeError("the server did not answer on any of five ports")


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _in_use(folder: Path) -> bool:
    users = [int(path.name) for path in (folder / "users").iterdir()]
    return any(Path(f"/proc/{pid}").exists() if Path("/proc/self").exists() else _alive(pid) for pid in users)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _unprivileged() -> dict[str, object]:
    """How to run the server: as ourselves, or as somebody without privileges when we are root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise PostgresMissing("PostgreSQL refuses to run as root, and there is neither a user postgres nor a user nobody.")


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
