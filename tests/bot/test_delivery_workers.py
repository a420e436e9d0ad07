"""Delivery workers: two at once, one that is stopped, the pace they keep, the names they look up."""

import threading

from bot.delivery import Delivery, run_delivery
from models import milestones
from models.journal import Intent, OutboxState
from models.milestones import Milestone
from models.services import journal
from tests.bot.outbound import PARTS, SECOND, Outbound


def test_a_channel_gets_one_message_a_second_and_others_do_not_wait_for_it(slack: Outbound) -> None:
    first = slack.world.line(slack.world.stock("BOLT-10", "A-01", 10))
    slack.settle()
    slack.wait(10 * SECOND)
    slack.world.count(first, "ana", 8)
    slack.world.count(first, "dan", 8)
    assert slack.once()  # the sheet
    assert slack.once()  # the card, in another channel
    slack.notify(Intent.SHEET, slack.world.see(first).session_id, PARTS)
    assert not slack.once(), "the channel was posted to this very second"
    slack.wait(SECOND)
    assert slack.once()
    assert all(call.status == 200 for call in slack.ws.calls)


def test_two_new_messages_for_one_channel_go_out_a_second_apart(slack: Outbound) -> None:
    with slack.database.write() as session:
        other = slack.world.plan(session, "Nightly parts", slack.world.team_id, lines=1)
    slack.world.stock("BOLT-10", "A-01", 10)
    slack.world.start()
    slack.world.stock("BOLT-11", "A-02", 10)
    slack.world.start(other)
    assert slack.once()
    assert not slack.once()
    slack.wait(SECOND)
    assert slack.once()
    assert len(slack.messages()) == 2


def test_a_name_that_is_not_known_yet_is_asked_of_slack_once(slack: Outbound) -> None:
    with slack.database.write() as session:
        slack.world.member(session, "ana").name = None
    line = slack.world.line(slack.world.stock("BOLT-10", "A-01", 10))
    slack.world.count(line, "ana", 8)
    slack.settle()
    assert "Ana 1" in slack.text(slack.messages()[0])
    assert slack.calls("users.info") == 1


def test_without_an_answer_about_a_name_the_id_is_shown(slack: Outbound) -> None:
    with slack.database.write() as session:
        slack.world.member(session, "ana").name = None
    slack.ws.faults.on(method="users.info", action="500", times=None)
    line = slack.world.line(slack.world.stock("BOLT-10", "A-01", 10))
    slack.world.count(line, "ana", 8)
    slack.settle()
    assert "U01ANA 1" in slack.text(slack.messages()[0])


def test_the_named_steps_are_passed_in_order(slack: Outbound) -> None:
    slack.world.line(slack.world.stock("BOLT-10", "A-01", 10))
    passed: list[Milestone] = []
    milestones.observe(passed.append)
    try:
        slack.settle()
    finally:
        milestones._observers.remove(passed.append)
    expected = [Milestone.DELIVERY_CLAIMED, Milestone.DELIVERY_SENT, Milestone.DELIVERY_MARKED]
    assert [one for one in passed if one in expected] == expected


def test_two_workers_post_a_thing_once(either: Outbound) -> None:
    """Each sheet goes to a channel of its own, so that no pace slows the two down."""
    with either.database.write() as session:
        plans = [either.world.plan(session, f"Plan {n}", either.world.team_id, lines=1) for n in range(20)]
    for n, plan in enumerate(plans):
        either.world.stock(f"BOLT-{n}", f"A-{n:02}", 10)
        either.world.start(plan)
        either.ws.add_channel(f"C{n:02}", name=f"channel-{n}")
    with either.database.write() as session:
        for n, row in enumerate(either.rows()):
            row.channel = f"C{n:02}"
            session.add(row)
    either.now()
    start = threading.Barrier(2)

    def work(delivery: Delivery) -> None:
        start.wait()
        while delivery.deliver_one(either.ws.clock.now()):
            pass

    workers = [either.worker(f"worker {n}") for n in (1, 2)]
    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(either.messages(f"C{n:02}")) for n in range(20)] == [1] * 20
    assert {row.state for row in either.rows()} == {OutboxState.SENT}
    assert len({row.claimed_by for row in either.rows()}) == 2, "both had a part in it"


def test_a_worker_stops_when_told_and_wakes_when_called(slack: Outbound) -> None:
    stop, wake = threading.Event(), threading.Event()
    thread = threading.Thread(target=run_delivery, args=(slack.delivery, stop, wake))
    thread.start()
    try:
        slack.world.line(slack.world.stock("BOLT-10", "A-01", 10))
        slack.now()
        wake.set()
        slack.ws.wait_for(lambda: len(slack.messages()) == 1)
    finally:
        stop.set()
        wake.set()
        thread.join(5)
    assert not thread.is_alive()


def test_what_is_asked_again_while_a_row_is_claimed_waits_for_it(either: Outbound) -> None:
    either.world.line(either.world.stock("BOLT-10", "A-01", 10))
    other = either.worker("worker 2")
    seen: list[bool] = []

    def meanwhile(_call: object) -> None:
        with either.database.write() as session:
            journal.notify(session, Intent.SHEET, 1, channel=PARTS, now=either.ws.clock.now())
        seen.append(other.deliver_one(either.ws.clock.now()))

    either.ws.faults.on(method="chat.postMessage", action=meanwhile)
    either.once()
    assert seen == [False], "the second row must wait until the first one is marked"
    either.settle()
    assert (either.calls("chat.postMessage"), either.calls("chat.update")) == (1, 1)
    assert len(either.messages()) == 1
