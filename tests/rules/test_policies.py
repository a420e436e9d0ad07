"""Policies as text, their shares in whole lines, and how they are said."""

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.errors import BadInput
from models.rules.policies import (
    CAPPED,
    DEFINITIONS,
    FORMS,
    HIDDEN,
    LONGEST,
    READS_BALANCE,
    STRENGTH,
    Choice,
    Policy,
    describe,
    describe_all,
    parse_policies,
    policies_text,
    slots,
)

P = Policy


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("due", [Choice(P.DUE)]),
        ("due 70%, random 30%", [Choice(P.DUE, 70), Choice(P.RANDOM, 30)]),
        ("  DUE   70 % ,, Random 30%, ", [Choice(P.DUE, 70), Choice(P.RANDOM, 30)]),
        ("abc A B 20%", [Choice(P.ABC, 20, classes=("A", "B"))]),
        ("abc b a b", [Choice(P.ABC, classes=("A", "B"))]),
        ("velocity", [Choice(P.VELOCITY, window_days=90)]),
        ("velocity 30d 10%", [Choice(P.VELOCITY, 10, window_days=30)]),
        ("velocity 30 Days", [Choice(P.VELOCITY, window_days=30)]),
        ("adjusted", [Choice(P.ADJUSTED, window_days=14)]),
        ("adjusted 1d", [Choice(P.ADJUSTED, window_days=1)]),
        ("location A- b-01", [Choice(P.LOCATION, prefixes=("A-", "b-01"))]),
        ('location "Rack 5" A-', [Choice(P.LOCATION, prefixes=("Rack 5", "A-"))]),
        ('category "Oils, greases" Nuts 10%', [Choice(P.CATEGORY, 10, categories=("Oils, greases", "Nuts"))]),
        ("category “Oils, greases” „Nuts“", [Choice(P.CATEGORY, categories=("Oils, greases", "Nuts"))]),
        ('category "3/4"" pipes"', [Choice(P.CATEGORY, categories=('3/4" pipes',))]),
        ('category "50% off" 10%', [Choice(P.CATEGORY, 10, categories=("50% off",))]),
        ('category "10%"', [Choice(P.CATEGORY, categories=("10%",))]),  # in quotes it is a name
        ("control BOLT-10 10002 Nut-8", [Choice(P.CONTROL, skus=("BOLT-10", "10002", "Nut-8"))]),
        ("turnover 500", [Choice(P.TURNOVER, amount=Decimal(500))]),
        ("turnover 0.125 5%", [Choice(P.TURNOVER, 5, amount=Decimal("0.125"))]),
        # a percentage that ends the entry is the share; any other belongs to the policy
        ("inaccurate", [Choice(P.INACCURATE, percent=Decimal(90), last=5)]),
        ("inaccurate 20%", [Choice(P.INACCURATE, 20, percent=Decimal(90), last=5)]),
        ("inaccurate 80% of 3", [Choice(P.INACCURATE, percent=Decimal(80), last=3)]),
        ("inaccurate 80 % of 3 20 %", [Choice(P.INACCURATE, 20, percent=Decimal(80), last=3)]),
        ("inaccurate 97.5% 20%", [Choice(P.INACCURATE, 20, percent=Decimal("97.5"), last=5)]),
        ("inaccurate of 3", [Choice(P.INACCURATE, percent=Decimal(90), last=3)]),
        (
            "value, zero, negative, low, never",
            [Choice(P.VALUE), Choice(P.ZERO), Choice(P.NEGATIVE), Choice(P.LOW), Choice(P.NEVER)],
        ),
    ],
)
def test_the_text_is_read(text: str, choices: list[Choice]) -> None:
    assert parse_policies(text) == tuple(choices)


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("Due 70 %,  RANDOM 30 %", "due 70%, random 30%"),
        ("velocity, adjusted, inaccurate 10%", "velocity 90d, adjusted 14d, inaccurate 90% of 5 10%"),
        ("abc c A 5%", "abc A C 5%"),
        ("category Nuts “Oils, greases”", 'category "Nuts" "Oils, greases"'),
        ('control "BOLT 10" NUT-8 "50%" "a""b"', 'control "BOLT 10" NUT-8 "50%" "a""b"'),
        ("turnover 500.50", "turnover 500.5"),
        ("turnover 1000", "turnover 1000"),
    ],
)
def test_the_canonical_text(typed: str, canonical: str) -> None:
    assert policies_text(parse_policies(typed)) == canonical
    assert policies_text(parse_policies(canonical)) == canonical


