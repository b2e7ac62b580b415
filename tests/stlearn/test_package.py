"""The packages: quick to import, downward imports only, nothing dangerous in the sources."""

import ast
import graphlib
import importlib
import inspect
import operator
import re
import subprocess
import sys
import typing
from pathlib import Path

import pytest

import stlearn

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = {
    ".".join(file.relative_to(REPOSITORY).with_suffix("").parts): ast.parse(file.read_text())
    for package in ("stlearn", "stcourse")
    for file in sorted((REPOSITORY / package).rglob("*.py"))
}

# Each package may import from those above it; one line holds packages that do not know each other.
ORDER = """
stlearn.errors stlearn.files stlearn.memory
stlearn.tasks
stlearn.checks
stlearn.data
stlearn.graph
stlearn.reading
stlearn.catalogue
stlearn.calibration
stlearn.baselines
stlearn.networks
stlearn.evaluation
stlearn.plots
stlearn.forecast
stcourse.diagrams stcourse.engine stcourse.worlds
stcourse.exercises stcourse.applications
stcourse.notebook stcourse.authoring
stcourse.experiments
stcourse.running
stcourse.classroom
stcourse.cli
"""
LEVEL = {
    package: level
    for level, line in enumerate(ORDER.strip().splitlines())
    for package in line.split()
}
FACES = {"stlearn", "stcourse"}  # load the names of their packages when these are first used
STARTS_TENSORFLOW = {
    f"stlearn.networks.{module}"
    for module in (
        "devices",
        "forecaster",
        "input_layers",
        "layers",
        "losses",
        "models",
        "new_nodes",
        "regions",
        "training",
    )
}


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
    assert stlearn.__version__
    assert {"SpatioTemporalDataset", "InputError", "load", "Forecaster"} <= set(dir(stlearn))
    for name in dir(stlearn):
        assert getattr(stlearn, name) is not None


def test_a_type_checker_sees_what_the_package_has():
    folder = Path(stlearn.__file__).parent
    assert (folder / "py.typed").exists()
    stub = ast.parse((folder / "__init__.pyi").read_text())
    (listed,) = (ast.literal_eval(each.value) for each in stub.body if isinstance(each, ast.Assign))
    assert sorted(listed) == sorted(stlearn.__all__)
    for line in stub.body:
        for name in line.names if isinstance(line, ast.ImportFrom) else ():
            found = getattr(importlib.import_module(line.module), name.name)
            assert getattr(stlearn, name.name) is found


PUBLIC = [
    "read_csv", "load", "backtest", "Forecaster.__init__", "Forecaster.fit", "Forecaster.predict",
    "Forecaster.predict_quantiles", "Forecaster.forecasts", "Forecaster.update", "Forecaster.save",
    "Forecaster.load", "SpatioTemporalDataset.between", "SpatioTemporalDataset.of_nodes",
    "SpatioTemporalDataset.of_region", "SpatioTemporalDataset.adjacency_at",
]  # fmt: skip


@pytest.mark.parametrize("name", PUBLIC)
def test_public_functions_say_the_type_of_all_they_take_and_give(name):
    function = operator.attrgetter(name)(stlearn)
    taken = set(inspect.signature(function).parameters) - {"self"}
    assert set(typing.get_type_hints(function)) == taken | {"return"}


def test_unknown_name():
    with pytest.raises(AttributeError, match="No .*stlearn.* attribute forcaster"):
        _ = stlearn.forcaster


# Which package uses which


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


def package_of(name):
    return ".".join(name.split(".")[:2])


def used_packages(module):
    """Packages of ours that a module imports from, its own left out."""
    used = {package_of(name) for name in imported_names(SOURCES[module])}
    return (used & set(LEVEL)) - {package_of(module)}


def used_modules(module, everywhere=True):
    found = set()
    for name in imported_names(SOURCES[module], everywhere):
        found |= {name, name.rpartition(".")[0]} & set(SOURCES)
    return found - {module}


def test_order_names_every_package_and_no_other():
    there = {package_of(module.removesuffix(".__init__")) for module in SOURCES} - FACES
    assert there == set(LEVEL)


def test_modules_beside_the_packages_are_few():
    assert len(list((REPOSITORY / "stlearn").glob("*.py"))) <= 7


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_imports_point_downwards(module):
    own = LEVEL.get(package_of(module.removesuffix(".__init__")), len(LEVEL))  # faces: above all
    assert not {package for package in used_packages(module) if LEVEL[package] >= own}


@pytest.mark.parametrize("module", sorted(name for name in SOURCES if name.startswith("stlearn")))
def test_library_does_not_use_the_course(module):
    assert not [name for name in imported_names(SOURCES[module]) if name.startswith("stcourse")]


def test_no_module_imports_itself_by_a_detour():
    graphlib.TopologicalSorter({module: used_modules(module) for module in SOURCES}).prepare()


@pytest.mark.parametrize(
    "module",
    sorted(name for name in set(SOURCES) - STARTS_TENSORFLOW if name.startswith("stlearn")),
)
def test_module_does_not_start_tensorflow_when_imported(module):
    found, ahead = set(), {module}
    while ahead:
        found |= ahead
        ahead = set().union(*(used_modules(other, everywhere=False) for other in ahead)) - found
    assert not found & STARTS_TENSORFLOW
    roots = {name.split(".")[0] for name in imported_names(SOURCES[module], everywhere=False)}
    assert not roots & {"tensorflow", "keras"}


# Where to look


PACKAGES = [name.removesuffix(".__init__") for name in SOURCES if name.endswith(".__init__")]
BY_NUMBER = "stcourse.exercises"  # folders ch00, ch01, ...; modules e3_1_adjacency, ...


@pytest.mark.parametrize(
    "package", sorted(name for name in PACKAGES if not name.startswith(BY_NUMBER))
)
def test_docstring_of_a_package_names_each_of_its_modules(package):
    folder = REPOSITORY / package.replace(".", "/")
    own = {file.stem for file in folder.glob("*.py")} - {"__init__"}
    own -= {stem for stem in own if list(folder.glob(f"{stem}*.toml"))}  # a card beside names it
    own |= {file.parent.name for file in folder.glob("*/__init__.py")}
    told = set(re.findall(r"`(\w+)`", ast.get_docstring(SOURCES[f"{package}.__init__"])))
    assert own
    assert not own - told


# Nothing dangerous


FORBIDDEN_IMPORTS = {"pickle", "cloudpickle", "dill", "shelve", "marshal"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "os.system", "os.popen", "joblib.load", "joblib.dump"}
ALLOWED = {"stcourse.engine.mistakes": {"exec()", "compile()"}}  # pages of ours, of wrong answers
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


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_source_does_nothing_dangerous(source):
    assert set(dangers(SOURCES[source])) <= ALLOWED.get(source, set())


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
