"""Binder and Colab: one list of packages, scripts that run, links from one address."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import environments
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from stcourse.authoring import addresses, notebooks
from stcourse.running import lab
from stlearn import catalogue
from stlearn.errors import InputError

pytestmark = pytest.mark.tree

REPOSITORY = Path(__file__).resolve().parent.parent
CHAPTERS = notebooks.notebooks_in(REPOSITORY / "chapters")
LEFT_OUT = (".*", "build", "dist", "*.egg-info", "__pycache__", "forecast-*", "stlearn-course")
ON_BINDER = ("course", "simulate", "binder")  # extras
ELSEWHERE = {"tensorflow"}  # where there is no tensorflow-cpu; the versions tested are Linux's
NOT_FOR_THE_TESTS = {"optuna", "colorlog", "jax", "jaxlib"}  # pinned all the same
OF_TESTED_SYSTEM = pytest.mark.skipif(
    sys.version_info[:2] != (3, 11) or sysconfig.get_platform() != "linux-x86_64",
    reason="constraints.txt is for Python 3.11 on Linux x86-64",
)


# One list of packages


def in_pyproject(*extras):
    """Requirements of the package with some extras, an extra within an extra resolved."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    texts = list(project["dependencies"])
    for extra in extras:
        texts += project["optional-dependencies"][extra]
    found = []
    for requirement in map(Requirement, texts):
        if requirement.name == project["name"]:
            found += in_pyproject(*requirement.extras)
        else:
            found.append(requirement)
    return found


def in_environment():
    """Python's version, and the requirements of pip, of environment.yml."""
    listed = yaml.safe_load((REPOSITORY / "environment.yml").read_text())["dependencies"]
    (python,) = (each for each in listed if str(each).startswith("python="))
    (of_pip,) = (each["pip"] for each in listed if isinstance(each, dict))
    return python.removeprefix("python="), [Requirement(each) for each in of_pip]


def in_constraints():
    """Dict of name to Requirement of constraints.txt."""
    lines = (REPOSITORY / "constraints.txt").read_text().splitlines()
    pins = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    return {canonicalize_name(pin.name): pin for pin in pins}


def test_environment_names_what_the_package_and_its_extras_name():
    _, listed = in_environment()
    expected = in_pyproject(*ON_BINDER)
    assert {each.name for each in listed} == {each.name for each in expected}
    assert len({each.name for each in listed}) == len(listed)
    markers = {each.name: str(each.marker) for each in expected}
    for requirement in listed:
        assert str(requirement.marker) == markers[requirement.name]


def test_environment_has_the_tested_versions():
    python, listed = in_environment()
    pins = in_constraints()
    pins["tensorflow"] = pins["tensorflow-cpu"]
    for requirement in listed:
        assert requirement.specifier == pins[canonicalize_name(requirement.name)].specifier
    head = (REPOSITORY / "constraints.txt").read_text().splitlines()[0]
    assert f"Python {python}," in head


def test_every_line_of_the_environment_says_what_it_is_for():
    lines = (REPOSITORY / "environment.yml").read_text().partition("- pip:")[2].splitlines()
    lines = [line.strip() for line in lines if line.strip().startswith("- ")]
    assert len(lines) == len(in_environment()[1])
    for line in lines:
        assert re.search(r"  # \w", line), line


def test_tested_versions_are_within_the_ranges_of_the_package():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    pins = in_constraints()
    for requirement in in_pyproject(*project["optional-dependencies"]):
        if requirement.name in ELSEWHERE:
            continue
        (pin,) = pins[canonicalize_name(requirement.name)].specifier
        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version), requirement