ALL = (
    "abc, adjusted, category, control, due, inaccurate, location, low, negative, never, random, turnover, value, "
    "velocity and zero"
)
ACCURACY = (
    "“inaccurate” takes a percentage up to 100 and a number of counts up to 100, like “inaccurate 90% of 5”, not “{}”."
)
TOO_LONG = "That is more than 500 characters of policies; name fewer, or make a second plan."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Say what to choose, like “due” or “due 70%, random 30%”."),
        (" , ,", "Say what to choose, like “due” or “due 70%, random 30%”."),
        ("dew", "“dew” is not a way to choose; did you mean “due”?"),
        ("due 50%, randm 50%", "“randm” is not a way to choose; did you mean “random”?"),
        ("x", f"“x” is not a way to choose; choose from {ALL}."),
        (
            "abc A, B",
            "“B” is not a way to choose; to add it to “abc”, write a space instead of the comma, like “abc A B”.",
        ),
        ("turnover 1,000", "“000” is not a way to choose; write an amount without commas, like “turnover 500”."),
        ("70% due", "“70%” stands before a name; write the share last, like “due 70%”."),
        ("due, random, due", "“due” stands there twice; write it once."),
        ("abc A, abc B", "“abc” stands there twice; write it once, with all its names, like “abc A B”."),
        ("due 0%", "A share of 0 % is not possible; write 1 to 100, like “due 30%”."),
        ("due 101%", "A share of 101 % is not possible; write 1 to 100, like “due 30%”."),
        ("due -5%", "A share of -5 % is not possible; write 1 to 100, like “due 30%”."),
        ("due 12.5%", "A share of 12.5 % is not a whole number; write it like “due 30%”."),
        ("due 80%, random 40%", "The shares add up to 120 %; they may not pass 100 %."),
        ("due 100%, random", "The other shares leave nothing for “random”; lower one of them."),
        (
            "due 70",
            "“due” takes nothing after its name but a share, not “70”; a share has a percent sign, like “due 70%”.",
        ),
        ("zero A-", "“zero” takes nothing after its name but a share, not “A-”; write “zero” alone."),
        ("never\nzero", "“never” takes nothing after its name but a share, not “zero”; write “never” alone."),
        ("abc", "“abc” needs classes, like “abc A B”."),
        ("abc 20%", "“abc” needs classes, like “abc A B”."),
        ("abc AB", "“AB” is not a class; write letters, like “abc A B”."),
        ("abc 30% A", "“30%” stands among classes of “abc”; write the share last."),
        ("location", "“location” needs the beginnings of bins, like “location A- B-”."),
        ("category", '“category” needs names of categories, like “category "Fasteners" "Oils, greases"”.'),
        ('location " "', "There is nothing between the quotes after “location”; write it like “location A- B-”."),
        ('category "Oils', 'The quote that opens at “"Oils” is not closed.'),
        ("control", "“control” needs SKUs, like “control BOLT-10 NUT-8”."),
        ("velocity 90", "“velocity” takes 1 to 730 days, like “velocity 90d”, not “90”."),
        ("velocity 0d", "“velocity” takes 1 to 730 days, like “velocity 90d”, not “0d”."),
        ("adjusted 731d", "“adjusted” takes 1 to 730 days, like “adjusted 14d”, not “731d”."),
        ("adjusted 14d 7d", "“adjusted” takes 1 to 730 days, like “adjusted 14d”, not “14d 7d”."),
        ("turnover", "“turnover” needs an amount, like “turnover 500”."),
        ("turnover 10%", "“turnover” needs an amount, like “turnover 500”."),
        ("turnover 500 EUR", "“turnover” takes one plain amount, like “turnover 500”, not “500 EUR”."),
        ("turnover -1", "“turnover” takes one plain amount, like “turnover 500”, not “-1”."),
        ("inaccurate 101% of 5", ACCURACY.format("101% of 5")),
        ("inaccurate 90 of 5", ACCURACY.format("90 of 5")),
        ("inaccurate 90% of 0", ACCURACY.format("90% of 0")),
        ("inaccurate 0% of 5", ACCURACY.format("0% of 5")),
        (f"location {'A' * 500}", TOO_LONG),
        (" " * 1001, TOO_LONG),
    ],
)
def test_what_cannot_be_read_says_what_to_change(text: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_policies(text)
    assert str(refused.value) == sentence


def test_every_policy_has_a_place_a_form_and_a_definition() -> None:
    assert set(STRENGTH) == set(Policy)
    assert len(STRENGTH) == len(Policy)
    assert set(DEFINITIONS) == set(FORMS) == set(Policy)
    assert {P.NEGATIVE, P.ZERO, P.LOW, P.TURNOVER, P.ADJUSTED, P.INACCURATE, P.VALUE} == HIDDEN
    assert {P.NEGATIVE, P.ZERO, P.LOW, P.VALUE, P.DUE} == READS_BALANCE
    assert CAPPED == set(STRENGTH[:2]) == {P.CONTROL, P.RANDOM}


@pytest.mark.parametrize("policy", Policy)
def test_every_form_is_its_own_canonical_text(policy: Policy) -> None:
    (choice,) = parse_policies(FORMS[policy])
    assert choice.policy is policy
    assert policies_text([choice]) == FORMS[policy]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("due", "what is due"),
        ("random 30%", "random sample"),
        ("value", "high value"),
        ("abc A", "class A"),
        ("abc A B C 20%", "class A, B and C"),
        ("velocity", "most moved in 90 days"),
        ("velocity 1d", "most moved in 1 day"),
        ("location A- B-", "bins A-… and B-…"),
        ('category "Oils, greases"', "category Oils, greases"),
        ("control BOLT-10 NUT-8", "control group BOLT-10 and NUT-8"),
        ("never", "never counted before"),
        ("zero", "zero balance"),
        ("negative", "negative balance"),
        ("low", "below reorder point"),
        ("turnover 1500 10%", "more than 1,500.00 EUR moved since the last count"),
        ("adjusted", "adjusted 14 days ago or earlier and not counted since"),
        ("inaccurate 97.5% of 3", "bins under 97.5 % accuracy in their last 3 counts"),
        ("inaccurate 90% of 1", "bins under 90 % accuracy in their last count"),
    ],
)
def test_a_choice_in_words(text: str, words: str) -> None:
    assert describe(parse_policies(text)[0], "EUR") == words


