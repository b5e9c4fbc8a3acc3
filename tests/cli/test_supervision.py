import pytest

from pivotal_server.core.supervision import SupervisionError, Supervisor


def test_a_program_that_keeps_dying_is_given_up() -> None:
    def wait_for_the_end() -> None:
        while True:
            children.pause(1)

    with Supervisor(grace_seconds=5) as children:
        children.start("clock", "pivotal_server.core.clock")  # a module that ends as soon as it is imported

        with pytest.raises(SupervisionError, match=r"The clock .* has ended with status 0, the 5th time in a row"):
            wait_for_the_end()


def test_what_was_started_first_is_stopped_last() -> None:
    done = []
    with Supervisor(grace_seconds=5) as children:
        children.afterwards(lambda: done.append("database"))
        children.afterwards(lambda: done.append("socket"))

    assert done == ["socket", "database"]
