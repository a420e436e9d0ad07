from datetime import UTC, datetime, timedelta

from scheduler.failures import Failures

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def fail(failures: Failures, now: datetime, subject: str = "plan 1") -> None:
    with failures.noted(subject, now):
        raise OSError("disk full")


def rest_of(failures: Failures, now: datetime, subject: str = "plan 1") -> int:
    seconds = 0
    while failures.is_resting(subject, now + timedelta(seconds=seconds)):
        seconds += 1
    return seconds


def test_each_failure_in_a_row_rests_twice_as_long_up_to_a_bound() -> None:
    failures, now, rests = Failures(), NOON, []
    for _ in range(9):
        fail(failures, now)
        rests.append(rest_of(failures, now))
        now += timedelta(seconds=rests[-1])
    assert rests == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_one_subject_resting_does_not_hold_another() -> None:
    failures = Failures()
    fail(failures, NOON)
    assert failures.is_resting("plan 1", NOON)
    assert not failures.is_resting("plan 2", NOON)


def test_what_works_again_begins_anew() -> None:
    failures = Failures()
    fail(failures, NOON)
    fail(failures, NOON)
    with failures.noted("plan 1", NOON):
        pass
    assert not failures.is_resting("plan 1", NOON)
    fail(failures, NOON)
    assert rest_of(failures, NOON) == 1


def test_each_failure_has_a_reference_of_its_own_told_once() -> None:
    failures = Failures()
    fail(failures, NOON)
    fail(failures, NOON)
    one, other = failures.take_references()
    assert one != other
    assert failures.take_references() == ()
