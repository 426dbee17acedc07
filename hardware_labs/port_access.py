"""Whether this user may open serial ports, and what to do where not: for each system, in one place.

What is looked at (`Access`) and what is said about it (`access_fix`) are apart, so that the words
for Linux, macOS and Windows can be read and tested on any of them.
"""

from __future__ import annotations

import getpass
import os
import sys
from dataclasses import dataclass

RULE = "/etc/udev/rules.d/99-mlsys-boards.rules"


@dataclass(frozen=True)
class Access:
    """This user and the group of serial ports. `group_waits`: a member since this session began."""

    system: str
    user: str = "you"
    in_dialout: bool = False
    group_waits: bool = False


def look_at_access() -> Access:
    """As it is here and now."""
    now = _is_member(now=True)
    return Access(sys.platform, _user(), now, not now and _is_member(now=False))


def access_fix(access: Access, device: str) -> str:
    """Why `device`, which is there, cannot be opened, and what to do."""
    if access.group_waits:
        return (
            f"{access.user} was added to the group of serial ports, but this session began before "
            "that. Log out and in again (on a hub: stop the server and start it again)."
        )
    if access.system.startswith("linux") and not access.in_dialout:
        return (
            f"Run: sudo usermod -aG dialout {access.user}  (on Arch: uucp) and log in again. "
            "If a group does not help, give the port to whoever sits at the machine: "
            f"""echo 'KERNEL=="ttyACM*", TAG+="uaccess"' | sudo tee {RULE} """
            "&& sudo udevadm control --reload && sudo udevadm trigger"
        )
    if access.system.startswith("linux"):
        return (
            f"{access.user} is in the group dialout, but the device belongs to another. "
            f"Run: ls -l {device}  and ask for that group, or: "
            f"sudo setfacl -m u:{access.user}:rw {device}"
        )
    if access.system == "darwin":
        return "Use the /dev/cu.* name of the port, not /dev/tty.*, and unplug and plug it once."
    return "Close the program that uses it (Arduino IDE, another notebook), then try again."


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "$USER"


def _is_member(now: bool) -> bool:
    """Of the group dialout: in this session, or by the table that the next login will read."""
    try:
        import grp

        group = grp.getgrnam("dialout")
    except (ImportError, KeyError):
        return False
    return group.gr_gid in os.getgroups() if now else _user() in group.gr_mem