@OF_TESTED_SYSTEM
def test_tested_versions_accept_the_oldest_python_that_is_promised():
    """Its first patch release: Debian 12 has 3.11.2, and pip goes by the third number as well."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    promised = SpecifierSet(project["requires-python"])
    (oldest,) = (each.version for each in promised if each.operator == ">=")
    refused, elsewhere = [], set()
    for name, pin in in_constraints().items():
        try:
            installed = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            elsewhere.add(name)
            continue
        assert pin.specifier.contains(installed.version), f"{pin}: {installed.version} is here"
        asked = installed.metadata["Requires-Python"] or ""
        if not SpecifierSet(asked).contains(oldest):
            refused.append(f"{pin} needs Python {asked}, promised is {oldest}")
    assert refused == []
    assert elsewhere <= NOT_FOR_THE_TESTS


@OF_TESTED_SYSTEM
def test_whatever_a_requirement_brings_along_has_its_version_too():
    needed, todo = set(), in_pyproject("test", *ON_BINDER)
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) in needed:
                continue
            if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
                continue
            needed.add((name, extra))
            for text in importlib.metadata.requires(name) or ():
                brought = Requirement(text)
                if brought.marker is None or brought.marker.evaluate({"extra": extra}):
                    brought.marker = None
                    todo.append(brought)
    packages = {name for name, _ in needed}
    assert packages - in_constraints().keys() - {"setuptools", "pip"} == set()


# The scripts


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """The repository as Binder copies it, without what is left out of version control."""
    folder = tmp_path_factory.mktemp("binder") / "repository"
    shutil.copytree(REPOSITORY, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return folder


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A new environment beside this one, in which the public data sets cannot be reached."""
    folder, site = environments.new_environment(tmp_path_factory.mktemp("fresh") / "venv")
    host = urlsplit(catalogue.entry("los-loop").files[0].address).hostname
    (site / "sitecustomize.py").write_text(
        "import socket\n\nreal = socket.getaddrinfo\n\n\n"
        "def without_data(host, *more, **others):\n"
        f"    if host == {host!r}:\n"
        "        raise socket.gaierror('no network')\n"
        "    return real(host, *more, **others)\n\n\n"
        "socket.getaddrinfo = without_data\n"
    )
    return folder, site, host


def run_postbuild(copied, fresh, tmp_path):
    folder, _, host = fresh
    kept = {name: value for name, value in os.environ.items() if name != "STLEARN_MIRROR"}
    return subprocess.run(
        [copied / "postBuild"], cwd=tmp_path, capture_output=True, text=True,
        env={
            **kept, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "STLEARN_CACHE": str(tmp_path / "cache"), "no_proxy": host, "NO_PROXY": host,
        },
    )  # fmt: skip


@pytest.fixture(scope="module")
def built(copied, fresh, tmp_path_factory):
    """What postBuild told, run where the data cannot be had; `fresh` then has the course.

    The environment of the tests stays as it is.
    """
    before = importlib.metadata.distribution("stlearn-course").read_text("RECORD")
    done = run_postbuild(copied, fresh, tmp_path_factory.mktemp("build"))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    assert importlib.metadata.distribution("stlearn-course").read_text("RECORD") == before
    return done.stdout, done.stderr


@OF_TESTED_SYSTEM
def test_postbuild_installs_the_course_and_goes_on_without_the_data(built, fresh, tmp_path):
    folder, site, _ = fresh
    out, errors = built
    assert "the course goes on without it" in out
    ready = rf"stlearn \S+ is ready: {len(CHAPTERS)} chapters, and all that they import"
    assert re.search(ready, out)
    assert "Traceback" not in errors
    installed = site / "stlearn"
    assert [path.name for path in notebooks.notebooks_in(site / "stcourse" / "chapters")] == [
        path.name for path in CHAPTERS
    ]
    assert list(installed.glob("__pycache__/files.*.pyc"))
    told = subprocess.run(
        [folder / "bin" / "stlearn", "--version"], capture_output=True, text=True, cwd=tmp_path
    )
    assert told.returncode == 0, told.stderr


