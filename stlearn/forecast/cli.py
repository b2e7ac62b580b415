"""The command line: `stlearn prepare`, `forecast`, `compare`, `predict`, `watch`, `export`,
`data`, `doctor`.

Each command reads its arguments, calls the library, and prints. What is slow to import is
imported inside the commands, so that `stlearn --help` answers at once. Other packages add their
commands by entry points of the group `stlearn.commands`: functions that are given the app.
"""

import importlib.metadata
import signal
import sys
from typing import Annotated

import typer
from typer.core import TyperGroup

import stlearn
from stlearn.errors import InputError
from stlearn.forecast import data_commands, job_commands, service_commands
from stlearn.forecast.terminal import tell


class Commands(TyperGroup):
    """Commands whose errors are told in one line on standard error."""

    def invoke(self, ctx):
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as after Ctrl-C, tidy up
        try:
            return super().invoke(ctx)
        except InputError as error:
            tell(f"Error: {error}")
            raise typer.Exit(2) from None
        except BrokenPipeError:
            raise  # the reader of the output has left, as in `stlearn data list | head -1`
        except OSError as error:
            place = error.filename or "a file could not be written"
            tell(f"Error: {place}: {error.strerror or error}")
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            tell("Interrupted; nothing was left half-written.")
            raise typer.Exit(130) from None
        finally:
            signal.signal(signal.SIGTERM, before)


app = typer.Typer(
    cls=Commands,
    help="Spatio-temporal networks, from sensors to an honest forecast.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool):
    if wanted:
        print(f"stlearn {stlearn.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
):
    pass


for _own in (job_commands, service_commands, data_commands):
    _own.add_commands(app)
for _more in importlib.metadata.entry_points(group="stlearn.commands"):
    _more.load()(app)

if __name__ == "__main__":
    app()
