"""The error tree."""

import pytest

from app.scim import errors


def test_an_error_body_has_the_status_as_a_string():
    assert errors.InvalidFilter("no such attribute").body() == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": "400",
        "scimType": "invalidFilter",
        "detail": "no such attribute",
    }


def test_an_error_without_scim_type_has_no_such_key():
    assert errors.NotFound("gone").body().keys() == {"schemas", "status", "detail"}


def test_errors_that_pass_say_when_to_come_back():
    assert errors.Unavailable("down", retry_after=7).headers == {"Retry-After": "7"}
    assert errors.TooManyRequests("slow down").status == 429


def test_401_asks_for_a_bearer_token():
    assert errors.Unauthorized().headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("error", "status", "scim_type"),
    [
        (errors.Uniqueness, 409, "uniqueness"),
        (errors.PreconditionFailed, 412, None),
        (errors.NoTarget, 400, "noTarget"),
        (errors.MutabilityError, 400, "mutability"),
        (errors.TooMany, 400, "tooMany"),
        (errors.BadGateway, 502, None),
        (errors.MethodNotAllowed, 405, None),
    ],
)
def test_each_error_knows_its_status_and_keyword(error, status, scim_type):
    raised = error("x")
    assert (raised.status, raised.scim_type) == (status, scim_type)
