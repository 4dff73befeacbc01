"""Datasentinel beyond the contract: what the IdP says of a user, leavers, new addresses, accounts left alone."""

import pytest
import requests

from app.config import ConfigError
from app.provisioning.driver import run
from mappings import Change, Group, Settings, User, discovery
from tests.bridge import USER, add, assert_calls, person, remove, replace

EXTENSION = "urn:ietf:params:scim:schemas:extension:datasentinel:2.0:User"
ANN = "ann@acme.example"
PASSWORD = "Pa55-of-Ann-that-nobody-keeps"
PATH = "/ds-api/users/*"
FALLBACK, FINANCE = f"{PATH}/role/Least%20Access", f"{PATH}/role/Finance"
LOCK = {"deactivation": "lock", "quarantine_role": "role_1"}


@pytest.fixture
def target(build):
    def make(options=None, **more):
        bridge = build("datasentinel", options=options, **more)
        bridge.secrets.append(PASSWORD)
        return bridge

    return make


def ann(**said):
    """Return Ann as the IdP sends her, with these attributes of the extension."""
    return person("ann", schemas=[USER, EXTENSION], **{EXTENSION: said})


def hire(bridge, **said):
    id_ = bridge.post("/Users", ann(**said)).body["id"]
    bridge.calls()
    return id_


def shown(bridge, *names, email=ANN):
    fields = bridge.account(email)["fields"]
    return tuple(fields[name] for name in names)


def lets_in(bridge, password, email=ANN):
    answer = requests.post(f"{bridge.base_url}/ds-api/user-token", auth=(email, password), timeout=5)
    assert answer.status_code in (201, 401)
    return answer.status_code == 201


def passwords_set(bridge):
    """Return how many of the calls since the last look set a password."""
    return sum("password" in (entry.body or {}) for entry in bridge.entries())


def expect_administrators(bridge):
    """Take note that this test makes an administrator on purpose."""
    bridge._dangers.clear()


# -- what the IdP says


def test_what_the_idp_says_counts_more_than_the_options(target):
    bridge = target({"privilege": "read write", "profile": "data admin"})
    id_ = hire(bridge, privilege="read", profile="developer", live360=False, comment="On loan")
    names = ("privilege", "profile", "live_360", "comment", "access")
    assert shown(bridge, *names) == ("read", "developer", 0, "On loan", "password")
    bob = bridge.hire("bob")
    assert shown(bridge, *names, email="bob@acme.example") == ("read write", "data admin", 1, "Bob Lee", "password")
    assert bob != id_


def test_what_the_idp_no_longer_says_is_as_the_options_have_it_again(target):
    bridge = target()
    id_ = hire(bridge, privilege="read write", comment="On loan")
    assert bridge.put(f"/Users/{id_}", person("ann")).status == 200
    assert_calls(bridge.calls(), [f"PUT {PATH}"])
    assert shown(bridge, "privilege", "comment") == ("read", "Ann Lee")


def test_the_extension_is_returned_and_its_choices_are_kept_to(target):
    bridge = target()
    id_ = hire(bridge, profile="data admin", live360=True)
    body = bridge.get(f"/Users/{id_}").body
    assert body[EXTENSION] == {"profile": "data admin", "live360": True}
    assert bridge.patch(f"/Users/{id_}", replace(f"{EXTENSION}:privilege", "king")).status == 400
    assert bridge.patch(f"/Users/{id_}", replace(f"{EXTENSION}:privilege", "read write")).status == 200
    assert_calls(bridge.calls(), [f"PUT {PATH}"])
    assert shown(bridge, "privilege") == ("read write",)


