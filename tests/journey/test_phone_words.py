"""What to say on the phone comes from the answers, shortest first, and never from nothing."""

from __future__ import annotations

from datetime import date

from concerns.journey.answers import Answers
from concerns.journey.phone_words import LONGEST, to_say
from concerns.journey.statement import cards
from tests.answers import CHILD, changed, family

TODAY = date(2026, 11, 24)


def test_the_words_say_danger_who_where_what_worry_and_what_happened() -> None:
    said = to_say(cards(Answers(CHILD, TODAY)))
    assert [what for what, _ in said] == [
        "Danger now",
        "Who",
        "Where",
        "The worry",
        "What happened",
    ]
    assert "Robin" in dict(said)["Who"]


def test_each_person_of_a_report_is_said() -> None:
    whom = [what for what, _ in to_say(cards(Answers(family(), TODAY)))]
    assert whom.count("Who") == 3


def test_a_question_without_an_answer_is_not_read_out() -> None:
    skipped = {key: page for key, page in CHILD.items() if key != "where.1"}
    assert "Where" not in dict(to_say(cards(Answers(skipped, TODAY))))
    assert to_say([]) == []


def test_a_long_account_is_cut_between_words() -> None:
    long = changed(CHILD, **{"what-happened": {"account": ["word " * 200]}})
    said = dict(to_say(cards(Answers(long, TODAY))))["What happened"]
    assert said.endswith("word …")
    assert len(said) <= LONGEST + 2
