"""Long work on pages: one piece at a time for everybody, in the order of asking; stopped at once; mistakes told."""

import threading
import time

import pytest

import sim
from analysis.dashboard import trouble
from analysis.dashboard.jobs import Job, Progress


def settled(job, *states, within=10.0):
    """Wait until a job is in one of some states."""
    until = time.monotonic() + within
    while job.progress.peek().state not in states:
        assert time.monotonic() < until, job.progress.peek()
        time.sleep(0.01)
    return job.progress.peek()


@pytest.fixture(autouse=True)
def quiet():
    trouble.trouble.set("")
    yield
    trouble.trouble.set("")


def test_the_result_is_handed_on_when_the_work_is_done():
    job, results = Job(), []
    job.start(lambda progress, stop: 42, 5, results.append)
    assert settled(job, "done") == Progress("done", done=5, total=5)
    assert results == [42]


def test_work_of_others_comes_first_and_it_is_told_how_much():
    first, second, third = Job(), Job(), Job()
    go, order = threading.Event(), []

    def work(name):
        return lambda progress, stop: (go.wait(5), order.append(name))

    first.start(work("first"), 1, lambda _: None)
    settled(first, "running")
    second.start(work("second"), 1, lambda _: None)
    third.start(work("third"), 1, lambda _: None)
    until = time.monotonic() + 5
    while {second.progress.peek().ahead, third.progress.peek().ahead} != {1, 2}:
        assert time.monotonic() < until
        time.sleep(0.02)
    go.set()
    for job in (first, second, third):
        settled(job, "done")
    assert order[0] == "first"
    assert sorted(order) == ["first", "second", "third"]


def test_who_waits_can_go_and_lets_the_next_one_through():
    first, second, third = Job(), Job(), Job()
    go, results = threading.Event(), []
    first.start(lambda progress, stop: go.wait(5), 1, results.append)
    settled(first, "running")
    second.start(lambda progress, stop: "second", 1, results.append)
    third.start(lambda progress, stop: "third", 1, results.append)
    second.cancel()
    go.set()
    settled(third, "done")
    assert results == [True, "third"]
    assert second.progress.peek().state == "stopped"


def test_what_is_stopped_hands_on_nothing():
    job, results = Job(), []
    job.start(lambda progress, stop: stop.wait(5), 3, results.append)
    settled(job, "running")
    job.cancel()
    assert settled(job, "stopped").state == "stopped"
    time.sleep(0.1)
    assert results == []


def test_new_work_takes_the_place_of_what_is_under_way():
    job, results = Job(), []
    job.start(lambda progress, stop: (stop.wait(5), "old")[1], 3, results.append)
    settled(job, "running")
    job.start(lambda progress, stop: "new", 3, results.append)
    settled(job, "done")
    assert results == ["new"]


def test_a_mistake_is_told_in_its_own_sentence_and_anything_else_kindly(caplog):
    job = Job()

    def too_much(progress, stop):
        raise sim.TooBigError("ours: 9 people are more than this page runs")

    job.start(too_much, 1, lambda _: None)
    settled(job, "failed")
    assert trouble.trouble.peek() == "ours: 9 people are more than this page runs"
    job.start(lambda progress, stop: 1 / 0, 1, lambda _: None)
    settled(job, "failed")
    assert trouble.trouble.peek() == trouble.UNFORESEEN
    assert "ZeroDivisionError" in caplog.text


def test_progress_is_told_with_the_time_left():
    job, seen = Job(), []

    def work(progress, stop):
        for done in range(1, 5):
            time.sleep(0.3)
            progress(done)
            seen.append(job.progress.peek())

    job.start(work, 4, lambda _: None)
    settled(job, "done")
    assert any(now.done and now.left is not None and now.left > 0 for now in seen)


def test_a_handler_that_fails_tells_and_the_next_one_works():
    done = []

    def careless(value):
        if value < 0:
            raise sim.ScenarioError("a seed is a whole number")
        done.append(value)

    handler = trouble.safely(careless)
    handler(-1)
    handler(2)
    assert trouble.trouble.peek() == "a seed is a whole number"
    assert done == [2]
