"""What the bench of long cases makes of its measurements."""

from __future__ import annotations

from web.bench.long import Taken, figures


def case(cost) -> list[Taken]:
    """Sixty steps: ten of different kinds, then the two tasks of the loop by turns."""
    tasks = ["other"] * 10 + ["draft_notice", "check_notice"] * 25
    return [Taken(n, task, cost(n, task), 100 * n) for n, task in enumerate(tasks, 1)]


def test_a_case_that_costs_the_same_everywhere_has_the_ratio_one():
    found = figures(case(lambda _n, _task: 10.0), 60)
    assert found["ratio"] == 1.0
    assert {task: each["ratio"] for task, each in found["same_task"].items()} == {
        "draft_notice": 1.0,
        "check_notice": 1.0,
    }
    assert found["state_bytes"] == [100, 3000, 6000]


def test_a_task_that_grows_dearer_shows_though_the_first_steps_were_dear_too():
    """The steps before the loop do more; only the same task beside itself tells that it doubled."""
    found = figures(case(lambda n, task: 20.0 if task == "other" else 10.0 + 10.0 * (n > 45)), 60)
    assert found["ratio"] == 1.0
    assert found["same_task"]["draft_notice"] == {"first_ms": 10.0, "last_ms": 20.0, "ratio": 2.0}
