"""The package: quick to import, downward imports only, nothing dangerous in the sources."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

import stlearn

FOLDER = Path(stlearn.__file__).parent
SOURCES = {file.stem: ast.parse(file.read_text()) for file in sorted(FOLDER.glob("*.py"))}
EVERY_SOURCE = {
    str(file.relative_to(FOLDER)): ast.parse(file.read_text()) for file in FOLDER.rglob("*.py")
}

# Each level may import from lower levels only; modules that are not named may stand anywhere, as
# long as no road through them leads upwards.
LEVELS = [
    {"errors", "files"},
    {"datachecks"},
    {"dataset"},
    {"prepare", "windows", "graph"},
    {"layers"},
    {"models"},
    {"forecaster"},
    {"plot"},
    {"cli"},
]
LEVEL = {module: level for level, modules in enumerate(LEVELS) for module in modules}
MAY_START_TENSORFLOW = {"layers", "inputlayers", "losses", "models", "checkpoints", "forecaster"}


# Import


def test_import_loads_no_heavy_library():
    script = (
        "import sys, stlearn\n"
        "heavy = {'tensorflow', 'keras', 'uxsim', 'matplotlib', 'pandas', 'sklearn', 'torch'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == ""
    assert done.stderr == ""


def test_public_names_are_listed_and_each_can_be_had():
    assert set(dir(stlearn)) == set(stlearn.__all__)
    assert {"SpatioTemporalDataset", "InputError", "load", "Forecaster"} <= set(dir(stlearn))
    for name in dir(stlearn):
        assert getattr(stlearn, name) is not None


def test_unknown_name():
    with pytest.raises(AttributeError, match="module 'stlearn' has no attribute 'forcaster'"):
        _ = stlearn.forcaster


# Which module uses which


def imported_names(tree, everywhere=True):
    """Full names of what a source imports; `everywhere` counts imports inside functions too."""
    nodes = ast.walk(tree) if everywhere else at_import_time(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written with the full name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def at_import_time(tree):
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield from at_import_time(node)


def used_modules(module, everywhere=True):
    names = [name.split(".") for name in imported_names(SOURCES[module], everywhere)]
    return {name[1] for name in names if name[0] == "stlearn" and set(name[1:2]) & set(SOURCES)}


def reached(module):
    found, ahead = set(), used_modules(module)
    while ahead:
        found |= ahead
        ahead = set().union(*(used_modules(other) for other in ahead)) - found
    return found


def test_order_names_modules_that_exist():
    assert set(LEVEL) <= set(SOURCES)


@pytest.mark.parametrize("module", sorted(LEVEL))
def test_imports_point_downwards(module):
    upwards = {other for other in reached(module) if LEVEL.get(other, -1) >= LEVEL[module]}
    assert not upwards


def test_no_module_imports_itself_by_a_detour():
    graphlib.TopologicalSorter({module: used_modules(module) for module in SOURCES}).prepare()


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_library_does_not_use_course_or_worlds(module):
    upwards = {name.split(".")[1] for name in imported_names(SOURCES[module]) if "stlearn." in name}
    assert not upwards & {"course", "worlds"} or module == "cli"


@pytest.mark.parametrize("module", sorted(set(SOURCES) - MAY_START_TENSORFLOW))
def test_module_does_not_start_tensorflow_when_imported(module):
    found, ahead = set(), {module}
    while ahead:
        found |= ahead
        ahead = set().union(*(used_modules(other, everywhere=False) for other in ahead)) - found
    assert not found & MAY_START_TENSORFLOW
    roots = {name.split(".")[0] for name in imported_names(SOURCES[module], everywhere=False)}
    assert not roots & {"tensorflow", "keras"}


# Nothing dangerous


FORBIDDEN_IMPORTS = {"pickle", "cloudpickle", "dill", "shelve", "marshal"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "os.system", "os.popen", "joblib.load", "joblib.dump"}
FORBIDDEN_METHODS = {"read_pickle", "to_pickle", "enable_unsafe_deserialization"}
FORBIDDEN_FLAGS = {"shell": False, "allow_pickle": False, "verify": True, "safe_mode": True}


def dangers(tree):
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            roots = {name.split(".")[0] for name in imported_names(node)}
            yield from (f"import {root}" for root in roots & FORBIDDEN_IMPORTS)
        elif isinstance(node, ast.Call):
            called = node.func
            if ast.unparse(called) in FORBIDDEN_CALLS:
                yield f"{ast.unparse(called)}()"
            if isinstance(called, ast.Attribute) and called.attr in FORBIDDEN_METHODS:
                yield f".{called.attr}()"
            for keyword in node.keywords:
                if keyword.arg in FORBIDDEN_FLAGS:
                    safe = FORBIDDEN_FLAGS[keyword.arg]
                    value = keyword.value
                    if not (isinstance(value, ast.Constant) and value.value is safe):
                        yield f"{keyword.arg}={ast.unparse(value)}"
        elif isinstance(node, ast.ExceptHandler) and node.type is None:
            yield "bare except"


@pytest.mark.parametrize("source", sorted(EVERY_SOURCE))
def test_source_does_nothing_dangerous(source):
    assert not list(dangers(EVERY_SOURCE[source]))


@pytest.mark.parametrize(
    ("code", "danger"),
    [
        ("import pickle", "import pickle"),
        ("from dill import load", "import dill"),
        ("joblib.load(f)", "joblib.load()"),
        ("eval('1')", "eval()"),
        ("pd.read_pickle(f)", ".read_pickle()"),
        ("np.load(f, allow_pickle=True)", "allow_pickle=True"),
        ("subprocess.run(c, shell=yes)", "shell=yes"),
        ("try:\n    f()\nexcept:\n    pass", "bare except"),
    ],
)
def test_the_search_finds_a_danger(code, danger):
    assert list(dangers(ast.parse(code))) == [danger]
