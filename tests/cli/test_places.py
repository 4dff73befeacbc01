"""What SQLite cannot do is refused in words: a file on a network, memory, a folder that cannot be written."""

from pathlib import Path

import pytest

from app.directory import places
from app.directory.database import Database

MOUNTS = r"""
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:45 / /srv/shared\040disk rw shared:7 - nfs4 files.acme.example:/export rw,vers=4.2
31 22 0:46 / /mnt/ssh rw - fuse.sshfs ops@far:/ rw,user_id=0
32 31 8:2 / /mnt/ssh/local rw - xfs /dev/sdb1 rw
33 22 0:47 / /mnt/over rw - cifs //files/share rw
34 22 8:3 / /mnt/over rw - btrfs /dev/sdc1 rw
""".strip()


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib/scim-bridge", None),
        ("/srv/shared disk/bridge", "nfs4"),
        ("/srv/shared", None),
        ("/mnt/ssh", "fuse.sshfs"),
        ("/mnt/ssh/local/bridge", None),
        ("/mnt/over", None),
    ],
)
def test_a_folder_on_a_network_is_known_by_what_is_mounted_there(monkeypatch, tmp_path, folder, kind):
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS, encoding="utf-8")
    monkeypatch.setattr(places, "MOUNTS", mounts)
    assert places.network_file_system(Path(folder)) == kind


def test_a_database_on_a_network_file_system_is_refused_by_every_command(monkeypatch, tmp_path, bridge):
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 0 0:1 / / rw - ext4 a rw\n2 1 0:2 / {tmp_path} rw - nfs4 b rw\n", encoding="utf-8")
    monkeypatch.setattr(places, "MOUNTS", mounts)
    for command in (["serve"], ["worker"], ["db", "upgrade"], ["token", "create", "analytics"], ["check"]):
        said = bridge(*command, exits=1).output
        assert "network file system (nfs4)" in said
        assert "postgresql+psycopg://" in said
        assert "database_url" in said
    assert not (tmp_path / "bridge.db").exists()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url):
    with pytest.raises(places.Unusable, match="a file that several processes share"):
        Database(url)


def test_a_folder_that_is_not_there_or_cannot_be_written_is_named(tmp_path):
    with pytest.raises(places.Unusable, match=r"nowhere/bridge.db cannot be written \(No such file"):
        Database(f"sqlite:///{tmp_path}/nowhere/bridge.db")
    (tmp_path / "bridge.db.lock").mkdir()
    with pytest.raises(places.Unusable, match=r"bridge.db.lock cannot be written \(Is a directory"):
        Database(f"sqlite:///{tmp_path}/bridge.db")
