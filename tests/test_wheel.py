"""The wheel and the sdist hold all that users need: tried where the repository is out of reach."""

import fnmatch
import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import environments
import pytest

from stcourse.authoring import notebooks

pytestmark = pytest.mark.tree

REPOSITORY = Path(__file__).resolve().parent.parent
BUILDING = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
WHEEL = BUILDING["targets"]["wheel"]
PACKAGES = [file.parent.name for file in sorted(REPOSITORY.glob("*/__init__.py"))]
NOT_SHIPPED = {
    "datasets/*.py": "makes what is shipped; needs the simulator and a minute",
    "datasets/*.png": "a picture of the README",
}
TRY_IMPORTS = """
import importlib, json, sys
failed = {}
for name in json.load(sys.stdin):
    try:
        importlib.import_module(name)
    except Exception as error:
        failed[name] = f"{type(error).__name__}: {error}"
print(json.dumps(failed))
"""
TRY_CHAPTERS = """
from stcourse.authoring.notebooks import course_folder, failing_imports, notebooks_in, read
for path in notebooks_in(course_folder()):
    for told in failing_imports(read(path)):
        print(f"{path.name}, {told}")
"""


def files_of(folder):
    """Files that version control holds in a folder; without it, those that lie there."""
    listed = subprocess.run(
        ["git", "ls-files", "--", folder], cwd=REPOSITORY, capture_output=True, text=True
    )
    if listed.returncode == 0 and listed.stdout:
        return listed.stdout.splitlines()
    paths = (REPOSITORY / folder).rglob("*")
    return [
        path.relative_to(REPOSITORY).as_posix()
        for path in paths if path.is_file() and "__pycache__" not in path.parts
    ]  # fmt: skip


def shipped_files():
    """Dict of file in the repository to its place in the wheel, of all that is to be shipped."""
    found = {}
    for folder in (*PACKAGES, *WHEEL["sources"]):
        place = WHEEL["sources"].get(folder, folder)
        for file in files_of(folder):
            if not any(fnmatch.fnmatch(file, pattern) for pattern in NOT_SHIPPED):
                found[file] = place + file.removeprefix(folder)
    return found


def module_of(file):
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


MODULES = [
    module_of(file) for folder in PACKAGES for file in files_of(folder) if file[-3:] == ".py"
]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, REPOSITORY],
        capture_output=True, text=True, cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return next(folder.glob("*.tar.gz")), next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """An environment with the wheel alone: its folder, and that of its packages."""
    folder, site = environments.new_environment(tmp_path_factory.mktemp("installed") / "venv")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install",
         "--quiet", "--no-deps", "--ignore-installed", built[1]],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder, site


