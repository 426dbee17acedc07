"""Attacks from within a real jail: behind an outer wall and without one, as root and as nobody."""

import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from ordinary_user import HERE
from yard import VISIBLE, Yard

from autograder.sandbox import cgroup
from autograder.sandbox.levels import BUBBLEWRAP, BUBBLEWRAP_LANDLOCK, LANDLOCK, NAMESPACES

pytestmark = pytest.mark.xdist_group("jail")

ADVICE = "Install bubblewrap, on a Linux that lets users make namespaces (user.max_user_namespaces)"
REASONS = {"EPERM", "EACCES", "ENOENT", "EROFS", "ENOTDIR"}
SECRET = "the-answer-is-42"


def yards(*levels):
    """A fixture parameter for each level as root and as an ordinary user."""
    return [
        pytest.param((one, user), id=f"{one.name}-{user}")
        for one in levels
        for user in ("root", "nobody")
    ]


def opened(isolation, user):
    """A yard, or a skip that says what would have to be there."""
    if sys.platform != "linux":
        pytest.skip("namespaces need Linux")
    if user == "root" and os.geteuid():
        pytest.skip("the walls that root builds are tried where root runs the tests")
    if isolation.behind_bubblewrap and not shutil.which("bwrap"):
        pytest.skip(ADVICE)
    place = Yard(isolation, user if os.geteuid() == 0 else "self")
    with place.attacker("nothing") as one:
        exit_report = one.ends()
    if "error" in exit_report:
        place.close()
        pytest.skip(f"{exit_report['error']}. {ADVICE}")
    return place


@pytest.fixture(scope="module", params=yards(NAMESPACES, BUBBLEWRAP))
def yard(request):
    place = opened(*request.param)
    yield place
    place.close()


@pytest.fixture(scope="module", params=yards(LANDLOCK, BUBBLEWRAP_LANDLOCK))
def low_yard(request):
    place = opened(*request.param)
    yield place
    place.close()


@pytest.fixture
def victim():
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def shut(handle):
    """Wait until the process behind a handle is gone."""
    assert select.select([handle], [], [], 5)[0], "it lives on"


def test_a_slot_has_no_powers_and_a_place_of_its_own(yard):
    me = yard.tries("who_am_i")
    assert {me[f"Cap{kind}"].strip() for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}
    assert me["NoNewPrivs"].strip() == "1"
    assert me["Seccomp"].strip() == "2"
    assert me["folder"] == me["home"] == "/home/student"
    assert (me["uid"] == 0, me["ids"], me["leads"], me["core"]) == (False, True, True, 0)
    assert me["host"] == "slot"


def test_as_root_every_slot_is_another_user(yard):
    first, second = (yard.tries("who_am_i", {"slot": n}) for n in (0, 1))
    assert (first["uid"] != second["uid"]) is (yard.user == "root")