@OF_TESTED_SYSTEM
def test_postbuild_brings_the_data_where_it_can_be_had(built, copied, fresh, tmp_path, mirror):
    # The step of the data alone, as the script has it: the rest has just been run.
    step = (copied / "postBuild").read_text().split("<<'PYTHON'\n")[1].partition("\nPYTHON\n")[0]
    done = subprocess.run(
        [fresh[0] / "bin" / "python", "-P", "-c", step], cwd=tmp_path, capture_output=True,
        text=True, env={**os.environ, "STLEARN_CACHE": str(tmp_path / "cache")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    assert f"{len(catalogue.names())} data sets are at hand" in done.stdout


@OF_TESTED_SYSTEM
def test_postbuild_fails_where_the_package_cannot_be_installed(copied, fresh, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    for name in ("postBuild", "constraints.txt"):
        shutil.copy(copied / name, broken)
    (broken / "pyproject.toml").write_text("[project\n")
    done = run_postbuild(broken, fresh, tmp_path)
    assert done.returncode != 0
    assert "is ready" not in done.stdout


def test_postbuild_stops_at_the_first_failure():
    lines = (REPOSITORY / "postBuild").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands[0] == "set -e"


THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")


def started(*command, **variables):
    kept = {k: v for k, v in os.environ.items() if k not in THREADS and not k.startswith("TF_")}
    return subprocess.run(
        [REPOSITORY / "start", *command], capture_output=True, text=True, env=kept | variables
    )


@pytest.mark.parametrize(
    ("limit", "threads"), [("2.0", "2"), ("4", "4"), ("0.5", "1"), ("", "1"), ("many", "1")]
)
def test_start_gives_as_many_threads_as_cores(limit, threads):
    done = started("printenv", *THREADS, CPU_LIMIT=limit)
    assert done.stdout.split() == [threads] * len(THREADS)
    assert done.stderr == ""


def test_start_keeps_what_was_chosen_and_quietens_tensorflow():
    done = started("printenv", "OMP_NUM_THREADS", "TF_CPP_MIN_LOG_LEVEL", OMP_NUM_THREADS="3")
    assert done.stdout.split() == ["3", "2"]
    assert started("printenv", "TF_ENABLE_ONEDNN_OPTS").stdout == "0\n"


def test_start_gives_jupyterlab_the_settings_of_the_course():
    places = started("printenv", *lab.environment()).stdout.split()
    assert len(places) == len(lab.environment())
    for place in places:
        assert (Path(place.split(os.pathsep)[0]) / "labconfig").is_dir()


def test_start_becomes_the_command_it_is_given():
    process = subprocess.Popen(
        [REPOSITORY / "start", "sh", "-c", 'echo "$$ $1"; exit 7', "sh", "two words"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    output, _ = process.communicate(timeout=20)
    assert output == f"{process.pid} two words\n"
    assert process.returncode == 7


def dockerfile(folder):
    done = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(folder)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout + done.stderr


def test_repo2docker_uses_the_environment_and_the_scripts(copied):
    text = dockerfile(copied)
    python, _ = in_environment()
    assert f"environment-2epy-2d{python.replace('.', '-2e')}" in text
    environment = text.index("src/environment.yml ${REPO_DIR}/environment.yml")
    everything = text.index("src/ ${REPO_DIR}/")
    assert environment < everything < text.index("RUN ./postBuild")
    assert 'R2D_ENTRYPOINT="${REPO_DIR}/start"' in text
    for name in ("postBuild", "start"):
        assert os.access(REPOSITORY / name, os.X_OK)


def test_a_package_in_its_own_environment_would_spoil_the_layer(tmp_path):
    text = (REPOSITORY / "environment.yml").read_text()
    (tmp_path / "environment.yml").write_text(text + "      - -e .\n")
    assert "src/environment.yml ${REPO_DIR}/environment.yml" not in dockerfile(tmp_path)


# Colab: the chapters on what its one line installs


def test_chapters_import_nothing_that_colab_lacks(tmp_path):
    """Colab has an older JupyterLab's parts of its own, and none of what the tests use."""
    brought = {canonicalize_name(each.name) for each in in_pyproject("colab", "simulate")}
    others = in_pyproject("test", *ON_BINDER)
    lacking = {canonicalize_name(each.name) for each in others} - brought - {"ipykernel"}
    assert {"jupyterlab", "nbclient", "nbval", "pytest"} <= lacking
    code = (
        f"import sys\nsys.modules.update(dict.fromkeys({sorted(lacking)}))\n"
        "from stcourse.authoring.notebooks import course_folder, failing_imports, notebooks_in\n"
        "from stcourse.authoring.notebooks import read\n"
        "from stcourse.exercises import chapters, of_chapter\n"
        "assert [of_chapter(number) for number in chapters()]\n"
        "for path in notebooks_in(course_folder()):\n"
        "    for told in failing_imports(read(path)):\n"
        "        sys.exit(f'{path.name}, {told}')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr


# The address


def test_readme_has_the_links_of_every_chapter():
    text = (REPOSITORY / "README.md").read_text()
    renewed = addresses.renew(text, REPOSITORY / "chapters")
    assert text == renewed, "run python -m stcourse.authoring.addresses"
    for path in CHAPTERS:
        assert addresses.colab_link(path.stem) in text


def test_address_stands_in_one_place():
    place = addresses.REPOSITORY.removeprefix("https://")
    by_hand = []
    for path in sorted(REPOSITORY.rglob("*")):
        inside = path.relative_to(REPOSITORY).parts
        if path.suffix not in {".py", ".md", ".yml", ".yaml", ".toml", ".txt", ".ipynb", ".html"}:
            continue
        if any(Path(part).match(pattern) for part in inside for pattern in LEFT_OUT):
            continue
        text = path.read_text(encoding="utf-8")
        if path == REPOSITORY / "README.md":
            text = "".join(addresses.split(text))
        if place in text:
            by_hand.append("/".join(inside))
    assert by_hand == ["stcourse/authoring/addresses.py"]


def test_binder_builds_one_branch_and_pulls_the_chapters_of_another():
    link = urlsplit(addresses.binder_link(CHAPTERS[0].stem))
    owner_and_name = urlsplit(addresses.REPOSITORY).path.strip("/")
    assert link.path == f"/v2/gh/{owner_and_name}/{addresses.ENVIRONMENT}"
    ((place,),) = parse_qs(link.query).values()
    pull = urlsplit(place)
    assert pull.path == "git-pull"
    asked = {name: value for name, (value,) in parse_qs(pull.query).items()}
    assert asked["repo"] == addresses.REPOSITORY
    assert asked["branch"] == addresses.BRANCH != addresses.ENVIRONMENT
    # The session's own copy of the repository already has a folder of the package's name.
    assert not (REPOSITORY / asked["targetPath"]).exists()
    opened = asked["urlpath"].removeprefix(f"lab/tree/{asked['targetPath']}/")
    assert (REPOSITORY / opened).is_file()


OLD = "above\n\n" + "between\n".join(
    f"<!-- {name} -->\nold\n<!-- end of {name} -->\n" for name in addresses.MADE
)


def test_only_what_stands_between_the_marks_is_renewed():
    new = addresses.renew(f"{OLD}below\n", REPOSITORY / "chapters")
    assert new.startswith("above\n\n")
    assert new.endswith("\nbelow\n")
    assert addresses.split(new) == addresses.split(f"{OLD}below\n")
    assert "old" not in new
    assert f"git clone {addresses.REPOSITORY} &&" in new
    assert addresses.renew(new, REPOSITORY / "chapters") == new


@pytest.mark.parametrize("text", ["", OLD.replace("end of", ""), OLD.replace("launch", "")])
def test_text_without_the_marks_is_refused(text):
    with pytest.raises(InputError, match="readme: expected"):
        addresses.renew(text, REPOSITORY / "chapters")


def test_folder_without_chapters_is_refused(tmp_path):
    with pytest.raises(InputError, match="folder: no chapters"):
        addresses.launch_lines(tmp_path)