@pytest.mark.parametrize(
    ("text", "openly", "to_counters"),
    [
        ("due", "what is due", None),
        ("due 50%", "half of the lines what is due", None),
        ("due 70%, random 30%", "70 % of the lines what is due, 30 % random sample", None),
        ("due 25%, random", "a quarter of the lines what is due, the rest random sample", None),
        ("value", "high value", "chosen by stock control"),
        ("negative, zero", "negative balance, zero balance", "chosen by stock control"),
        ("zero 10%", "10 % of the lines zero balance", "10 % of the lines chosen by stock control"),
    ],
)
def test_a_plan_in_words(text: str, openly: str, to_counters: str | None) -> None:
    choices = parse_policies(text)
    assert describe_all(choices, to_counters=False) == openly
    assert describe_all(choices, to_counters=True) == (to_counters or openly)


def test_what_counters_are_not_told_goes_together() -> None:
    several = parse_policies("value 30%, zero 20%, velocity 50%")
    assert describe_all(several, to_counters=True) == (
        "50 % of the lines most moved in 90 days, 50 % chosen by stock control"
    )
    without = parse_policies("negative 10%, zero, due")
    assert describe_all(without, to_counters=True) == "what is due, chosen by stock control"


@pytest.mark.parametrize(
    ("text", "lines", "given"),
    [
        ("due", 12, (12,)),
        ("due 70%, random 30%", 10, (7, 3)),
        ("due 70%, random 30%", 12, (8, 4)),  # 8.4 and 3.6
        ("due 70%, random", 12, (8, 4)),  # the rest is 30 %
        ("due 50%", 11, (5,)),  # half of the lines are nobody's first choice
        ("due 99%, random 1%", 12, (12, 0)),  # 11.88 and 0.12
        ("due, random", 11, (5, 6)),  # two halves: random is stronger
        ("random, due", 11, (6, 5)),
        ("due, random, zero", 2, (0, 1, 1)),
        ("due 100%, never", 12, (12, 0)),  # never only fills what due leaves
        ("due 33%, never 33%", 10, (3, 3)),  # 6.6 together: six lines
        ("due 25%, random 25%, zero 25%, low 25%", 1, (0, 1, 0, 0)),
        ("due 50%, random 20%, zero, low", 10, (5, 2, 2, 1)),
        ("due", 0, (0,)),
    ],
)
def test_shares_in_whole_lines(text: str, lines: int, given: tuple[int, ...]) -> None:
    assert slots(parse_policies(text), lines) == given