def test_files_of_the_course_and_the_machine_are_not_there(yard, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    paths = [secret, HERE / "pyproject.toml", HERE / "source", "/etc/shadow", "/var/log", __file__]
    assert set(yard.tries("read", paths=[str(p) for p in paths])) == {"ENOENT"}


def test_nothing_can_be_written_but_the_home_and_the_temporary_folders(yard):
    paths = ["/x", "/usr/x", f"{sys.prefix}/x", "/etc/passwd", "/dev/x", VISIBLE.read_only[-1]]
    paths += ["/proc/self/oom_score_adj", "/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern"]
    assert set(yard.tries("write", paths=paths)) <= REASONS
    homes = ["/home/student/x", "/tmp/x", "/dev/shm/x", "/dev/null"]
    assert set(yard.tries("write", paths=homes)) == {"done"}


@pytest.mark.parametrize("param", yards(NAMESPACES))
def test_what_is_shown_is_read_only_wherever_it_lies(param):
    place = opened(*param)
    library = Path(tempfile.mkdtemp(dir="/tmp"))
    library.chmod(0o755)
    (library / "module.py").write_text("x = 1")
    settings = {"read_only": [*VISIBLE.read_only, str(library)]}
    try:
        assert place.tries("read", settings, paths=[str(library / "module.py")]) == ["done"]
        paths = [str(library / "module.py"), str(library / "other.py")]
        assert set(place.tries("write", settings, paths=paths)) <= REASONS
    finally:
        place.close()
        shutil.rmtree(library)


def test_there_is_no_network_but_a_loopback_of_its_own(yard):
    name = f"grader-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as local:
        local.bind("\0" + name)
        local.listen()
        met = yard.tries("connect", port=server.getsockname()[1], name=name)
    assert met == {"abroad": "ENETUNREACH", "host": "ECONNREFUSED", "abstract": "ECONNREFUSED"}
    assert yard.tries("talk_to_itself") == "heard"


def test_sockets_of_rarer_kinds_do_not_exist(yard):
    assert set(yard.tries("open_sockets").values()) == {"EAFNOSUPPORT"}


def test_no_process_outside_can_be_signalled_and_none_ends_pid_1(yard, victim):
    tried = yard.tries("kill_others", victim=victim.pid)
    assert tried == {"hit": [], "victim": "ESRCH"}
    assert victim.poll() is None


def test_ptrace_mount_keyrings_bpf_and_their_like_are_refused(yard):
    tried = yard.tries("call_what_is_refused")
    assert len(tried) > 60
    assert {name: met for name, met in tried.items() if met != "EPERM"} == {}


def test_no_new_namespace_can_be_made(yard):
    assert set(yard.tries("make_namespaces")) == {"EPERM"}


def test_calls_newer_than_the_tables_do_not_exist(yard):
    assert set(yard.tries("call_the_future")) == {"ENOSYS"}


def test_pid_1_cannot_be_read(yard):
    assert set(yard.tries("read_init")) <= {"EACCES", "EPERM", "ENOENT"}


def test_the_graders_environment_is_nowhere(yard, monkeypatch):
    monkeypatch.setenv("GRADER_TOKEN", SECRET)
    environment = {**os.environ, "GRADER_TOKEN": SECRET}
    with subprocess.Popen(["sleep", "60"], env=environment) as holder:
        assert yard.tries("find_in_environments", secret=SECRET) == []
        holder.kill()


def test_a_fork_bomb_stops_at_its_limit_and_leaves_nothing(yard):
    with yard.attacker("fork_many", {"processes": 20}) as one:
        assert 10 <= one.message() <= 20
        one.kill()
        one.ends()


def test_one_process_cannot_have_more_memory_than_its_limit(yard):
    settings = {"memory_bytes": 256 << 20}
    assert yard.tries("eat_memory", settings, size=1 << 30) == "MemoryError"
    assert yard.tries("eat_memory", settings, size=64 << 20) == 64 << 20


def test_a_control_group_holds_all_processes_of_a_slot_together(yard):
    group = cgroup.slot_group(f"{os.getpid()}-test", 96 << 20, 32)
    if group is None:
        pytest.skip("a control group needs root, or a systemd user session that may delegate one")
    arguments = {"size": 32 << 20, "processes": 8}
    with yard.attacker("eat_memory_in_many", group=group, **arguments) as one:
        assert -signal.SIGKILL in one.message()
        one.ends()
    assert group.oom_kills() > 0
    group.remove()
    assert not any(folder.exists() for folder in group.folders)


def test_control_groups_of_graders_that_are_gone_are_cleared_away():
    with subprocess.Popen(["true"]) as ended_process:
        ended_process.wait()
    old = cgroup.slot_group(f"{ended_process.pid}-test", 96 << 20, 32)
    if old is None:
        pytest.skip("a control group needs root, or a systemd user session that may delegate one")
    cgroup._sweep.cache_clear()
    cgroup.slot_group(f"{os.getpid()}-test", 96 << 20, 32).remove()
    assert not any(folder.exists() for folder in old.folders)


def test_all_that_is_written_fits_the_disk(yard):
    most = 8 << 20
    assert most // 2 < yard.tries("fill_disk", {"disk_bytes": most}) <= most


def test_files_are_counted_too(yard):
    count, error = yard.tries("make_files", {"disk_bytes": 4 << 20})
    assert (count < 2000, error) == (True, "ENOSPC")


def test_no_descriptor_is_inherited_but_those_given(yard):
    assert len(yard.tries("open_descriptors")) == 4


def test_a_daemon_does_not_outlive_the_submission(yard):
    start = time.monotonic()
    assert yard.tries("leave_a_daemon") == "left"
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("attack", ["stay", "leave_a_daemon"])
def test_killing_the_process_that_made_the_slot_leaves_nothing(yard, attack):
    with yard.attacker(attack) as one:
        one.message()
        one.kill()
        one.ends()


def test_killing_pid_1_leaves_nothing_and_tells_nothing(yard):
    with yard.attacker("stay") as one:
        one.message()
        os.kill(one.init(), signal.SIGKILL)
        assert one.ends() == {}
        shut(one.handle)


@pytest.mark.parametrize("param", yards(NAMESPACES, BUBBLEWRAP, LANDLOCK))
def test_killing_the_zygote_leaves_nothing(param):
    place = opened(*param)
    with place.attacker("stay") as one:
        one.message()
        place.zygote.kill()
        assert one.ends() == {}
        shut(one.handle)
    place.close()


def test_a_terminal_can_be_had_but_nothing_typed_into_it(yard):
    echo, name, typed = yard.tries("open_a_terminal")
    assert (echo.strip(), typed) == ("hello", "EPERM")
    assert name.startswith("/dev/pts/")


def test_a_shell_runs(yard):
    assert yard.tries("run_a_shell") == "42\n"


def test_two_slots_cannot_see_each_other(yard):
    with yard.attacker("settle", {"slot": 0}, port=4711) as one:
        uid, _ = one.message()
        surroundings = yard.tries("look_around", {"slot": 1}, port=4711)
    assert (surroundings["traces"], surroundings["pids"]) == ([], True)
    assert (surroundings["host"], surroundings["abstract"]) == ("ECONNREFUSED", "ECONNREFUSED")
    assert (surroundings["uid"] != uid) is (yard.user == "root")


def test_the_end_of_a_submission_is_told_and_cannot_be_forged(yard):
    assert yard.exit_report("crash") == {"signal": signal.SIGSEGV}
    assert yard.exit_report("leave", code=7) == {"exit": 7}
    assert yard.exit_report("fake_an_exit_report") == {"exit": 3}


def test_walls_that_cannot_be_built_are_told_in_a_sentence(yard):
    message = yard.exit_report("nothing", {"home": "/proc/nowhere"})["error"]
    assert re.match("the walls of a slot could not be built: ", message)


def test_with_landlock_alone_files_network_and_processes_are_out_of_reach(
    low_yard, tmp_path, victim
):
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    paths = [str(p) for p in (secret, HERE / "pyproject.toml", "/etc/shadow", "/proc/1/environ")]
    assert set(low_yard.tries("read", paths=paths)) <= REASONS
    paths = ["/x", "/usr/x", "/tmp/x", "/dev/shm/x", str(tmp_path / "x"), f"{sys.prefix}/x"]
    assert set(low_yard.tries("write", paths=paths)) <= REASONS
    assert set(low_yard.tries("change", path=str(secret), victim=victim.pid)) <= REASONS
    met = low_yard.tries("connect", port=9, name="nobody")
    assert set(met.values()) == {"EAFNOSUPPORT"}
    tried = low_yard.tries("kill_others", victim=victim.pid)
    assert (tried["hit"], victim.poll()) == ([], None)


def test_with_landlock_alone_a_daemon_is_found_and_killed(low_yard):
    start = time.monotonic()
    assert low_yard.tries("leave_a_daemon") == "left"
    assert time.monotonic() - start < 5


def test_with_landlock_alone_a_killed_slot_leaves_no_daemon_and_no_folder(low_yard):
    with low_yard.attacker("leave_a_daemon_and_stay") as one:
        home = Path(one.message())
        one.kill()
        one.ends()
    assert not home.exists()


def test_with_landlock_alone_a_pair_of_sockets_reaches_nobody(low_yard, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as host:
        host.bind(str(tmp_path / "host"))
        tried = low_yard.tries("escape_from_a_socket_pair", path=str(tmp_path / "host"))
    assert tried == ["EAFNOSUPPORT", "EAFNOSUPPORT"]