def test_entitlements_say_the_same_and_the_first_of_a_kind_counts(target):
    bridge = target()
    values = [
        "sales",
        "privilege:read write",
        "privilege:admin",
        "live_360:0",
        "profile:king",
        "profile:data admin",
    ]
    entitlements = [{"value": value} for value in values]
    id_ = bridge.hire("ann", entitlements=entitlements)
    assert_calls(bridge.calls(), [f"POST {PATH}"])
    assert shown(bridge, "privilege", "profile", "live_360") == ("read write", "data admin", 0)
    assert bridge.accounts() == {ANN: {"Least Access"}}
    bridge.patch(f"/Users/{id_}", replace(f"{EXTENSION}:privilege", "read"))
    assert shown(bridge, "privilege") == ("read",)


def test_an_administrator_is_made_only_of_whom_the_idp_names_one(target):
    bridge = target()
    id_ = hire(bridge, privilege="admin")
    assert shown(bridge, "privilege") == ("admin",)
    bridge.patch(f"/Users/{id_}", {"op": "remove", "path": f"{EXTENSION}:privilege"})
    assert shown(bridge, "privilege") == ("read",)
    expect_administrators(bridge)
    bridge.patch(f"/Users/{id_}", replace("displayName", "Anna"), replace("password", PASSWORD))
    assert shown(bridge, "privilege", "profile") == ("read", "developer")


@pytest.mark.parametrize(
    "asked", [{EXTENSION: {"privilege": "admin"}}, {"entitlements": [{"value": "privilege:admin"}]}]
)
def test_nobody_is_given_more_than_the_most(target, asked):
    bridge = target({"max_privilege": "read write"})
    answer = bridge.post("/Users", person("ann", **asked))
    assert answer.status == 400
    assert "max_privilege" in answer.body["detail"]
    id_ = hire(bridge, privilege="read write")
    answer = bridge.patch(f"/Users/{id_}", {"op": "add", "value": asked})
    assert answer.status == (400 if EXTENSION in asked else 200)  # an attribute counts more than an entitlement
    assert_calls(bridge.calls(), [])
    assert shown(bridge, "privilege") == ("read write",)


# -- roles by value, and the last role


def test_a_role_is_given_by_its_name_and_taken_back_for_the_fallback_role(target):
    bridge = target({"known_roles": ["Finance", "Engineering"]})
    id_ = bridge.hire("ann", roles=[{"value": "Finance"}, {"value": "no-such-role"}])
    assert_calls(bridge.calls(), [f"POST {PATH}"])
    assert bridge.accounts() == {ANN: {"Finance"}}
    bridge.patch(f"/Users/{id_}", {"op": "remove", "path": "roles"})
    assert_calls(bridge.calls(), [f"POST {FALLBACK}", f"DELETE {FINANCE}"])
    assert bridge.accounts() == {ANN: {"Least Access"}}


def test_roles_that_nobody_listed_are_those_in_use_and_others_grant_nothing(target):
    bridge = target()
    bridge.hire("ann", roles=[{"value": "role_2"}, {"value": "Engineering"}])
    assert_calls(bridge.calls(), ["GET /ds-api/users", f"POST {PATH}"])
    assert bridge.accounts() == {ANN: {"role_2"}}
    bridge.hire("bob", roles=[{"value": "Engineering"}])
    assert bridge.accounts()["bob@acme.example"] == {"Least Access"}


def test_a_role_held_by_value_and_by_group_goes_with_the_last_of_them(target):
    bridge = target({"known_roles": ["Finance"]})
    id_ = bridge.hire("ann", roles=[{"value": "Finance"}])
    group = bridge.found("Finance", [id_])
    bridge.deliver()
    bridge.calls()
    bridge.patch(f"/Groups/{group}", remove(id_))
    assert_calls(bridge.calls(), [])
    assert bridge.accounts() == {ANN: {"Finance"}}
    bridge.patch(f"/Users/{id_}", {"op": "remove", "path": "roles"})
    assert bridge.accounts() == {ANN: {"Least Access"}}


