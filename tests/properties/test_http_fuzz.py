"""Requests at random over HTTP, made of the published schemas: an answer or a SCIM error, never a defect."""

from tests.fuzz.run import Fuzz


def test_whatever_is_sent_is_answered_and_an_error_is_one_of_scims(build):
    fuzz = Fuzz(build("squirro", role_schemas="ietf"))
    fuzz.run(200, 1)
    said = {int(each.split()[1]) for each in fuzz.answers}
    assert said >= {200, 201, 204, 400, 404, 405}
