"""Where an SQLite file can be: on a disk of this host, in a folder that can be written.

Its locks and its shared memory work within one host. On a network file system they seem to work, and lose data
when a second host writes (sqlite.org/wal.html, sqlite.org/howtocorrupt.html).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

INSTEAD = 'use a file on a local disk, or PostgreSQL: server.database_url = "postgresql+psycopg://user@host/db"'
MOUNTS = Path("/proc/self/mountinfo")
NETWORK = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ncpfs", "coda"),
    *("ceph", "lustre", "glusterfs", "gpfs", "beegfs", "pvfs2", "orangefs", "ocfs2", "gfs2"),
    *(
        "sshfs",
        "s3fs",
        "cephfs",
        "rclone",
        "davfs",
        "davfs2",
        "curlftpfs",
        "gcsfuse",
        "blobfuse",
        "blobfuse2",
        "mfs",
    ),
}
"""File systems that other hosts may have mounted too; those in user space are ``fuse.NAME``."""


class Unusable(Exception):
    """The database cannot be where the configuration says; the text says why and what helps."""


def prepare(name: str | None) -> Path:
    """Return the absolute path of an SQLite file, made if it is not there. Raises :class:`Unusable`."""
    if not name or name == ":memory:" or name.startswith("file:"):
        raise Unusable(
            f"the database has to be a file that several processes share, not {name or 'memory'}: {INSTEAD}"
        )
    path = Path(name).absolute()
    kind = network_file_system(path.parent)
    if kind is not None:
        raise Unusable(f"{path} is on a network file system ({kind}), where SQLite loses data: {INSTEAD}")
    for file in (path, lock_of(path)):
        _make(file)
    return path


def lock_of(path: Path) -> Path:
    """Return the file beside a database that its writers lock."""
    return path.with_name(path.name + ".lock")


def _make(path: Path) -> None:
    """Make a file that is nobody else's to read: names and addresses will be in it."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as failure:
        raise Unusable(f"{path} cannot be written ({failure.strerror}): {INSTEAD}") from failure


def network_file_system(folder: Path) -> str | None:
    """Return the kind of network file system that a folder is on; ``None`` if it is local, or nobody can tell."""
    try:
        kind = kind_of(folder.resolve(), MOUNTS.read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError:  # not Linux
        return None
    return kind if kind.removeprefix("fuse.") in NETWORK else None


def kind_of(folder: Path, mounts: str) -> str:
    """Return the kind of file system that a folder is on, from a text in the form of ``mountinfo`` (proc(5))."""
    kind, depth = "", 0
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        point = Path(_unescaped(before.split(" ")[4]))
        if folder.is_relative_to(point) and len(point.parts) >= depth:  # the last one covers the others
            kind, depth = after.split(" ")[0], len(point.parts)
    return kind


def _unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)