def test_the_fallback_role_can_be_a_group_that_everybody_leaves(target):
    bridge = target()
    id_ = hire(bridge)
    group = bridge.found("Least Access", [id_])
    bridge.patch(f"/Groups/{group}", remove(id_))
    bridge.patch(f"/Groups/{group}", add(id_))
    assert bridge.delete(f"/Groups/{group}").status == 204
    assert_calls(bridge.calls(), [])
    assert bridge.accounts() == {ANN: {"Least Access"}}


@pytest.mark.parametrize("half", [f"POST {FALLBACK}", f"DELETE {FINANCE}"])
@pytest.mark.parametrize("kind", ["status", "lose", "drop"])
def test_a_last_role_that_is_lost_in_halves_never_leaves_a_user_without_restriction(target, half, kind):
    bridge = target()
    id_ = hire(bridge)
    group = bridge.found("Finance", [id_])
    method, path = half.split()
    bridge.fail(kind, method=method, path=path, count=2)
    bridge.patch(f"/Groups/{group}", remove(id_))
    bridge.recover()
    bridge.deliver()
    assert bridge.accounts() == {ANN: {"Least Access"}}


def test_the_catalogue_is_the_listed_roles_without_a_call_and_else_those_in_use_by_one():
    def roles(**options):
        calls = []
        entries = run(mapping(**options).roles(), lambda call: calls.append(call) or [{"roles": ["b", "a"]}])
        return [entry.value for entry in entries], len(calls)

    assert roles(known_roles=["x"]) == (["Least Access", "x"], 0)
    assert roles(quarantine_role="q") == (["Least Access", "a", "b", "q"], 1)
    entries = run(mapping().entitlements(), lambda _: pytest.fail("no call is needed"))
    assert [(entry.value, entry.type) for entry in entries][:4] == [
        ("privilege:read", "privilege"),
        ("privilege:read write", "privilege"),
        ("privilege:admin", "privilege"),
        ("profile:developer", "profile"),
    ]


# -- leavers


def locked_out(bridge, id_):
    assert bridge.patch(f"/Users/{id_}", replace("active", False)).status == 200
    assert not lets_in(bridge, PASSWORD)
    assert bridge.accounts() == {ANN: {"role_1"}}
    assert shown(bridge, "privilege") == ("read",)


def test_a_leaver_is_locked_out_and_comes_back_with_the_roles(target):
    bridge = target(LOCK)
    id_ = bridge.hire("ann", password=PASSWORD, entitlements=[{"value": "privilege:read write"}])
    group = bridge.found("Finance", [id_])
    assert lets_in(bridge, PASSWORD)
    bridge.calls()
    locked_out(bridge, id_)
    assert_calls(bridge.calls(), [f"PUT {PATH}", f"POST {PATH}/role/role_1", f"DELETE {FINANCE}"])
    assert [member["value"] for member in bridge.get(f"/Groups/{group}").body["members"]] == [id_]
    assert bridge.patch(f"/Users/{id_}", replace("active", True)).status == 200
    assert_calls(bridge.calls(), [f"POST {FINANCE}", f"DELETE {PATH}/role/role_1", f"PUT {PATH}"])
    assert bridge.accounts() == {ANN: {"Finance"}}
    assert shown(bridge, "privilege") == ("read write",)
    assert not lets_in(bridge, PASSWORD)


def test_a_locked_account_gets_its_unknown_password_once(target):
    bridge = target(LOCK)
    id_ = bridge.hire("ann", password=PASSWORD)
    bridge.entries()
    locked_out(bridge, id_)
    assert passwords_set(bridge) == 1
    bridge.patch(f"/Users/{id_}", replace("displayName", "Anna Ray"))
    assert shown(bridge, "comment") == ("Anna Ray",)
    bridge.patch(f"/Users/{id_}", replace("nickName", "A"))
    assert passwords_set(bridge) == 0