NAMES = st.lists(st.text(min_size=1, max_size=10).filter(str.strip), min_size=1, max_size=3, unique=True).map(tuple)
DAYS = st.integers(1, 730)
ARGUMENTS = {
    P.ABC: st.builds(
        lambda names: {"classes": tuple(sorted(names))}, st.sets(st.sampled_from("ABCDXYZ"), min_size=1, max_size=4)
    ),
    P.LOCATION: st.builds(lambda names: {"prefixes": names}, NAMES),
    P.CATEGORY: st.builds(lambda names: {"categories": names}, NAMES),
    P.CONTROL: st.builds(lambda names: {"skus": names}, NAMES),
    P.VELOCITY: st.builds(lambda days: {"window_days": days}, DAYS),
    P.ADJUSTED: st.builds(lambda days: {"window_days": days}, DAYS),
    P.TURNOVER: st.builds(lambda amount: {"amount": amount}, st.decimals(0, 10**9, places=4)),
    P.INACCURATE: st.builds(
        lambda percent, last: {"percent": percent, "last": last},
        st.decimals(Decimal("0.01"), 100, places=2),
        st.integers(1, 100),
    ),
}


@st.composite
def plans(draw: st.DrawFn) -> tuple[Choice, ...]:
    """The choices of a plan that may be: each policy once, shares up to 100 %, nothing left out by them."""
    choices, left = [], 100
    for policy in draw(st.lists(st.sampled_from(Policy), min_size=1, max_size=6, unique=True)):
        share = draw(st.none() | st.integers(1, left)) if left else None
        left -= share or 0
        choices.append(Choice(policy, share, **draw(ARGUMENTS.get(policy, st.just({})))))
    assume(left or not any(choice.share is None and choice.policy in CAPPED for choice in choices))
    return tuple(choices)


@given(plans())
def test_what_is_written_is_read_back(choices: tuple[Choice, ...]) -> None:
    text = policies_text(choices)
    assume(len(text) <= LONGEST)
    assert parse_policies(text) == choices


SNIPPETS = st.sampled_from([*Policy, *FORMS.values(), "70%", "30 %", ",", '"', "“", "A", "of", "90d", " ", "%", "5"])


@given(st.lists(SNIPPETS, max_size=8).map(" ".join) | st.text(max_size=40))
def test_any_text_is_policies_or_a_sentence(text: str) -> None:
    try:
        choices = parse_policies(text)
    except BadInput:
        return
    assert parse_policies(policies_text(choices)) == choices
    assert all(describe(choice, "EUR") for choice in choices)


@given(plans(), st.integers(0, 500))
def test_shares_never_pass_the_lines_and_are_their_part_rounded(choices: tuple[Choice, ...], lines: int) -> None:
    given_ = slots(choices, lines)
    shared = sum(choice.share or 0 for choice in choices)
    without = [choice for choice in choices if choice.share is None]
    rest = Fraction(100 - shared, len(without) or 1)
    parts = [lines * (rest if choice.share is None else choice.share) / Fraction(100) for choice in choices]
    assert sum(given_) == floor(sum(parts)) <= lines
    assert all(floor(part) <= got <= ceil(part) for part, got in zip(parts, given_, strict=True))
    if without or shared == 100:
        assert sum(given_) == lines


@given(st.data(), plans(), st.integers(0, 100))
def test_the_order_policies_are_written_in_gives_nobody_a_line_more(
    data: st.DataObject, choices: tuple[Choice, ...], lines: int
) -> None:
    other = tuple(data.draw(st.permutations(choices)))
    by_policy = dict(zip((choice.policy for choice in other), slots(other, lines), strict=True))
    assert tuple(by_policy[choice.policy] for choice in choices) == slots(choices, lines)
