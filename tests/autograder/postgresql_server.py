"""A PostgreSQL server of the tests' own: a module whose tests ask for `server` has one."""

import os
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path

import pytest

PASSWORD = "p@ss/w:rd"
QUOTED = "p%40ss%2Fw%3Ard"
NEW = count()


@pytest.fixture(scope="module")
def server():
    """A PostgreSQL of our own on a Unix socket; its user is never root, which it refuses."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    (folder / "password").write_text(PASSWORD)
    who = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    for path in (folder, folder / "password"):
        shutil.chown(path, **who) if who else None
    run = {**who, "check": True, "cwd": folder, "stdout": subprocess.DEVNULL}
    data = [str(programs[-1].with_name("pg_ctl")), "-D", str(folder / "data"), "-w"]
    setup = ["-U", "staff", "-A", "scram-sha-256", f"--pwfile={folder / 'password'}", "-E", "UTF8"]
    subprocess.run([str(programs[-1]), "-D", str(folder / "data"), *setup], **run)
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    subprocess.run([*data, "-l", str(folder / "log"), "-o", options, "start"], **run)
    yield folder
    subprocess.run([*data, "-m", "immediate", "stop"], **run)
    shutil.rmtree(folder)


def address(server, database, password=QUOTED):
    return f"postgresql://staff:{password}@/{database}?host={server}"


@pytest.fixture
def admin(server):
    """SQL on the server besides, as another program would send it."""
    psycopg = pytest.importorskip("psycopg")
    connection = psycopg.connect(address(server, "postgres"), autocommit=True)
    yield connection
    connection.close()


def new_database(server, admin):
    """The address of a database without tables."""
    name = f"marks{next(NEW)}"
    admin.execute(f"CREATE DATABASE {name}")
    return address(server, name)
