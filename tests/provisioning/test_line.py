"""The line before a vendor, under a clock that the test turns."""

import random
from itertools import pairwise

import pytest

from app.provisioning.line import AHEAD, HEAD_START, PATIENCE, Limits, Wish, ask, give_back, in_flight

HOLD = 20.0


class Vendor:
    """One line, as several processes use it."""

    def __init__(self, **limits):
        self.limits = Limits(**{"most": 1, "interval": 0.0, "hold": HOLD, **limits})
        self.text, self.now = "", 1_000_000.0

    def ask(self, process, waited=0.0):
        wish = Wish(process, f"{process} {self.now}", waited)
        self.text, turn = ask(self.text, self.now, wish, self.limits)
        return turn, wish.place

    def has_place(self, process, waited=0.0):
        return self.ask(process, waited)[0].granted

    def give_back(self, place):
        self.text, _ = give_back(self.text, self.now, place)


@pytest.mark.parametrize("seed", range(20))
def test_never_more_places_than_there_are_nor_more_starts_than_the_rate_and_everybody_gets_one(seed):
    choice = random.Random(seed)
    most, rate = choice.choice([1, 2, 5]), choice.choice([0.5, 3.0, 40.0])
    vendor = Vendor(most=most, interval=1 / rate)
    waiting = {f"process {number}": vendor.now for number in range(6)}
    under_way, starts, served = {}, [], []
    for _ in range(4000):
        vendor.now += choice.expovariate(4 * rate)
        for place in [place for place, ends in under_way.items() if ends <= vendor.now]:
            del under_way[place]
            vendor.give_back(place)
        process = choice.choice(sorted(waiting))
        turn, place = vendor.ask(process, vendor.now - waiting[process])
        if turn.granted:
            assert turn.after <= AHEAD
            starts.append(vendor.now + turn.after)
            served.append(process)
            waiting[process] = vendor.now
            under_way[place] = starts[-1] + choice.uniform(0.1, 3.0) / rate
        assert len(under_way) <= most
    assert starts == sorted(starts)
    assert all(later - sooner > 1 / rate - 1e-6 for sooner, later in pairwise(starts))
    assert set(served) == set(waiting)


def test_no_time_is_lost_between_two_calls_that_may_follow_each_other():
    vendor = Vendor(most=2, interval=0.01)
    turns = []
    while vendor.now < 1_000_001:
        turn, place = vendor.ask("one")
        turns.append(turn.granted)
        vendor.now += turn.after
        vendor.give_back(place)
    assert sum(turns) == pytest.approx(100, abs=1)


def test_the_place_of_somebody_who_was_killed_comes_back():
    vendor = Vendor()
    assert vendor.has_place("killed")
    vendor.now += HOLD - 0.1
    assert not vendor.has_place("alive", 5.0)
    vendor.now += 0.2
    assert vendor.has_place("alive", 5.2)
    assert in_flight(vendor.text, vendor.now)[1] == 1


def test_who_has_waited_longest_is_first_and_nobody_waits_for_the_dead():
    vendor = Vendor()
    _, place = vendor.ask("holder")
    for process in ("first", "second"):
        vendor.now += 0.1
        assert not vendor.has_place(process)
    vendor.give_back(place)
    assert not vendor.has_place("second", 0.0)
    vendor.now += PATIENCE - 0.05  # the wish of the first one is older than that
    assert vendor.has_place("second", PATIENCE)


def test_what_takes_access_away_goes_before_what_has_not_waited_long():
    vendor = Vendor()
    _, place = vendor.ask("holder")
    assert not vendor.has_place("gives", HEAD_START - 1)
    assert not vendor.has_place("takes away", HEAD_START)
    vendor.give_back(place)
    assert not vendor.has_place("gives", HEAD_START - 1)
    assert vendor.has_place("takes away", HEAD_START)


@pytest.mark.parametrize("step", [-1e6, -3600.0, 3600.0, 1e6])
def test_a_clock_that_was_set_stops_nobody(step):
    vendor = Vendor(interval=10.0)
    assert vendor.has_place("one")
    assert not vendor.has_place("two")
    vendor.now += step
    turn, _ = vendor.ask("two")
    assert turn.after <= 10.0 + AHEAD
    vendor.now += turn.after + 0.001
    assert turn.granted or vendor.has_place("two", turn.after)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"next_at": 0, "places": [], "waiting": {}}', "null", "\0"])
def test_a_text_that_was_torn_is_an_empty_line(text):
    vendor = Vendor()
    vendor.text = text
    assert vendor.has_place("one")
    assert not vendor.has_place("two")
