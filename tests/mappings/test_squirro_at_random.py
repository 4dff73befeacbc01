"""Squirro's roles under random writes and faults, against a model that knows only who should hold what."""

from random import Random

import pytest

from tests.bridge import Bridge, add, remove, replace

PROJECTS = ("2sic33jZTi-ifflvQAVcfw", "Labs33jZTi-ifflvQAVcfw")
RANKS = ("reader", "member", "admin")
SERVER = ("reader", "demo", "user")
PLACES = [("project", id_) for id_ in PROJECTS] + [("workspace", d) for d in ("project-1", "other-project")]
NAMES = ("ann", "bob")
WRITES = 30


class Model:
    """Writes at random, and what they must lead to: an error leaves what was, a revocation excepted."""

    def __init__(self, bridge: Bridge, random: Random) -> None:
        self.bridge, self.random = bridge, random
        self.users = {name: bridge.hire(name) for name in NAMES}
        places = [f"squirro:{kind}:{place}:{role}" for kind, place in PLACES for role in RANKS]
        names = random.sample(places, 4) + [f"squirro:server:{role}" for role in SERVER[1:]] + ["Plain"]
        self.groups = {bridge.found(name): name for name in names}

    def write(self) -> None:
        """Send one write; what the bridge then says is wanted is what counts."""
        if self.random.random() < 0.5:
            kind = self.random.choice(("status", "lose", "drop"))
            self.bridge.fail(kind, path="/api/user/v?/*", skip=self.random.randrange(3))
        user, group = self.random.choice(list(self.users.values())), self.random.choice(list(self.groups))
        match self.random.randrange(6):
            case 0 | 1:
                self.bridge.patch(f"/Groups/{group}", self.random.choice((add, remove))(user))
            case 2:
                self.bridge.patch(f"/Users/{user}", replace("active", self.random.random() < 0.6))
            case 3:
                self._rename(group)
            case _:
                self.bridge.patch(f"/Users/{user}", self._values())
        self.bridge.recover()

    def _rename(self, group: str) -> None:
        """Move a group that is one at the vendor; the others keep their name."""
        name = self.bridge.get(f"/Groups/{group}").body["displayName"]
        if name.startswith(("squirro:workspace:", "squirro:server:")):
            return
        new = f"squirro:project:{self.random.choice(PROJECTS)}:{self.random.choice(RANKS)}"
        self.bridge.patch(f"/Groups/{group}", replace("displayName", self.random.choice(("Plain", new))))

    def _values(self) -> dict[str, object]:
        chosen = [f"{kind}:{place}:{self.random.choice(RANKS)}" for kind, place in self.random.choices(PLACES, k=2)]
        return replace("entitlements", [{"value": value} for value in chosen])

    def expected(self, id_: str) -> dict[str, object] | None:
        """Return what a user should hold, from what the IdP reads."""
        user = self.bridge.get(f"/Users/{id_}").body
        names = [group["display"] for group in user.get("groups", ())]
        values = [entry["value"] for entry in user.get("entitlements", ())]
        if not user["active"]:
            return None
        given = [name.removeprefix("squirro:") for name in names if not name.startswith("squirro:project:")]
        server = [SERVER.index(name.removeprefix("server:")) for name in given if name.startswith("server:")]
        held: dict[str, str] = {}
        for role in [*given, *values]:
            kind, _, rest = role.partition(":")
            place, _, name = rest.partition(":")
            if kind in ("project", "workspace"):
                held[place] = max(held.get(place, "reader"), name, key=RANKS.index)
        groups = {name for name in names if not name.startswith(("squirro:workspace:", "squirro:server:"))}
        return {"role": SERVER[max(server, default=0)], "places": held, "groups": groups}

    def found(self, name: str) -> dict[str, object] | None:
        """Return what a user holds at the vendor."""
        account = self.bridge.account(f"{name}@acme.example")
        if account is None:
            return None
        fields = account["fields"]
        places = fields["project_roles"] | fields["workspace_roles"]
        return {"role": fields["role"], "places": places, "groups": set(account["roles"])}

    def assert_true(self) -> None:
        """Compare users, and the projects of groups."""
        assert {name: self.found(name) for name in NAMES} == {
            name: self.expected(id_) for name, id_ in self.users.items()
        }
        for group in self.bridge.sandbox.groups():
            kind, _, rest = group["name"].removeprefix("squirro:").partition(":")
            project, _, role = rest.partition(":")
            assert group["projects"] == ({project: role} if kind == "project" else {})


@pytest.mark.parametrize("seed", range(3))
def test_what_the_idp_reads_is_what_squirro_has(build, seed):
    bridge = build("squirro", sandbox={"unique_group_names": False})
    bridge.sandbox.projects[PROJECTS[1]] = {
        "id": PROJECTS[1],
        "title": "Labs",
        "workspace": "other-project",
        "members": {},
    }
    model = Model(bridge, Random(seed))
    for _ in range(WRITES):
        model.write()
        bridge.deliver()
        model.assert_true()
    bridge.check()
