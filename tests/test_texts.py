"""What the texts tell a reader to type: every command is run, or named here with the reason.

Commands that install run in a clone of the repository, in an environment that lacks the course;
the others in a folder that is no repository, with the course installed as users install it.
"""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import environments
import pytest
import typer

from stcourse.authoring import addresses, notebooks
from stlearn.forecast.cli import app

pytestmark = pytest.mark.tree

REPOSITORY = Path(__file__).resolve().parent.parent
TEXTS = (
    "README.md",
    "workshop/README.md",
    "workshop/kubernetes/README.md",
    "workshop/littlest/README.md",
    "workshop/teachers_guide.md",
)
CHAPTERS = notebooks.notebooks_in(REPOSITORY / "chapters")
A_CLUSTER = "needs a cluster, which no test has"
A_LITTLEST = "needs a machine with The Littlest JupyterHub; workshop/littlest says where it was run"
A_RAY_CLUSTER = "needs a Ray cluster; test_regions_and_ray.py starts one on this machine"
NOT_RUN = {
    "pytest": "all tests: half an hour",
    "stlearn forecast": "a minute of training; test_wheel.py runs it with one epoch",
    "stlearn forecast --values demand.csv --unit MW --calendar weather.csv --holidays DE": (
        "a minute of training; the tests of the job run it on small files"
    ),
    "stlearn predict --model forecast-demand --values today.csv --calendar weather.csv": (
        "needs the command before it; the tests of the job run it on small files"
    ),
    "stlearn watch monday.csv tuesday.csv --came measured.csv --model forecast-speeds": (
        "needs forecasts of two days; test_watch.py runs it"
    ),
    "stlearn export forecast-speeds --format onnx --out exported": (
        "of these few numbers a baseline wins, which needs no export; test_export.py runs it"
    ),
    "python exported/serve.py today.csv": "test_export.py runs it without the library at hand",
    "stlearn lab": "runs until Ctrl-C; test_browser.py starts it and looks at its page",
    "sudo python3 -m venv /opt/stlearn": "needs root, and changes the machine",
    'sudo /opt/stlearn/bin/pip install -c constraints.txt ".[workshop]"': "a gigabyte of packages",
    "sudo npm install -g configurable-http-proxy": "needs root and the network",
    "sudo /opt/stlearn/bin/stlearn workshop --folder /srv/class --learners 30": (
        "needs root, and runs until Ctrl-C; test_workshop.py starts it"
    ),
    "jupyter-repo2docker --no-run --user-id 1000 --user-name jovyan"
    " --image-name YOUR.REGISTRY/stlearn-course:1 .": "needs Docker; test_binder.py looks at it",
    "docker push YOUR.REGISTRY/stlearn-course:1": "needs Docker and a registry",
    "ray start --head --port 6379": A_RAY_CLUSTER,
    "ray start --address HEAD:6379": A_RAY_CLUSTER,
    "stlearn forecast --values speeds.csv --adjacency roads.csv --unit km/h --regions 8"
    " --ray auto": A_RAY_CLUSTER,
    "ray stop": A_RAY_CLUSTER,
    "srun ray symmetric-run --address HEAD:6379 --min-nodes 4 -- stlearn forecast --regions 8"
    " --ray auto": "needs SLURM",
    'sudo -E /opt/tljh/user/bin/python -m pip install ".[course]"': A_LITTLEST,
    "sudo bash workshop/littlest/settings.sh": A_LITTLEST,
    "python tests/littlest.py http://127.0.0.1": A_LITTLEST,
    "helm repo add jupyterhub https://hub.jupyter.org/helm-chart/": A_CLUSTER,
    "helm repo update": A_CLUSTER,
    "helm template class jupyterhub/jupyterhub --version 4.4.0 --values values.yaml"
    " > rendered.yaml": A_CLUSTER,
    "helm upgrade --install class jupyterhub/jupyterhub --version 4.4.0 --namespace class"
    " --create-namespace --values values.yaml"
    " --set-file hub.config.GitHubOAuthenticator.client_secret=secret.txt": A_CLUSTER,
}
SPEEDS = "time,A,B\n" + "".join(
    f"2026-01-{1 + hour // 24:02d} {hour % 24:02d}:00,{50 + hour % 7},{40 + hour % 5}\n"
    for hour in range(24 * 28)
)
PARKING = "place,capacity,occupancy,time\n" + "".join(
    f"{place},90,{minute},2026-01-05 {hour:02}:{minute:02}:07\n"
    for hour in range(24) for minute in (4, 31) for place in ("north", "south")
)  # fmt: skip
ROADS = "from,to,weight\nA,B,1\n"
INSTALLS = re.compile(r"\bpip (install|uninstall)\b")


def texts():
    """Pairs of the name of a text and its Markdown, the chapters' among them."""
    for name in TEXTS:
        yield name, (REPOSITORY / name).read_text(encoding="utf-8")
    for path in CHAPTERS:
        cells = (each.source for each in notebooks.read(path).cells if each.cell_type != "code")
        yield path.name, "\n\n".join(cells)