def run(installed, *command, folder, **more):
    """Run a command of the environment in a folder from which the repository is out of reach."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [installed[0] / "bin" / command[0], *command[1:]], cwd=folder, capture_output=True,
        text=True, env={**kept, "STLEARN_PROGRESS": str(folder / "progress.json")}, **more,
    )  # fmt: skip


def python(installed, code, folder, **more):
    done = run(installed, "python", "-P", "-c", code, folder=folder, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_packages_are_taken_from_the_wheel(installed, tmp_path):
    code = "import stlearn, stcourse; print(stlearn.__file__, stcourse.__file__)"
    for place in python(installed, code, tmp_path).split():
        assert Path(place).is_relative_to(installed[1])


def test_wheel_holds_every_file_of_the_tree(built):
    with zipfile.ZipFile(built[1]) as wheel:
        names = set(wheel.namelist())
    missing = [file for file, place in shipped_files().items() if place not in names]
    assert missing == [], f"not in the wheel: {', '.join(missing)}"


def test_sdist_holds_every_file_of_the_tree(built):
    with tarfile.open(built[0]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    missing = sorted(set(shipped_files()) - names)
    assert missing == [], f"not in the sdist: {', '.join(missing)}"


def test_what_is_not_shipped_is_left_out(built):
    assert set(WHEEL["exclude"]) == set(NOT_SHIPPED)
    with zipfile.ZipFile(built[1]) as wheel:
        names = wheel.namelist()
    assert not [name for name in names if "__pycache__" in name or ".ipynb_checkpoints" in name]


def test_every_module_of_the_tree_imports(installed, tmp_path):
    told = python(installed, TRY_IMPORTS, tmp_path, input=json.dumps(MODULES))
    failed = json.loads(told.splitlines()[-1])
    assert failed == {}, f"do not import from the wheel: {', '.join(failed)}"


def test_every_import_of_a_chapter_succeeds(installed, tmp_path):
    missing = python(installed, TRY_CHAPTERS, tmp_path)
    assert missing == "", f"a chapter imports what is not there: {missing}"


def test_what_the_sources_name_as_shipped_is_there(installed, tmp_path):
    wanted = set()
    for folder in PACKAGES:
        for file in files_of(folder):
            if file.endswith(".py"):
                text = (REPOSITORY / file).read_text(encoding="utf-8")
                wanted |= set(re.findall(r"""[( ]shipped\("([\w/.]+)"(?:, "(\w+)")?\)""", text))
    wanted -= {("solutions", "stcourse"), ("datasets/nowhere", "")}  # authors' own; an example
    assert len(wanted) > 3
    code = "import json, sys; from stlearn.files import shipped\n"
    code += "print([each for each in json.load(sys.stdin) if shipped(*filter(None, each)) is None])"
    assert python(installed, code, tmp_path, input=json.dumps(sorted(wanted))).strip() == "[]"


# The commands


def test_forecast_works(installed, tmp_path):
    done = run(installed, "stlearn", "forecast", "--epochs", "1", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    models = {row["model"] for row in json.loads(done.stdout)["scores"]}
    assert {"stn", "last value", "boosted trees"} <= models
    assert (tmp_path / "forecast-corridor" / "report.html").is_file()


def test_lab_makes_its_copy(installed, tmp_path):
    command = [installed[0] / "bin" / "stlearn", "lab", "--no-browser", "--folder", "mine"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    try:
        told = next(line for line in process.stderr if "JupyterLab" in line)
        # Until it serves, a server may lose the signal that ends it.
        assert any("http://127.0.0.1" in line for line in process.stderr)
    finally:
        process.terminate()
        process.communicate(timeout=60)
    assert "opens in mine" in told
    names = [path.name for path in notebooks.notebooks_in(tmp_path / "mine")]
    assert names == [path.name for path in notebooks.notebooks_in(REPOSITORY / "chapters")]


def test_check_tells_that_nothing_is_solved_yet(installed, tmp_path):
    code = "from stcourse.running import lab; lab.update_copy('stlearn-course')"
    python(installed, code, tmp_path)
    done = run(installed, "stlearn", "check", "0", folder=tmp_path)
    assert done.returncode == 1
    assert re.search(r"0\.1.*not yet", done.stdout), done.stdout + done.stderr


def test_data_list_and_doctor_work(installed, tmp_path):
    done = run(installed, "stlearn", "data", "list", folder=tmp_path)
    assert done.returncode == 0 and "corridor" in done.stdout
    done = run(installed, "stlearn", "doctor", folder=tmp_path)
    assert "stlearn-course not installed" not in done.stdout
    assert re.search(r"corridor\s+\d+ files with the right checksum", done.stdout), done.stdout


# The namesake on PyPI


def test_another_projects_stlearn_is_told(installed, tmp_path):
    other = tmp_path / "stlearn-1.2.2.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: stlearn\nVersion: 1.2.2\n")
    code = f"import sys; sys.path.append({str(tmp_path)!r}); import stlearn\n"
    done = run(installed, "python", "-P", "-c", code, folder=tmp_path)
    assert "another project's stlearn 1.2.2 is installed here" in done.stderr
    code += "from stlearn.forecast.doctor import findings\nprint(*findings(), sep='\\n')"
    done = run(installed, "python", "-P", "-c", code, folder=tmp_path)
    assert "advice='pip uninstall stlearn, then install stlearn-course again'" in done.stdout


def test_no_text_installs_the_namesake():
    wrong = re.compile(r"pip install[^\n`&]*[\s\"']stlearn(?:\[[\w,]+\])?(?=[\s\"'`;@]|$)")
    assert wrong.search('pip install "stlearn[workshop]"') and wrong.search("pip install stlearn")
    assert not wrong.search('pip install "stlearn-course[workshop]" && stlearn lab')
    found = []
    for file in files_of("."):
        path = REPOSITORY / file
        if path.suffix in {".py", ".md", ".ipynb", ".toml", ".yml", ".yaml", ".html", ".txt", ""}:
            for line in path.read_text(encoding="utf-8").splitlines():
                if wrong.search(line) and file != "tests/test_wheel.py":
                    found.append(f"{file}: {line.strip()}")
    assert found == []