def test_a_locked_account_is_not_opened_by_a_password_a_role_or_a_privilege(target):
    bridge = target(LOCK)
    id_ = bridge.hire("ann", password=PASSWORD)
    locked_out(bridge, id_)
    bridge.calls()
    bridge.patch(f"/Users/{id_}", replace("password", PASSWORD))
    bridge.patch(f"/Users/{id_}", replace(f"{EXTENSION}:privilege", "read write"))
    bridge.found("Finance", [id_])
    bridge.deliver()
    assert_calls(bridge.calls(), [])
    locked_out(bridge, id_)


def test_every_lock_sets_another_password(target):
    bridge = target(LOCK)
    id_ = bridge.hire("ann", password=PASSWORD)
    for _ in range(2):
        locked_out(bridge, id_)
        bridge.patch(f"/Users/{id_}", replace("active", True), replace("password", PASSWORD))
        assert lets_in(bridge, PASSWORD)
        assert bridge.accounts() == {ANN: {"Least Access"}}


def test_coming_back_without_a_password_keeps_the_one_that_nobody_knows(target):
    bridge = target({"deactivation": "lock"})
    id_ = bridge.hire("ann", password=PASSWORD)
    bridge.patch(f"/Users/{id_}", replace("active", False))
    bridge.calls()
    bridge.patch(f"/Users/{id_}", replace("active", True))
    assert_calls(bridge.calls(), [])
    bridge.patch(f"/Users/{id_}", replace("active", False))
    assert_calls(bridge.calls(), [f"PUT {PATH}"])
    assert not lets_in(bridge, PASSWORD)


def test_a_leaver_without_the_quarantine_role_is_locked_out_all_the_same(target):
    bridge = target({"deactivation": "lock", "quarantine_role": "no-such-role"})
    id_ = bridge.hire("ann", password=PASSWORD)
    answer = bridge.patch(f"/Users/{id_}", replace("active", False))
    assert answer.status == 400
    assert not lets_in(bridge, PASSWORD)
    assert bridge.get(f"/Users/{id_}").body["active"] is False
    assert bridge.accounts() == {ANN: {"Least Access"}}


@pytest.mark.parametrize("kind", ["status", "lose", "drop", "garbage"])
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_lock_that_meets_a_fault_is_finished_later(target, kind, method):
    bridge = target(LOCK)
    id_ = bridge.hire("ann", password=PASSWORD)
    bridge.fail(kind, method=method, path="/ds-api/users/*", count=2)
    bridge.patch(f"/Users/{id_}", replace("active", False))
    bridge.recover()
    bridge.deliver()
    locked_out(bridge, id_)


def test_a_leaver_is_locked_on_a_server_that_takes_left_out_roles_away(target):
    bridge = target({**LOCK, "roles_in_put": True}, sandbox={"put_roles": "reset"})
    id_ = bridge.hire("ann", password=PASSWORD)
    bridge.found("Finance", [id_])
    bridge.calls()
    locked_out(bridge, id_)
    assert_calls(bridge.calls(), [f"PUT {PATH}", f"POST {PATH}/role/role_1", f"DELETE {FINANCE}"])


def test_the_account_of_a_leaver_who_logs_in_elsewhere_is_deleted(target):
    bridge = target(LOCK)
    id_ = hire(bridge, ldap=True)
    assert shown(bridge, "access") == ("ldap",)
    bridge.patch(f"/Users/{id_}", replace("active", False))
    assert_calls(bridge.calls(), [f"DELETE {PATH}"])
    bridge.patch(f"/Users/{id_}", replace("active", True))
    assert shown(bridge, "access") == ("ldap",)


def test_somebody_who_logged_in_elsewhere_until_now_is_locked_in_a_new_account(target):
    bridge = target({**LOCK, "recreate": "never"})
    id_ = hire(bridge, ldap=True)
    bridge.patch(f"/Users/{id_}", replace("active", False), replace(f"{EXTENSION}:ldap", False))
    assert_calls(bridge.calls(), [f"DELETE {PATH}", f"POST {PATH}"])
    assert bridge.accounts() == {ANN: {"role_1"}}
    assert shown(bridge, "access", "privilege") == ("password", "read")


