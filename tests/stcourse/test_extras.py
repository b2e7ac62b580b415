"""The course's commands where the course's packages are not installed."""

import sys

import pytest
from typer.testing import CliRunner

from stlearn.forecast.cli import app


@pytest.mark.parametrize(
    ("command", "extra"),
    [
        (["lab", "--no-browser"], "course"),
        (["check", "2"], "course"),
        (["build", "--check"], "course"),
        (["bench", "ledger"], "course"),
        (["slides", "2"], "workshop"),
        (["workshop"], "workshop"),
    ],
)
def test_a_command_of_the_course_names_the_extra_that_it_needs(command, extra, monkeypatch):
    monkeypatch.setitem(sys.modules, "nbformat", None)
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 2
    said = f"stlearn {command[0]}: expected the package nbformat, which is not installed here: pyth"
    assert said in done.output and f'"stlearn-course[{extra}]"' in done.output