def shown_lines():
    """Pairs of the name of a text and a line of commands in one of its blocks of code.

    A block that names a language other than bash holds none, and a text that holds something
    else than commands says so: ```text.
    """
    found = []
    for name, text in texts():
        for indent, language, block in re.findall(
            r"^( *)```(\w*)\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL
        ):
            if language in ("", "bash"):
                block = re.sub(r"\\\n\s*", "", block)
                found += [(name, line.removeprefix(indent)) for line in block.splitlines()]
    return found


def commands_of(line):
    return [command.strip().removeprefix("!") for command in line.split(" && ")]


LINES = shown_lines()
RUN = [
    (name, " && ".join(left))
    for name, line in LINES
    if (left := [command for command in commands_of(line) if command not in NOT_RUN])
]


def test_every_text_with_a_command_is_read():
    assert {name for name, _ in LINES} == set(TEXTS[:4])
    assert len(RUN) > 5


def test_commands_that_are_not_run_are_still_shown():
    shown = {command for _, line in LINES for command in commands_of(line)}
    assert NOT_RUN.keys() - shown == set()


# The commands, run


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """A repository as it is published, and what a user has: an environment, a folder with data."""
    folder = tmp_path_factory.mktemp("texts")
    published = folder / "published"
    ignored = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__")
    shutil.copytree(REPOSITORY, published, ignore=ignored)
    shutil.copy(REPOSITORY / ".gitignore", published)
    as_author = ("-c", "user.name=author", "-c", "user.email=author@example.org")
    for command in (
        ("init", "-q", "-b", addresses.BRANCH), ("add", "."), ("commit", "-q", "-m", "course")
    ):  # fmt: skip
        subprocess.run(["git", *as_author, *command], cwd=published, check=True)
    subprocess.run(["git", "clone", "-q", published, folder / "clone"], check=True)
    for name in ("fresh", "user"):
        environments.new_environment(folder / name)
        pip = folder / name / "bin" / "pip"
        pip.write_text(
            f"#!{folder / name}/bin/python\nfrom pip import main\n\nraise SystemExit(main())\n"
        )
        pip.chmod(0o755)
    subprocess.run(
        [folder / "user" / "bin" / "pip", "install", "-q", "--no-deps", "--ignore-installed",
         published],
        check=True,
    )  # fmt: skip
    (folder / "data").mkdir()
    for name in ("speeds", "today", "speed", "speed_today", "flow", "flow_today"):
        (folder / "data" / f"{name}.csv").write_text(SPEEDS)
    header, *rows = SPEEDS.splitlines(keepends=True)
    halves = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    for name, half in zip(("january.csv", "february.csv"), halves):
        (folder / "data" / name).write_text(header + "".join(half))
    (folder / "data" / "roads.csv").write_text(ROADS)
    (folder / "data" / "parking.csv").write_text(PARKING)
    return folder


def run(line, environment, folder, published):
    # An older pip takes no address of a file without a host.
    address = published.as_uri().replace("file://", "file://localhost")
    line = line.replace(addresses.REPOSITORY, address)
    path = f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        ["bash", "-ec", line], cwd=folder, capture_output=True, text=True,
        # pip refuses to install into the machine's own Python, should it ever be found first.
        env={**kept, "PATH": path, "PIP_REQUIRE_VIRTUALENV": "1"},
    )  # fmt: skip
    assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}{done.stderr[-3000:]}"
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(("name", "line"), RUN)
def test_command_works_as_the_text_has_it(places, name, line):
    here, environment = places / "data", places / "user"
    if INSTALLS.search(line):
        here, environment = places / "clone", places / "fresh"
    elif line.startswith("git clone"):
        here = places
        cloned = Path(addresses.REPOSITORY).name
        line = line.replace(addresses.REPOSITORY, f"{addresses.REPOSITORY} {cloned}")
    run(" && ".join(commands_of(line)), environment, here, places / "published")


# The commands within sentences


def inline():
    """Pairs of the name of a text and a command of `stlearn` that a sentence names."""
    return sorted({
        (name, command)
        for name, text in texts()
        for command in re.findall(r"`((?:sudo \S*/)?stlearn [^`\n]+)`", text)
    })  # fmt: skip


@pytest.mark.parametrize(("name", "command"), inline())
def test_command_in_a_sentence_exists_with_its_options(name, command):
    words = shlex.split(command)
    words = words[words.index(next(word for word in words if Path(word).name == "stlearn")) + 1 :]
    found, context = typer.main.get_command(app), None
    while hasattr(found, "commands") and words:
        context = found.make_context("stlearn", [], parent=context, resilient_parsing=True)
        assert words[0] in found.commands, f"{name}: no command {words[0]} in {command}"
        found = found.commands[words.pop(0)]
    options = {option for each in found.params for option in (*each.opts, *each.secondary_opts)}
    for word in words:
        assert not word.startswith("-") or word in options | {"--help"}, f"{name}: {command}"