# -- what no update can change

NEW = "ann.ray@acme.example"
ADDRESS = replace('emails[type eq "work"].value', NEW)


@pytest.mark.parametrize(
    ("options", "said", "more", "followed"),
    [
        ({}, {}, [], False),
        ({}, {}, [replace("password", PASSWORD)], True),
        ({}, {"ldap": True}, [], True),
        ({"recreate": "always"}, {}, [], True),
        ({"recreate": "never"}, {"ldap": True}, [], False),
    ],
    ids=["a password is in use", "a password comes along", "ldap", "always", "never"],
)
def test_a_new_address_is_a_new_account_where_no_password_is_lost(target, options, said, more, followed):
    bridge = target(options)
    id_ = hire(bridge, **said)
    bridge.found("Finance", [id_])
    bridge.calls()
    answer = bridge.patch(f"/Users/{id_}", ADDRESS, *more)
    if followed:
        assert answer.status == 200
        assert_calls(bridge.calls(), [f"POST {PATH}", f"DELETE {PATH}"])
        assert bridge.accounts() == {NEW: {"Finance"}}
        assert not more or lets_in(bridge, PASSWORD, NEW)
    else:
        assert (answer.status, answer.body["scimType"]) == (400, "mutability")
        assert_calls(bridge.calls(), [])
        assert bridge.accounts() == {ANN: {"Finance"}}


LIVE = replace(f"{EXTENSION}:live360", False)


def test_live_360_is_refused_changed_or_had_by_a_new_account(target):
    bridge = target()
    id_ = hire(bridge)
    answer = bridge.patch(f"/Users/{id_}", LIVE)
    assert (answer.status, answer.body["scimType"]) == (400, "mutability")
    assert "live_360_in_put" in answer.body["detail"]
    assert_calls(bridge.calls(), [])


def test_a_role_is_taken_even_where_the_rest_of_the_change_is_refused(target):
    rows = [
        {"group": "Analysts", "roles": ["Finance"], "entitlements": ["live_360:1"]},
        {"filter": 'userName sw "ann"', "entitlements": ["live_360:0"], "precedence": 9},
    ]
    bridge = target({"known_roles": ["Finance"]}, role_table=rows)
    id_ = hire(bridge)
    bridge.patch(f"/Users/{id_}", replace("active", False))
    analysts = bridge.found("Analysts", [id_])
    bridge.patch(f"/Users/{id_}", replace("active", True))
    assert (bridge.accounts(), shown(bridge, "live_360")) == ({ANN: {"Finance"}}, (1,))
    bridge.calls()
    assert bridge.patch(f"/Groups/{analysts}", remove(id_)).status == 400
    assert_calls(bridge.calls(), [f"POST {FALLBACK}", f"DELETE {FINANCE}"])
    assert bridge.accounts() == {ANN: {"Least Access"}}


def test_live_360_is_in_an_update_only_where_the_server_takes_it_and_only_if_it_changed(target):
    bridge = target({"live_360_in_put": True}, sandbox={"put_live_360": True})
    id_ = hire(bridge)
    bridge.entries()
    bridge.patch(f"/Users/{id_}", LIVE)
    bridge.patch(f"/Users/{id_}", replace("displayName", "Anna"))
    assert [entry.body.get("live_360") for entry in bridge.entries()] == [0, None]
    assert shown(bridge, "live_360") == (0,)


def test_live_360_of_somebody_who_logs_in_elsewhere_takes_a_new_account(target):
    bridge = target()
    id_ = hire(bridge, ldap=True)
    bridge.patch(f"/Users/{id_}", LIVE)
    assert_calls(bridge.calls(), [f"DELETE {PATH}", f"POST {PATH}"])
    assert shown(bridge, "live_360", "access") == (0, "ldap")


