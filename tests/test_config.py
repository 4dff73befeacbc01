"""A configuration is checked whole: every problem is said at once, by the key's full path."""

import pytest

from app.config import ConfigError, parse, read

TARGET = {
    "vendor": "squirro",
    "base_url": "https://squirro.acme.example",
    "tokens": ["t"],
    "credentials": {"refresh_token": "r"},
}


def config(server=None, **targets):
    return {"server": server or {}, "targets": targets or {"main": TARGET}}


def problems(document):
    with pytest.raises(ConfigError) as refused:
        parse(document)
    return refused.value.problems


def test_a_small_configuration_has_the_documented_defaults():
    parsed = parse({"targets": {"main": TARGET}})
    target = parsed.targets["main"]
    assert (target.idp, target.on_outage, parsed.server.external_url) == ("generic", "refuse", None)
    assert parsed.server.database_url == "sqlite:///bridge.db"


def test_every_problem_is_told_at_once():
    found = problems(
        config(
            {"database_url": "mysql://x", "external_url": "x", "trusted_proxies": ["ten"], "colour": "red"},
            one={**TARGET, "idp": "oktaa", "on_outage": "hope", "vendor": "nobody"},
            two={**TARGET, "credentials": {"refresh_token": "r", "extra": "x"}, "options": {"role": "king"}},
            three={**TARGET, "credentials": {}},
            four={"vendor": "periscope", "base_url": "x", "credentials": {"site": "s"}, "color": 1},
        )
        | {"extra": 1}
    )
    for path in (
        "extra:",
        "server.database_url:",
        "server.external_url:",
        "server.trusted_proxies:",
        "server.colour:",
        "targets.one.idp:",
        "targets.one.on_outage:",
        "targets.two.credentials.extra:",
        "targets.two.options.role:",
        "targets.three.credentials.refresh_token:",
        "targets.four.base_url:",
        "targets.four.color:",
    ):
        assert [line for line in found if line.startswith(path)], (path, found)


def test_a_wrong_key_does_not_hide_what_is_wrong_with_the_options():
    found = problems(config(main={"vendor": "periscope", "base_url": "x", "credentials": {"site": "s"}}))
    assert [line for line in found if line.startswith("targets.main.options.invited_by_email:")]
    assert [line for line in found if line.startswith("targets.main.credentials.api_key:")]


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"targets": {}}, "targets:"),
        ({"targets": {"main": "x"}}, "targets.main"),
        ({"server": "x", "targets": {"main": TARGET}}, "server"),
        (config(main={**TARGET, "timeout": "soon"}), "targets.main.timeout:"),
        (config(main={**TARGET, "timeout": 0}), "targets.main.timeout:"),
        (config(main={**TARGET, "concurrency": 0}), "targets.main.concurrency:"),
        (config(main={**TARGET, "concurrency": 2.5}), "targets.main.concurrency:"),
        (config(main={**TARGET, "rate": 0}), "targets.main.rate:"),
        (config(main={**TARGET, "rate": "fast"}), "targets.main.rate:"),
        (config(main={**TARGET, "tokens": [""]}), "targets.main.tokens"),
        (config(main={**TARGET, "tokens": "t"}), "targets.main.tokens"),
        (config(main={**TARGET, "credentials": []}), "targets.main.credentials"),
        (config(main={**TARGET, "credentials": {"refresh_token": ""}}), "targets.main.credentials.refresh_token"),
        (config(Main=TARGET), "targets.Main"),
        (config(a_b=TARGET), "targets.a_b"),
        (config(main={**TARGET, "vendor": "nobody"}), "targets.main.vendor:"),
        (config(main={"vendor": "datasentinel", "base_url": "https://x", "credentials": {"token": "t"}}),
         "targets.main.options.fallback_role:"),
        (config(main={**TARGET, "tokens": ["${NOT_SET_ANYWHERE}"]}), "targets.main.tokens[0]:"),
        (config(main={**TARGET, "credentials": {"refresh_token": "file:/not/there"}}),
         "targets.main.credentials.refresh_token:"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_full_path(document, path):
    assert [line for line in problems(document) if line.startswith(path)], problems(document)


@pytest.mark.parametrize("given", [("user", "password", "token"), ("user", "token")])
def test_credentials_of_two_kinds_are_one_problem_that_says_which_kinds_there_are(given):
    target = {
        "vendor": "datasentinel",
        "base_url": "https://x",
        "credentials": dict.fromkeys(given, "x"),
        "options": {"fallback_role": "Least"},
    }
    told = "targets.main.credentials: give either user and password, or token, not both"
    assert told in problems(config(main=target))
    assert not [line for line in problems(config(main=target)) if "unknown key" in line]
    target["credentials"] = {**target["credentials"], "colour": "red"}
    assert "targets.main.credentials.colour: unknown key" in problems(config(main=target))


def test_targets_that_are_no_table_are_named():
    assert problems({"targets": "x"})[0].startswith("targets")


def test_values_come_from_the_environment_and_from_files(monkeypatch, tmp_path):
    monkeypatch.setenv("THE_TOKEN", "from-the-environment")
    (tmp_path / "secret").write_text("from-a-file\n")
    target = {
        **TARGET,
        "tokens": ["${THE_TOKEN}", "${NOT_SET:-by-default}"],
        "credentials": {"refresh_token": f"file:{tmp_path}/secret"},
    }
    parsed = parse(config(main=target)).targets["main"]
    assert parsed.tokens == ("from-the-environment", "by-default")
    assert parsed.settings.credentials["refresh_token"] == "from-a-file"


def test_a_problem_never_shows_a_secret():
    secret = "a-secret-that-was-put-in-the-wrong-place"
    found = problems(config(main={**TARGET, "credentials": {"refresh_token": "r", "oops": secret}, "idp": secret}))
    assert secret not in str(found)


@pytest.mark.parametrize("text", [None, "not = = toml"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, text):
    path = tmp_path / "bridge.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigError) as refused:
        read(path)
    assert str(path) in str(refused.value)


ROWS = [
    {"filter": 'department eq "Finance"', "roles": ["reader"], "precedence": 5},
    {"group": "Sales", "entitlements": ["project:p:reader"]},
    {"group": "Legal", "roles": ["user"]},
]


def test_the_rows_of_a_role_table_come_by_precedence_and_then_in_their_order():
    parsed = parse(config(main={**TARGET, "role_table": ROWS}))
    assert [row.text for row in parsed.targets["main"].role_table] == [
        "group Sales",
        "group Legal",
        'department eq "Finance"',
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"roles": ["reader"]}, "give either group or filter"),
        ({"group": "A", "filter": "userName pr", "roles": ["reader"]}, "give either group or filter"),
        ({"group": "A"}, "give roles, entitlements or both"),
        ({"group": "A", "roles": [""]}, "must not be empty"),
        ({"group": "A", "roles": "reader"}, "must be a list"),
        ({"group": "A", "roles": ["reader"], "precedence": "high"}, "must be a whole number"),
        ({"group": "A", "roles": ["reader"], "colour": "red"}, "unknown key"),
        ({"filter": "colour eq 1", "roles": ["reader"]}, "colour"),
        ({"filter": "userName eq", "roles": ["reader"]}, "filter"),
    ],
)
def test_a_row_that_cannot_be_right_is_told_with_its_place(row, said):
    (problem,) = problems(config(main={**TARGET, "role_table": [ROWS[0], row]}))
    assert problem.startswith("targets.main.role_table[1]")
    assert said.casefold() in problem.casefold()
