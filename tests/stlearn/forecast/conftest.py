"""What the tests of the command line and of the job share."""

import pytest

from stlearn.forecast.cli import app


@pytest.fixture
def call(capsys, tmp_path, monkeypatch):
    """Run a command in this process, in an empty folder; return exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def call_command(*arguments):
        with pytest.raises(SystemExit) as left:
            app([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return left.value.code or 0, out, err

    return call_command