def test_another_way_to_log_in_takes_a_new_account(target):
    bridge = target()
    id_ = hire(bridge)
    bridge.patch(f"/Users/{id_}", replace(f"{EXTENSION}:ldap", True))
    assert_calls(bridge.calls(), [f"DELETE {PATH}", f"POST {PATH}"])
    assert shown(bridge, "access") == ("ldap",)
    answer = bridge.patch(f"/Users/{id_}", replace("password", PASSWORD))
    assert (answer.status, answer.body["scimType"]) == (400, "mutability")


def test_an_account_of_which_nobody_knows_how_it_logs_in_is_not_made_anew():
    wanted = mapping(ldap=True).user(person("ann"), frozenset())
    wanted = User(wanted.key, wanted.fields, wanted.roles, vendor_id=wanted.key)
    assert not mapping(ldap=True).recreates(wanted, Change({"access": "ldap"}))
    assert mapping(ldap=True).recreates(wanted, Change({"access": "ldap"}, before={"access": "password"}))


def test_a_changed_option_changes_live_360_of_nobody_who_is_there(target):
    bridge = target()
    id_ = hire(bridge)
    bridge.parts.targets["main"].mapping.option["live_360"] = False
    assert bridge.patch(f"/Users/{id_}", replace("displayName", "Anna")).status == 200
    assert shown(bridge, "live_360") == (1,)


# -- accounts to leave alone


@pytest.mark.parametrize(
    ("email", "credentials", "options"),
    [
        ("Datasentinel@acme.example", {"token": "t"}, {}),
        ("svc@acme.example", {"user": "svc", "password": "p"}, {}),
        ("SVC@acme.example", {"user": "svc@acme.example", "password": "p"}, {}),
        ("chief@acme.example", {"token": "t"}, {"protected_users": ["Chief@acme.example"]}),
    ],
    ids=["built in", "own login", "own address", "by option"],
)
def test_accounts_that_must_not_be_touched(email, credentials, options):
    assert mapping(credentials, **options).protection(User(email, {}))
    assert mapping(credentials, **options).protection(User(ANN, {})) is None
    assert mapping(credentials, **options).protection(Group("Least Access", {})) is None


def test_an_address_that_only_begins_like_the_bridges_own_is_somebody_else():
    credentials = {"user": "svc@acme.example", "password": "p"}
    assert mapping(credentials).protection(User("svc@elsewhere.example", {})) is None


def test_the_built_in_account_is_refused_before_any_call(target):
    bridge = target()
    assert bridge.post("/Users", person("datasentinel")).status == 403
    id_ = hire(bridge)
    value = [{"value": "datasentinel@acme.example", "type": "work", "primary": True}]
    assert bridge.patch(f"/Users/{id_}", replace("emails", value), replace("password", PASSWORD)).status == 403
    assert_calls(bridge.calls(), [])
    assert bridge.accounts() == {ANN: {"Least Access"}}


# -- options


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"privilege": "admin", "max_privilege": "read"}, "max_privilege"),
        ({"fallback_role": "No restriction"}, "fallback_role"),
        ({"quarantine_role": "No restriction"}, "quarantine_role"),
    ],
)
def test_options_that_widen_access_are_refused_at_the_start(target, options, words):
    with pytest.raises(ConfigError) as refused:
        target(options)
    assert words in refused.value.problems[0]


def test_a_check_says_which_of_the_roles_that_everything_leans_on_nobody_has():
    def check(*roles, **options):
        return run(mapping(**options).check(), lambda _: [{"roles": list(roles)}])

    assert check("Least Access") == "1 users"
    assert check("x") == "1 users; nobody has Least Access yet: make sure that it exists"
    assert "nobody has q yet" in check("Least Access", quarantine_role="q")


def mapping(credentials=None, **options):
    kind = discovery.load("datasentinel")
    defaults = {setting.name: setting.default for setting in kind.options}
    return kind(Settings(credentials or {"token": "t"}, {**defaults, "fallback_role": "Least Access", **options}))
