from api.reports.status import CLOSED, STATES, TARGETS, TRANSITIONS, transition


def test_every_state_can_be_reached():
    reached = {to for _, to in TRANSITIONS} | {"submitted"}
    assert reached == set(STATES)


def test_only_the_dead_ends_of_the_field_have_no_way_out():
    ways_out = {came_from for came_from, _ in TRANSITIONS}
    assert set(STATES) - ways_out == {"withdrawn"}


def test_a_rule_may_only_dispatch():
    assert {to for (_, to), step in TRANSITIONS.items() if "rule" in step.actors} == {"dispatched"}


def test_residents_speak_with_their_own_kinds():
    for step in TRANSITIONS.values():
        assert (step.kind == "change") == ("reporter" not in step.actors)


def test_each_kind_of_a_resident_leads_to_one_state():
    assert TARGETS == {
        "answer": "submitted",
        "withdraw": "withdrawn",
        "confirm": "closed",
        "dispute": "in_progress",
        "appeal": "submitted",
    }
    said = [(step.kind, to) for (_, to), step in TRANSITIONS.items() if step.kind != "change"]
    assert len(set(said)) == len({kind for kind, _ in said})


def test_a_step_that_is_not_in_the_table_is_none():
    assert transition("submitted", "closed", "change") is None
    assert transition("resolved", "closed", "change") is None
    assert transition("resolved", "closed", "confirm") is not None


def test_evidence_is_asked_for_wherever_work_is_said_to_be_done():
    assert all("evidence" in step.needs for (_, to), step in TRANSITIONS.items() if to == "work_done")


def test_the_officer_never_approves():
    assert not any("officer" in step.actors for (_, to), step in TRANSITIONS.items() if to in CLOSED)
