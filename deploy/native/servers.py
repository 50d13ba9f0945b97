"""PostgreSQL and Redis in folders of their own, and the unprivileged account that runs them."""

import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path


class Failed(Exception):
    """For a person; nothing is wrong with the script."""


def run(words, **options):
    """To its end; gives what it prints."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True,
                          check=False, **options)
    if done.returncode != 0:
        raise Failed(f"{words[0]} failed:\n{done.stdout}{done.stderr}".rstrip())
    return done.stdout


def unprivileged_account():
    """Root must not run PostgreSQL. None: this user is not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
        except KeyError:
            continue
    raise Failed("root needs the account postgres or nobody to run servers as")


def as_account(account):
    return {"user": account[0], "group": account[1], "extra_groups": []} if account else {}


def make_folder(folder, account):
    """For what the account's servers keep. A tree below /root lets nobody in: then it is a link."""
    if folder.exists():
        return folder.resolve()
    folder.mkdir(mode=0o700)
    if not account:
        return folder
    os.chown(folder, *account)
    tried = subprocess.run(["test", "-w", folder], check=False, **as_account(account))
    if tried.returncode != 0:
        place = Path(tempfile.mkdtemp(prefix="delta-servers-", dir="/var/tmp"))
        os.chown(place, *account)
        folder.rmdir()
        folder.symlink_to(place)
    return folder.resolve()


def remove_folder(folder):
    if folder.is_symlink():
        shutil.rmtree(folder.resolve(), ignore_errors=True)
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def free_port(preferred):
    """The preferred one, if nobody has it. Nothing keeps it free: who comes first gets it."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return probe.getsockname()[1]
            except OSError:
                continue
    raise Failed("no port of 127.0.0.1 is free")


def postgres_programs():
    """Debian keeps them out of PATH, a folder a version."""
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
                if path.parts[-3].isdecimal() and int(path.parts[-3]) >= 15]
    if versions:
        return max(versions, key=lambda path: int(path.parts[-3])).parent
    found = shutil.which("initdb")
    if found and int(re.search(r"(\d+)", run([found, "--version"])).group(1)) >= 15:
        return Path(found).parent
    raise Failed("PostgreSQL 15 or newer is missing: install the package postgresql-15")


def make_cluster(programs, data, password, account):
    """A database cluster that asks everybody for a password."""
    if data.exists():
        return
    half_made, asked = data.with_suffix(".new"), data.with_suffix(".password")
    shutil.rmtree(half_made, ignore_errors=True)
    asked.touch(mode=0o600)
    if account:
        os.chown(asked, *account)
    asked.write_text(password)
    try:
        run([programs / "initdb", "--pgdata", half_made, "--username", "postgres",
             "--pwfile", asked, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C",
             "--data-checksums"], cwd="/", **as_account(account))
    finally:
        asked.unlink()
    half_made.rename(data)


def make_database(programs, port, admin_password, password):
    """The role delta and its database, both as in deploy/postgres."""
    environment = {**os.environ, "PGPASSWORD": admin_password}

    def psql(sql):
        return run([programs / "psql", "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1",
                    "-h", "127.0.0.1", "-p", port, "-U", "postgres", "-d", "postgres"],
                   input=sql, env=environment).strip()

    if not psql("SELECT 1 FROM pg_roles WHERE rolname = 'delta'"):
        psql(f"CREATE ROLE delta LOGIN PASSWORD '{password}'")
    if not psql("SELECT 1 FROM pg_database WHERE datname = 'delta'"):
        psql("CREATE DATABASE delta OWNER delta")
    psql("GRANT pg_read_all_stats TO delta")


def redis_answers(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith((b"+PONG", b"-NOAUTH"))
    except OSError:
        return False
