"""A workshop as learners and teachers meet it: walls, faults, a full disk, a runaway cell.

Where the hub runs for real there are three learners; the variable STLEARN_LEARNERS sets another
number. Without root or configurable-http-proxy those tests are skipped, unless
STLEARN_REQUIRE_HUB is 1.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urljoin

import browser
import cluster_values
import load_workshop
import psutil
import pytest
import requests
import yaml
from load_workshop import Learner, Workshop, wait_for
from traitlets.config import Config

from stcourse import exercises
from stcourse.authoring.notebooks import course_folder, notebooks_in, read, write
from stcourse.classroom import groups, guard, plots, room, seat, seats, server, walls, workshop
from stcourse.classroom.guesses import FREE, LONGEST, Guesses
from stcourse.classroom.hub import SERVER
from stcourse.engine.mistakes import PAGE
from stlearn.errors import InputError

KIT = Path(__file__).parents[3] / "workshop"
LEARNERS = int(os.environ.get("STLEARN_LEARNERS", "3"))
MEMORY = 700  # MB for a learner
DISK = 60  # MB for a learner
ENDED = "its largest process was ended"


# Who may enter


def test_a_seat_is_kept_by_a_name_and_its_word(tmp_path):
    settings = seats.Settings(str(tmp_path), learners=2)
    assert seats.admit(settings, "ana", "blue") == ""
    assert seats.admit(settings, "ben", "green") == ""
    assert seats.admit(settings, "ana", "blue") == ""
    assert "not its word" in seats.admit(settings, "ana", "green")
    assert "seats are taken" in seats.admit(settings, "cid", "word")
    assert [(each.name, each.number) for each in seats.seats(settings)] == [("ana", 0), ("ben", 1)]
    kept = (tmp_path / "hub" / "learners.json").read_text()
    assert "blue" not in kept and "green" not in kept


@pytest.mark.parametrize("name", ["", "a", "../b", "Ana", "-a", "a" * 21, "a b", "ana\n", "ána"])
def test_a_name_that_is_no_name_of_a_folder_is_refused(tmp_path, name):
    assert "A name has" in seats.admit(seats.Settings(str(tmp_path)), name, "word")
    assert not (tmp_path / "hub").exists()


def test_only_names_of_the_list_may_enter_where_there_is_one(tmp_path):
    settings = seats.Settings(str(tmp_path), names=("ana",))
    assert "not on the list" in seats.admit(settings, "ben", "word")
    assert seats.admit(settings, "ana", "word") == ""


def test_an_own_word_has_a_least_length(tmp_path):
    assert "at least 4" in seats.admit(seats.Settings(str(tmp_path)), "ana", "abc")


def test_a_forgotten_word_is_chosen_anew_and_the_seat_stays(tmp_path):
    settings = seats.Settings(str(tmp_path), learners=1)
    seats.admit(settings, "ana", "blue")
    seats.forget_word(settings, "ana")
    assert "at least 4" in seats.admit(settings, "ana", "")
    assert seats.admit(settings, "ana", "green") == ""
    assert "not its word" in seats.admit(settings, "ana", "blue")
    assert seats.seat_of(settings, "ana").number == 0
    with pytest.raises(InputError, match="'ben' has no seat"):
        seats.forget_word(settings, "ben")


def test_a_name_without_a_seat_is_told(tmp_path):
    with pytest.raises(InputError, match="'ana' has no seat"):
        seats.seat_of(seats.Settings(str(tmp_path)), "ana")


HIDDEN = """
import sys
from dataclasses import replace

import stcourse
stcourse.__path__.insert(0, sys.argv[1])
from stcourse import exercises
from stcourse.engine import judge
from stlearn.errors import InputError

assert exercises.__path__ == [f"{sys.argv[1]}/exercises"]
judge.SECONDS_TO_SHRINK = 0.0
for chapter in exercises.chapters():
    for exercise in exercises.of_chapter(chapter):
        try:
            print(exercises.source(exercise))
        except InputError as error:
            assert str(error).startswith("solutions are hidden"), error
assert exercises.questions(3)
for exercise in exercises.of_chapter(3):
    exercise = replace(exercise, seconds=6 * exercise.seconds)  # this machine may be busy
    assert judge.judge(exercise, exercise.solution).kind == "passed"
    for mistake in exercise.mistakes:
        verdict = judge.judge(exercise, mistake.answer)
        assert mistake.sentence in (verdict.sentence, verdict.diagnosis), verdict.line
        print(exercise.id, mistake.name, mistake.sentence, sep="\\t")
"""


@pytest.mark.slow
def test_hidden_exercises_know_every_mistake_and_hold_nothing_to_read(tmp_path):
    seats.lay_out(seats.Settings(str(tmp_path), hide_solutions=True))
    files = [path for path in (tmp_path / "hub" / "exercises").rglob("*") if path.is_file()]
    shown = {"__init__.py", exercises.QUESTIONS}  # questions hold no solution
    assert {path.suffix for path in files if path.name not in shown} == {".pyc", ".hidden"}
    pages = [path.read_text() for path in Path(exercises.__path__[0]).rglob(f"*{PAGE}")]
    slips = [line for page in pages for line in page.splitlines() if line[0] not in " \t"]
    assert len(slips) > 100
    texts = b"".join(path.read_bytes() for path in files)
    assert not [slip for slip in slips if slip.encode() in texts]
    done = subprocess.run(
        [sys.executable, "-c", HIDDEN, str(tmp_path / "hub")], capture_output=True, text=True
    )
    assert done.stderr == ""
    known = [
        f"{exercise.id}\t{mistake.name}\t{mistake.sentence}"
        for exercise in exercises.of_chapter(3)
        for mistake in exercise.mistakes
    ]
    assert done.stdout.splitlines() == known


def test_settings_survive_being_handed_over_as_text():
    settings = seats.Settings("class", names=("ana", "ben"), groups=("here",), hide_solutions=True)
    assert seats.Settings.from_text(settings.as_text()) == settings


def test_a_list_of_names_is_read_and_a_bad_one_refused(tmp_path):
    path = tmp_path / "names.txt"
    path.write_text("ana\n\nBen  # second row\n")
    assert workshop.read_names(path) == ("ana", "ben")
    path.write_text("# nobody\n")
    with pytest.raises(InputError, match="names: no name"):
        workshop.read_names(path)
    with pytest.raises(InputError, match="names: "):
        workshop.read_names(tmp_path / "none.txt")


def test_each_wrong_try_makes_the_next_wait_longer_and_a_right_one_ends_that():
    now = [0.0]
    guesses = Guesses(free=2, clock=lambda: now[0])
    waits = []
    for _ in range(12):
        guesses.count("ana")
        waits.append(guesses.wait("ana"))
        now[0] += waits[-1]
    assert waits[:5] == [0, 0, 2, 4, 8] and waits[-1] == 60
    assert guesses.wait("ben") == 0
    guesses.forget("ana")
    assert guesses.wait("ana") == 0


def test_tries_at_once_are_counted_before_they_are_looked_at():
    guesses = Guesses(free=5)
    assert sum(guesses.wait("here") == 0 and guesses.count("here") > 0 for _ in range(100)) == 6
    now = [0.0]
    guesses = Guesses(free=5, clock=lambda: now[0])
    for _ in range(100):  # a class that comes in at once, with the right words
        assert guesses.wait("here") == 0
        guesses.count("here")
        guesses.take_back("here")
    for _ in range(8):
        guesses.count("there")
    now[0] += 3600
    assert guesses.count("there") == 1  # after a while they are forgotten


# What is missing or unsafe


@pytest.fixture
def ready(monkeypatch, tmp_path):
    """Settings with which a workshop could start, on any machine."""
    monkeypatch.setattr(workshop.importlib.util, "find_spec", lambda name: True)
    monkeypatch.setattr(workshop.shutil, "which", lambda name: name)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "sched_setaffinity", lambda *_: None, raising=False)
    return {"folder": str(tmp_path / "class"), "port": workshop._free_port(), "disk": 1}


def test_settings_that_will_do_get_their_full_path(ready):
    assert Path(workshop.checked(seats.Settings(**ready)).folder).is_absolute()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"learners": 0}, "learners: expected 1 to"),
        ({"memory": 10}, "memory: expected 300 to"),
        ({"cores": 0}, "cores: expected 1 to"),
        ({"disk": -1}, "disk: expected 0 to"),
        ({"idle": 0}, "idle: expected 0.1 to"),
        ({"port": 0}, "port: expected 1 to"),
        ({"names": ("Ana!",)}, "names: expected 2 to 20"),
        ({"subdomains": "class.org"}, "subdomains: expected https://"),
        ({"subdomains": "https://192.0.2.1"}, "subdomains: expected https://"),
        ({"subdomains": "https://class.org/hub"}, "subdomains: expected https://"),
        ({"certificate": "cert.pem"}, "expected both or none"),
        ({"certificate": "no.pem", "key": "no.key"}, "certificate: no file no.pem"),
        ({"disk": 900_000, "learners": 200}, "disk: 200 learners of"),
        ({"address": "203.0.113.7"}, "can't listen on 203.0.113.7"),
    ],
)
def test_what_cannot_work_is_refused_in_one_sentence(ready, wrong, told):
    with pytest.raises(InputError, match=told):
        workshop.checked(seats.Settings(**{**ready, **wrong}))


def test_a_missing_part_is_named_with_the_line_that_installs_it(ready, monkeypatch):
    monkeypatch.setattr(workshop.shutil, "which", lambda name: None)
    with pytest.raises(InputError, match="npm install -g configurable-http-proxy"):
        workshop.checked(seats.Settings(**ready))
    monkeypatch.setattr(workshop.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r'pip install "stlearn-course\[workshop\]"'):
        workshop.checked(seats.Settings(**ready))


def test_without_root_the_danger_is_told_and_nothing_starts_by_itself(ready, monkeypatch):
    with pytest.raises(InputError, match="every learner would be root"):
        workshop.checked(seats.Settings(**ready, walls=False))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(InputError, match="each can read and change the folders of the others"):
        workshop.checked(seats.Settings(**ready))
    assert workshop.checked(seats.Settings(**ready, walls=False))
    with pytest.raises(InputError, match="hide_solutions: needs walls"):
        workshop.checked(seats.Settings(**ready, walls=False, hide_solutions=True))


def test_risks_are_told_where_there_are_some():
    assert workshop.risks(seats.Settings("class")) == []
    assert workshop.risks(seats.Settings("class", address="::1")) == []
    told = workshop.risks(seats.Settings("class", address="192.0.2.1"))
    assert "192.0.2.1" in told[0] and "Without TLS" in told[1] and "one origin" in told[2]
    safe = {"certificate": "c", "key": "k", "subdomains": "https://class.org"}
    assert len(workshop.risks(seats.Settings("class", address="192.0.2.1", **safe))) == 1
    assert "folders of the others" in workshop.risks(seats.Settings("class", walls=False))[0]


def test_there_is_no_password_but_the_teachers(ready, monkeypatch, tmp_path):
    with pytest.raises(InputError, match="password: expected at least 8 characters, got 5"):
        workshop.run(seats.Settings(**ready), "short")
    monkeypatch.setenv(workshop.PASSWORD, str(tmp_path / "none"))
    with pytest.raises(InputError, match=workshop.PASSWORD):
        workshop.ask_password()
    (tmp_path / "password").write_text("from a file\n")
    monkeypatch.setenv(workshop.PASSWORD, str(tmp_path / "password"))
    assert workshop.ask_password() == "from a file"
    monkeypatch.delenv(workshop.PASSWORD)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(InputError, match="no terminal to ask on"):
        workshop.ask_password()
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    typed = iter(["first try", "second try"])
    monkeypatch.setattr(workshop.getpass, "getpass", lambda prompt: next(typed))
    with pytest.raises(InputError, match="not the same"):
        workshop.ask_password()


def test_the_command_refuses_in_one_line(tmp_path):
    command = [
        sys.executable,
        "-m",
        "stlearn.forecast.cli",
        "workshop",
        "--folder",
        tmp_path / "class",
    ]
    done = subprocess.run([*command, "--learners", "0"], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == "Error: learners: expected 1 to 200, got 0\n"
    assert not (tmp_path / "class").exists()


# A learner's folder, and the teacher's page


def test_an_update_keeps_answers_and_a_full_disk_stops_nobody(tmp_path, monkeypatch):
    assert seat.prepare(tmp_path) == []
    first = notebooks_in(tmp_path / "stlearn-course")[0]
    notebook = read(first)
    notebook.cells[-1].source = "my answer"
    write(first, notebook)
    assert seat.prepare(tmp_path) == []
    assert read(first).cells[-1].source == "my answer"

    def full(folder):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(seat, "update_copy", full)
    assert seat.prepare(tmp_path) == [
        "The chapters could not be brought up to date: No space left on device."
    ]


@pytest.fixture
def class_of_two(tmp_path):
    settings = seats.Settings(str(tmp_path))
    for name in ("ana", "ben"):
        seats.admit(settings, name, "word")
        seats.seat_of(settings, name).course.mkdir(parents=True)

    def put(name, content):
        path = seats.seat_of(settings, name).course / ".stlearn-progress.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))

    return settings, put


def record(mistake="weights transposed", verdict="not right", **more):
    last = {"exercise": "2.1", "verdict": verdict, "mistake": mistake, "time": time.time()}
    return {"version": 1, "passed": ["0.1"], "last": {**last, **more}}


def test_the_room_is_read_without_names_unless_the_teacher_asks(class_of_two):
    settings, put = class_of_two
    put("ana", record())
    put("ben", {"version": 1, "passed": ["0.1", "1.1"]})
    room.collect(settings)
    table = room.read_room(settings.folder)
    assert table["passed"].tolist() == [1, 2]
    assert "ana" not in table.to_string()
    assert room.read_room(settings.folder, names=True)["name"].tolist() == ["ana", "ben"]
    assert room.mistakes_now(table).to_numpy().tolist() == [["2.1", "weights transposed", 1]]


def test_mistakes_are_those_of_now_and_the_frequent_ones_first(class_of_two):
    settings, put = class_of_two
    put("ana", record(mistake=""))
    put("ben", record(mistake="", time=time.time() - 3600))
    room.collect(settings)
    table = room.read_room(settings.folder)
    assert room.mistakes_now(table).to_numpy().tolist() == [["2.1", "another", 1]]
    assert room.mistakes_now(table, within=100).to_numpy().tolist() == [["2.1", "another", 2]]


def test_the_figures_say_what_the_table_says(class_of_two):
    settings, put = class_of_two
    put("ana", record())
    put("ben", record(verdict="passed", mistake=""))
    room.collect(settings)
    table = room.read_room(settings.folder)
    figure, sentence = plots.where_the_room_is(table)
    assert "2 of 2 learners" in sentence and "2.1 (1 passed, 1 not right)" in sentence
    assert sum(bar.get_height() for bar in figure.axes[0].patches) == 2
    figure, sentence = plots.mistakes_of_the_room(room.mistakes_now(table))
    assert "2.1 weights transposed (learners: 1)" in sentence
    assert figure.axes[0].get_xlabel() == "Learners"


def test_the_figures_of_an_empty_room_say_so_and_bad_tables_are_refused(class_of_two):
    settings, _ = class_of_two
    room.collect(settings)
    table = room.read_room(settings.folder)
    assert "0 of 0 learners" in plots.where_the_room_is(table)[1]
    assert "Nobody" in plots.mistakes_of_the_room(room.mistakes_now(table))[1]
    with pytest.raises(InputError, match="room: expected the table of read_room"):
        plots.where_the_room_is(table[["passed"]])
    with pytest.raises(InputError, match="mistakes: expected the table of mistakes_now"):
        plots.mistakes_of_the_room(table[["passed"]])


def test_the_teachers_page_shows_the_room_without_names(class_of_two, monkeypatch, capsys):
    settings, put = class_of_two
    put("ana", record())
    room.collect(settings)
    monkeypatch.setenv("STLEARN_CLASS", settings.folder)
    names = {}
    for cell in read(KIT / "dashboard.ipynb").cells:
        if cell.cell_type == "code":
            exec(cell.source, names)  # our own notebook, cell by cell
    out = capsys.readouterr().out
    assert "1 of 1 learners checked" in out and "weights transposed (learners: 1)" in out
    assert "ana" not in out


# The pages of the kit


def test_the_sizing_table_is_the_measured_one():
    text = (KIT / "README.md").read_text()
    assert load_workshop.with_table(text) == text
    chapters = {path.stem for path in notebooks_in(course_folder())}
    assert "00_start_here" in {row["chapter"] for row in load_workshop.stored()} <= chapters


def test_a_measured_row_takes_the_place_of_an_older_one(tmp_path, monkeypatch):
    monkeypatch.setattr(load_workshop, "STORED", tmp_path / "sizing.csv")
    for chapter, megabytes in (("01", 1), ("00", 2), ("01", 3.5)):
        load_workshop.store({"chapter": chapter, "learners": 1, "class, MB": megabytes})
    rows = load_workshop.stored()
    assert [(row["chapter"], row["class, MB"]) for row in rows] == [("00", 2), ("01", 3.5)]


def test_the_table_says_how_many_fit():
    row = dict.fromkeys(("start, s", "run and save, s", "server, MB", "learner, MB"), 1)
    row |= {"start, CPU s": "", "run and save, CPU s": ""}
    row |= dict.fromkeys(("own, MB", "files, MB", "hub, MB"), 512)
    row |= {"chapter": "x", "learners": 2, "answers": 0}
    assert load_workshop.table([row]).splitlines()[-1].split(" | ")[-5:] == [
        "12", "28", "44", "60", "124 |",
    ]  # fmt: skip


def test_thirty_learners_of_chapter_00_fit_in_24_gigabytes_by_the_measurement():
    rows = {row["chapter"][:2]: row for row in load_workshop.stored()}
    assert rows["00"]["learners"] == 30
    assert rows["00"]["class, MB"] + rows["00"]["hub, MB"] + load_workshop.SYSTEM < 24 * 1024


def test_thirty_learners_of_chapter_04_would_fit_in_24_gigabytes_too():
    rows = {row["chapter"][:2]: row for row in load_workshop.stored()}
    assert load_workshop.fitting(rows["04"], 24) >= 30


def test_own_pages_of_each_and_those_of_files_once_are_what_a_class_was_seen_to_take():
    row = next(row for row in load_workshop.stored() if row["learners"] == 30)
    computed = row["learners"] * row["own, MB"] + row["files, MB"]
    assert computed == pytest.approx(row["class, MB"], rel=0.03)


def test_a_learner_may_hold_what_every_measured_chapter_takes():
    for row in load_workshop.stored():
        assert max(row["learner, MB"], row["data of a process, MB"]) < seats.Settings("").memory


def test_the_values_for_a_cluster_hold_no_secret_and_the_same_limit():
    values = yaml.safe_load((KIT / "kubernetes" / "values.yaml").read_text())
    assert values["singleuser"]["memory"]["limit"] == f"{seats.Settings('').memory}M"
    assert values["singleuser"]["cmd"][-1] == "stcourse.classroom.seat"
    assert values["proxy"]["https"]["enabled"] is True
    first = notebooks_in(course_folder())[0].name
    assert values["singleuser"]["defaultUrl"] == f"/lab/tree/stlearn-course/{first}"
    text = (KIT / "kubernetes" / "values.yaml").read_text()
    assert not re.search(r"(password|secret|token)\w*:", text, re.IGNORECASE)


def test_the_chart_takes_the_values_for_a_cluster_and_refuses_what_it_does_not_know():
    chart = json.loads(cluster_values.CHART.read_text())
    assert f"--version {chart['version']} " in (KIT / "kubernetes" / "README.md").read_text()
    values = yaml.safe_load(cluster_values.VALUES.read_text())
    assert cluster_values.problems(values, chart) == []
    values["singleuser"] |= {"memroy": {}, "startTimeout": "long"}
    told = " ".join(cluster_values.problems(values, chart))
    assert "'memroy' was unexpected" in told and "'long' is not of type 'integer'" in told


def test_the_settings_for_the_littlest_hub_are_those_of_the_workshop():
    script = (KIT / "littlest" / "settings.sh").read_text()
    chosen = dict(re.findall(r"^tljh-config set (\S+) (\S+)$", script, re.MULTILINE))
    assert chosen["limits.memory"] == f"{seats.Settings('').memory}M"
    assert chosen["limits.cpu"] == str(seats.Settings("").cores)
    assert chosen["services.cull.timeout"] == str(60 * seats.Settings("").idle)
    assert chosen["auth.NativeAuthenticator.allowed_failed_logins"] == str(FREE)
    assert chosen["auth.NativeAuthenticator.seconds_before_next_try"] == str(LONGEST)
    config = Config()
    exec((KIT / "littlest" / "course.py").read_text(), {"get_config": lambda: config})
    assert config.Spawner.cmd[1:] == SERVER[1:]
    assert config.Spawner.default_url.endswith(notebooks_in(course_folder())[0].name)
    assert config.SystemdSpawner.unit_extra_properties["TasksMax"] == str(groups.PROCESSES)


def test_an_update_by_nbgitpuller_never_overwrites_an_answer(tmp_path, monkeypatch):
    pull = pytest.importorskip("nbgitpuller.pull")
    monkeypatch.setenv("HOME", str(tmp_path))
    source, copy = tmp_path / "source", tmp_path / "course"
    source.mkdir()

    def git(*command):
        who = ("-c", "user.name=course", "-c", "user.email=course@example.org")
        subprocess.run(["git", *who, *command], cwd=source, check=True, capture_output=True)

    def publish(**files):
        for name, text in files.items():
            (source / f"{name}.ipynb").write_text(text)
        git("add", ".")
        git("commit", "-m", "chapters")

    def update():
        for _ in pull.GitPuller(source.as_uri(), str(copy), branch="main").pull():
            pass

    git("init", "-b", "main")
    publish(one="first", two="first")
    update()
    (copy / "one.ipynb").write_text("answer")
    publish(one="second", two="second", three="first")
    update()
    kept = {path.stem: path.read_text() for path in copy.glob("*.ipynb")}
    assert kept == {"one": "answer", "two": "second", "three": "first"}


@pytest.mark.parametrize(
    "nonsense",
    [
        "no json",
        "[" * 5000,
        "[]",
        json.dumps({"passed": ["../../x", 3], "last": {"exercise": "<b>", "verdict": "passed"}}),
        json.dumps(record(verdict="<script>")),
        json.dumps(record(time="now")),
    ],
)
def test_what_a_learner_puts_into_the_record_is_not_trusted(class_of_two, nonsense):
    settings, put = class_of_two
    put("ana", nonsense)
    room.collect(settings)
    text = room.read_room(settings.folder).to_string()
    assert "<" not in text and ".." not in text


def test_the_collector_follows_no_link_and_waits_for_no_pipe(class_of_two, tmp_path):
    settings, _ = class_of_two
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps({"version": 1, "passed": ["0.1"]}))
    place = seats.seat_of(settings, "ana").course / ".stlearn-progress.json"
    place.symlink_to(secret)
    os.mkfifo(seats.seat_of(settings, "ben").course / ".stlearn-progress.json")
    room.collect(settings)
    assert room.read_room(settings.folder)["passed"].sum() == 0


def test_no_progress_is_taken_from_a_neighbour_through_a_link(class_of_two):
    settings, put = class_of_two
    put("ana", {"version": 1, "passed": ["0.1"]})
    ana, ben = (seats.seat_of(settings, name) for name in ("ana", "ben"))

    def passed_by_ben():
        room.collect(settings)
        table = room.read_room(settings.folder, names=True)
        return [row.passed for row in table.itertuples() if row.name == "ben"]

    os.link(ana.course / ".stlearn-progress.json", ben.course / ".stlearn-progress.json")
    assert passed_by_ben() == []
    (ben.course / ".stlearn-progress.json").unlink()
    ben.course.rmdir()
    ben.course.symlink_to(ana.course)
    assert passed_by_ben() == []
    ben.course.unlink()
    ben.course.mkdir()
    (ana.course / ".stlearn-progress.json").unlink()
    put("ana", {"version": 1, "passed": ["0.1"]})
    put("ben", {"version": 1, "passed": ["0.1", "0.2"]})
    assert passed_by_ben() == [2]


def test_a_seat_that_is_given_back_leaves_its_files_to_nobody(tmp_path):
    settings = seats.Settings(str(tmp_path), learners=1, walls=False)
    seats.lay_out(settings)
    assert seats.admit(settings, "bne", "word") == ""
    seats.furnish(settings, seats.seat_of(settings, "bne"))
    (seats.seat_of(settings, "bne").home / "note.txt").write_text("kept")
    aside = workshop.free(settings, "bne")
    assert (aside / "bne" / "home" / "note.txt").read_text() == "kept"
    assert aside.is_relative_to(settings.hub)
    assert seats.admit(settings, "ben", "word") == ""
    assert seats.seat_of(settings, "ben").number == 0
    with pytest.raises(InputError, match="'bne' has no seat"):
        workshop.free(settings, "bne")


def test_a_folder_without_a_workshop_is_told(tmp_path):
    with pytest.raises(InputError, match="no workshop has run"):
        room.read_room(tmp_path)


# Processes

TELL_AND_WAIT = "print('ready', flush=True); time.sleep(60)"


def test_the_largest_process_of_who_holds_too_much_is_ended():
    code = "import sys, time; held = b'x' * (int(sys.argv[1]) << 20)\n" + TELL_AND_WAIT
    started = [
        subprocess.Popen([sys.executable, "-c", code, size], stdout=subprocess.PIPE)
        for size in ("1", "60")
    ]
    try:
        for process in started:
            process.stdout.readline()
        watched = [psutil.Process(process.pid) for process in started]
        assert guard.enforce(2**30, watched) == 0
        assert guard.enforce(40 * 2**20, watched) > 60 * 2**20
        assert started[1].wait(10) == -signal.SIGKILL
        assert started[0].poll() is None
    finally:
        for process in started:
            process.kill()
            process.wait()
            process.stdout.close()


def test_files_in_memory_count_for_who_holds_them():
    code = (
        "import os, time; file = os.memfd_create('x'); os.write(file, b'x' * (60 << 20));"
        + TELL_AND_WAIT
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as started:
        started.stdout.readline()
        watched = psutil.Process(started.pid)
        assert watched.memory_info().rss < 50 * 2**20
        assert sum(guard.files_in_memory(watched).values()) == 60 * 2**20
        assert guard.enforce(2**30, [watched]) == 0
        assert guard.enforce(60 * 2**20, [watched]) > 60 * 2**20
        assert started.wait(10) == -signal.SIGKILL
    assert guard.files_in_memory(watched) == {}


def test_a_group_ends_who_hides_memory_in_files(tmp_path):
    settings = seats.Settings(str(tmp_path), memory=100)
    ana = seats.Seat("ana", 0, 0, tmp_path)
    places = groups.find(settings) if os.geteuid() == 0 else ()
    if not places:
        pytest.skip("no control groups can be made here")
    try:
        (door, *_) = doors = groups.make(settings, ana, places)
        assert groups.ended(ana, places) == 0
        code = (
            "import os, sys; [open(door, 'w').write('0') for door in sys.argv[1:]];"
            "files = [os.memfd_create('x') for _ in range(20)];"
            "[os.write(file, b'x' * 10**7) for file in files]"
        )
        done = subprocess.run([sys.executable, "-c", code, *doors])
        assert done.returncode == -signal.SIGKILL
        assert groups.ended(ana, places) == 1
    finally:
        groups.remove(places)
    assert not door.parent.exists()


def test_the_unified_tree_gets_its_limits_and_a_system_without_groups_is_told(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(groups, "ROOT", tmp_path)
    settings = seats.Settings(str(tmp_path / "class"), memory=700, cores=2)
    assert groups.find(settings) == ()
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids")
    class_group = tmp_path / f"stlearn-{seats.user_ids(settings)[0]}"
    class_group.mkdir()
    (class_group / "cpu.weight").touch()
    place = str(class_group)
    assert groups.find(settings) == (place,)
    # The class weighs as much as its learners: a group weighs by default as much as one process.
    assert (class_group / "cpu.weight").read_text() == str(33 * settings.learners)
    assert (tmp_path / "cgroup.subtree_control").read_text() == "+memory +pids +cpu"
    group = Path(place) / "seat-0"
    group.mkdir()
    for name in ("memory.max", "memory.swap.max", "pids.max", "cpu.max"):
        (group / name).touch()
    (group / "memory.events").write_text("low 0\noom 3\noom_kill 2\noom_group_kill 0\n")
    ana = seats.Seat("ana", 0, 0, tmp_path)
    assert groups.make(settings, ana, (place,)) == [group / "cgroup.procs"]
    assert (group / "memory.max").read_text() == str(700 * 2**20)
    assert (group / "cpu.max").read_text() == "200000 100000"
    assert groups.ended(ana, (place,)) == 2


def test_processes_are_ended_by_where_their_home_is(tmp_path, monkeypatch):
    monkeypatch.setattr(guard, "PATIENCE", 0.3)
    code = "import signal, time; signal.signal(15, signal.SIG_IGN)\n" + TELL_AND_WAIT
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code], env={"HOME": str(home)}, stdout=subprocess.PIPE
        )
        for home in (tmp_path / "homes" / "ana", tmp_path / "homes-of-others" / "ben")
    ]
    try:
        for process in started:
            process.stdout.readline()
        guard.end_below(tmp_path / "homes")
        assert started[0].wait(10) == -signal.SIGKILL
        assert started[1].poll() is None
    finally:
        for process in started:
            process.kill()
            process.wait()
            process.stdout.close()


def test_two_classes_share_no_user_id_and_a_class_keeps_its_own(tmp_path):
    one, two = (seats.Settings(str(tmp_path / name)) for name in ("one", "two"))
    assert not set(seats.user_ids(one)) & set(seats.user_ids(two))
    assert seats.user_ids(one) == seats.user_ids(one)


def test_a_folder_with_other_things_is_not_taken_over(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    mode = tmp_path.stat().st_mode
    with pytest.raises(InputError, match="holds something else"):
        seats.lay_out(seats.Settings(str(tmp_path)))
    assert tmp_path.stat().st_mode == mode
    seats.lay_out(seats.Settings(str(tmp_path / "class")))
    seats.lay_out(seats.Settings(str(tmp_path / "class")))


# The real hub


@pytest.fixture(scope="module")
def hub():
    """What the real hub needs is here; otherwise its tests are skipped."""
    reason = load_workshop.missing()
    if reason:
        if os.environ.get("STLEARN_REQUIRE_HUB") == "1":
            pytest.fail(f"STLEARN_REQUIRE_HUB is 1, but {reason}")
        pytest.skip(reason)


def test_a_class_in_a_closed_folder_is_refused_and_the_way_out_named(hub, tmp_path):
    tmp_path.chmod(0o700)  # as many a home folder is
    settings = seats.Settings(str(tmp_path / "class"), disk=0)
    seats.lay_out(settings)
    with pytest.raises(InputError, match="python3 -m venv /opt/stlearn.*--folder /srv/class"):
        walls.try_walls(settings)


@pytest.fixture(scope="module")
def class_(hub):
    """A workshop that runs with TLS, with its learners logged in and their servers started."""
    options = ["--learners", LEARNERS, "--memory", MEMORY, "--disk", DISK, "--hide-solutions"]
    with Workshop(*options, tls=True) as running:
        running.learners = [Learner(running, f"learner-{n}") for n in range(LEARNERS)]
        with ThreadPoolExecutor(LEARNERS) as pool:
            assert {status for status, _ in pool.map(Learner.log_in, running.learners)} == {200}
            list(pool.map(Learner.start, running.learners))
        yield running


@pytest.fixture
def pair(class_):
    """Two learners with a fresh kernel each, and an answer saved that is theirs alone."""
    two = class_.learners[:2]
    for learner in two:
        wait_for(lambda learner=learner: learner.is_up())
        learner.open_kernel(f"{learner.name}.ipynb")
        assert learner.save("answer.txt", f"answer of {learner.name}", "file") in (200, 201)
    yield two
    for learner in two:
        if learner.is_up():
            learner.call("DELETE", f"/api/kernels/{learner.kernel}")
        learner.socket.close()


def answers(learners):
    return [learner.load("answer.txt") for learner in learners]


def test_all_learners_answer_chapter_00_at_once_and_each_keeps_their_own(class_):
    path = notebooks_in(course_folder())[0].name
    with ThreadPoolExecutor(LEARNERS) as pool:
        assert list(pool.map(lambda each: each.run_chapter(path), class_.learners)) == (
            [[]] * LEARNERS
        )
    for learner in class_.learners:
        saved = "\n".join(cell["source"] for cell in learner.load(path)["cells"])
        assert re.findall("^# learner-.*", saved, re.M) == [f"# {learner.name}"]
        learner.call("DELETE", f"/api/kernels/{learner.kernel}")
        learner.socket.close()


def test_the_door_opens_with_both_words_only(class_):
    def enter(name, **more):
        return Learner(class_, name, **more).log_in()

    status, page = enter("learner-0", password="a wrong password")
    assert status == 403 and "Wrong class password" in page
    status, page = enter("learner-0", word="guessed")
    assert status == 403 and "not its word" in page
    status, page = enter("one-more")
    assert status == 403 and "seats are taken" in page
    status, page = enter("<script>alert(1)</script>")
    assert status == 403 and "<script>alert" not in page
    assert enter("learner-0")[0] == 200


def test_with_a_certificate_nothing_goes_over_plain_http(class_, pair):
    ana, _ = pair
    assert ana.session.get(f"{ana.base}/lab").url.startswith(f"{ana.base}/lab")
    cookies = list(ana.session.cookies)
    paths = {(cookie.name, cookie.path) for cookie in cookies}
    assert {("_xsrf", "/hub/"), ("_xsrf", f"/user/{ana.name}/")} < paths
    assert [cookie.name for cookie in cookies if not cookie.secure] == []
    assert ana.socket.sock.version().startswith("TLS")
    assert ana.run("print(6 * 7)")[0].strip() == "42"
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{class_.port}/hub/login", proxies={"no_proxy": "*"})
    with pytest.raises(requests.exceptions.SSLError):  # for who does not trust its authority
        requests.get(f"{class_.url}/hub/login", proxies={"no_proxy": "*"})


def test_a_learner_who_enters_meets_the_first_chapter_and_nothing_over_it(class_, chromium):
    chapters = [path.name for path in notebooks_in(course_folder())]
    learner = class_.learners[-1]
    with browser.first_page(class_.url, ignore_https_errors=True) as page:
        for name, text in learner.form.items():
            page.locator(f"#{name}_input").fill(text)
        page.locator("#login_submit").click()
        met = browser.met(page)
        # Her kernel ends: she is told what happened, and what to do.
        wait_for(
            lambda: any(each["connections"] for each in learner.call("GET", "/api/kernels").json())
        )
        class_.processes(learner.name)[1].kill()
        dialog = page.wait_for_selector(".jp-Dialog-body", timeout=60_000)
        told = dialog.text_content()
    assert "appears to have died" in told and "run the cells again from the top" in told
    assert met["open"] == chapters[:1]
    assert set(chapters) <= set(met["files"])
    assert met["over"] == met["cut"] == []


def test_no_learner_reads_or_writes_what_is_anothers(class_, pair):
    ana, ben = pair
    home, answer = class_.seat(ben.name).home, class_.seat(ben.name).course / "answer.txt"
    server = class_.processes(ben.name)[0].pid
    ben.run("open('/tmp/note', 'w').write('secret'); open('/dev/shm/note', 'w').write('secret')")
    assert ben.run(f"print(open({str(answer)!r}).read())")[0].strip() == "answer of learner-1"
    tries = [
        f"open({str(answer)!r}).read()",
        f"open({str(answer)!r}, 'a').write('x')",
        f"open({str(home.parent / 'new')!r}, 'w')",
        f"os.listdir({str(home)!r})",
        f"os.listdir({str(home.parent)!r})",
        f"os.listdir({str(home.parents[1])!r})",
        f"os.chmod({str(home)!r}, 0o777)",
        f"open('/proc/{server}/environ').read()",
        f"os.kill({server}, 9)",
        "open('/tmp/note').read()",
        "open('/dev/shm/note').read()",
        f"os.listdir({str(class_.folder / 'hub')!r})",
        f"open({str(class_.folder / 'hub' / 'learners.json')!r}).read()",
        f"open({str(class_.folder / 'room' / 'room.json')!r}).read()",
        f"open({str(class_.place / 'password')!r}).read()",
        "os.setuid(0)",
        f"os.setuid({class_.seat(ben.name).id})",
        f"open('/proc/{class_.process.pid}/environ').read()",
    ]
    ana.run("import os")
    reached = [each for each in tries if not ana.run(each)[1]]
    assert reached == []
    for path in ("/api/contents/answer.txt", "/api/kernels", "/api/terminals", "/files/answer.txt"):
        assert ana.call("GET", path, ben.base).status_code == 403
    stolen = {"type": "file", "format": "text", "content": "x"}
    assert ana.call("PUT", "/api/contents/answer.txt", ben.base, json=stolen).status_code == 403
    assert ana.call("GET", "/hub/api/users", ana.url).status_code == 403
    assert ana.call("GET", f"/hub/api/users/{ben.name}", ana.url).status_code in (403, 404)
    assert answers(pair) == [f"answer of {each.name}" for each in pair]


EARS = """
import re, socket, time, zmq

def ports():
    rows = [line.split() for line in open("/proc/net/tcp").readlines()[1:]]
    return {int(row[1].split(":")[1], 16) for row in rows if row[3] == "0A"}

def listen(seconds):
    ear = zmq.Context.instance().socket(zmq.SUB)
    ear.subscribe(b"")
    for port in ports():
        ear.connect(f"tcp://127.0.0.1:{port}")
    until, heard = time.monotonic() + seconds, b""
    while time.monotonic() < until:
        if ear.poll(100):
            heard += b"".join(ear.recv_multipart())
    ear.close(0)
    return heard
"""
SPEAK = """
import threading, time, zmq
mouth = zmq.Context.instance().socket(zmq.PUB)
mouth.bind_to_random_port("tcp://127.0.0.1")
def speak():
    for _ in range(100):
        mouth.send(b"over TCP")
        time.sleep(0.1)
threading.Thread(target=speak, daemon=True).start()
"""


def test_nobody_hears_what_a_neighbours_kernel_prints(class_, pair):
    ana, eve = pair
    assert eve.run(EARS)[1] == ""
    assert ana.run(SPEAK)[1] == ""
    with ThreadPoolExecutor(1) as pool:
        printing = pool.submit(
            ana.run, "for _ in range(40): print('the answer', flush=True); time.sleep(0.1)"
        )
        heard, error = eve.run("print(listen(4))")
        assert printing.result()[0].count("the answer") == 40
    assert error == "" and "over TCP" in heard  # so Eve's ears are good
    assert "the answer" not in heard
    sockets = str(class_.seat(ana.name).sockets)
    assert eve.run(f"import os; os.listdir({sockets!r})")[1].startswith("PermissionError")
    assert "-ipc-1" in ana.run(f"import os; print(os.listdir({sockets!r}))")[0]


def test_each_port_of_a_neighbour_asks_who_is_there(class_, pair):
    ana, eve = pair
    server, *others = class_.processes(ana.name)
    here = [each.laddr.port for each in server.net_connections("inet") if each.status == "LISTEN"]
    ask = "import http.client\n" + "".join(
        f"door = http.client.HTTPConnection('127.0.0.1', {port})\n"
        f"door.request('GET', '/user/{ana.name}/api/contents/answer.txt')\n"
        "print(door.getresponse().status)\n"
        for port in here
    )
    assert eve.run(ask)[0].split() == ["403"] * len(here) and here
    # The debugger's port would run whatever it is sent: no kernel offers one.
    text, error = ana.run("import ipykernel.debugger as d; print(d._is_debugpy_available)")
    assert error == "" and text.strip() == "False"
    # What a kernel's own children print comes in over one port, with a secret in front.
    for other in others:
        ports = [each for each in other.net_connections("inet") if each.status == "LISTEN"]
        assert len(ports) <= 1


def test_the_hub_and_its_proxy_do_nothing_for_a_learner(class_, pair):
    ana = pair[0]
    proxy = psutil.Process(class_.running()["proxy"]).net_connections("inet")
    ports = {each.laddr.port for each in proxy if each.status == "LISTEN"} - {class_.port}
    assert len(ports) == 1
    ask = (
        "import http.client\n"
        f"door = http.client.HTTPConnection('127.0.0.1', {ports.pop()})\n"
        f"door.request('GET', '/api/routes', headers={{'Authorization': 'token {ana.token}'}})\n"
        "print(door.getresponse().status)"
    )
    assert ana.run(ask)[0].strip() == "403"
    for elsewhere in ("https://example.org/", "//example.org/", "/%5Cexample.org/"):
        answer = ana.session.get(
            f"{class_.url}/hub/login?next={elsewhere}", allow_redirects=False, timeout=60
        )
        led = urljoin(class_.url, answer.headers["Location"])
        assert led.startswith(f"{class_.url}/")


def test_processes_that_start_processes_stay_few(class_, pair):
    ana, ben = pair
    text, error = ana.run(
        "import subprocess\nstarted = []\ntry:\n"
        "    while len(started) < 1000: started.append(subprocess.Popen(['sleep', '100']))\n"
        "except OSError: pass\nprint(len(started))"
    )
    assert error == "" and 10 < int(text) < groups.PROCESSES
    assert (
        ben.run("import subprocess; print(subprocess.run(['true']).returncode)")[0].strip() == "0"
    )
    assert ana.run("for each in started: each.kill(); each.wait()")[1] == ""
    assert answers(pair) == [f"answer of {each.name}" for each in pair]


def test_what_a_server_writes_is_for_the_teacher_only(class_, pair):
    log = class_.seen(class_.seat(pair[0].name).folder / "server.log")
    assert log.stat().st_mode & 0o077 == 0 and log.stat().st_uid == 0
    path = str(class_.seat(pair[0].name).folder / "server.log")
    assert pair[1].run(f"open({path!r}).read()")[1].startswith("PermissionError")


def test_hidden_solutions_can_neither_be_read_nor_shown_but_checks_work(class_, pair):
    ana, _ = pair
    text, error = ana.run(
        "import pathlib, stcourse, stcourse.exercises as bank\n"
        "root = pathlib.Path(stcourse.__file__).parent\n"
        "places = [root.parent / 'solutions', root.parent / '.git', root / 'exercises']\n"
        "files = [p for place in places if place.is_dir() for p in place.rglob('*')]\n"
        "ours = ('.ipynb', '.py', '.txt')\n"
        "found = {p.name for p in files if p.suffix in ours or '.git' in p.parts}\n"
        "texts = [p.read_bytes() for p in files if p.is_file()]\n"
        "print(sorted(found), any(b'kilometres / speed * 60' in text for text in texts))"
    )
    assert error == "" and text.strip() == "['__init__.py', 'questions.txt'] False"

    def met_by(learner):
        room.collect(seats.Settings(str(class_.seen(class_.folder))))
        table = room.read_room(class_.seen(class_.folder), names=True)
        return table.set_index("name").loc[learner.name]

    text, error = ana.run("from stcourse import solution\nsolution('0.1')")
    assert error.startswith("CourseError: solutions are hidden")
    ana.run("from stcourse import check")
    text, error = ana.run("check('0.1', lambda kilometres, speed: kilometres / speed)")
    assert error == "" and "not right: 0.1" in text
    assert met_by(ana)["verdict"] == "not right" and met_by(ana)["mistake"] == "hours"
    text, error = ana.run("check('0.1', lambda kilometres, speed: kilometres / speed * 60)")
    assert error == "" and "passed: 0.1" in text
    assert met_by(ana)["verdict"] == "passed" and met_by(ana)["passed"] == 1


def test_the_teachers_page_counts_everyone_who_is_there(class_, pair):
    settings = seats.Settings(str(class_.seen(class_.folder)))
    room.collect(settings)
    here = room.read_room(settings.folder, names=True)["name"].tolist()
    assert sorted(here) == [learner.name for learner in class_.learners]


def test_a_second_start_says_that_the_class_runs_already(class_, pair):
    done = subprocess.run(
        class_.beside(), env=class_.environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: folder: a class runs in {class_.folder}")
    assert "--take-over" in done.stderr and str(class_.running()["command"]) in done.stderr
    assert answers(pair) == [f"answer of {each.name}" for each in pair]


def test_nothing_listens_beyond_this_machine(class_, pair):
    processes = [psutil.Process(pid) for pid in class_.running().values()]
    for learner in class_.learners:
        processes += class_.processes(learner.name)
    listening = [
        each.laddr.ip
        for process in processes
        for each in process.net_connections("inet")
        if each.status == psutil.CONN_LISTEN
    ]
    assert len(listening) > LEARNERS
    assert set(listening) <= {"127.0.0.1", "::1"}


def test_a_killed_kernel_loses_no_saved_answer(class_, pair):
    ana, ben = pair
    pid = int(ana.run("import os; print(os.getpid())")[0])
    ana.run("import threading, time; threading.Timer(0.3, lambda: os.kill(os.getpid(), 9)).start()")
    assert ana.run("time.sleep(60)")[1]
    assert not psutil.pid_exists(pid)
    assert answers(pair) == [f"answer of {each.name}" for each in pair]
    ana.socket.close()
    ana.open_kernel("again.ipynb")
    assert ana.run("print(6 * 7)")[0].strip() == "42"
    assert ben.run("print(6 * 7)")[0].strip() == "42"


def test_a_killed_server_loses_no_saved_answer(class_, pair):
    ana, ben = pair
    class_.processes(ana.name)[0].kill()
    wait_for(lambda: not ana.is_up())
    assert (class_.course(ana.name) / "answer.txt").read_text() == f"answer of {ana.name}"

    def told():
        return " ".join(ana.session.get(f"{ana.base}/lab", timeout=60).text.split())

    # What she is told, before the hub has noticed and after.
    assert re.search(r"Your server (appears to be down\. Try restarting|is not running)", told())
    wait_for(lambda: "Your server is not running. Would you like to start it?" in told(), 60)

    def starts():
        ana.call("POST", f"/hub/api/users/{ana.name}/server", ana.url)
        return ana.is_up()

    wait_for(starts, 60)
    assert answers(pair) == [f"answer of {each.name}" for each in pair]
    assert ben.run("print(6 * 7)")[0].strip() == "42"
    ana.socket.close()
    ana.open_kernel("again.ipynb")


@pytest.mark.parametrize("name", ["hub", "proxy"])
def test_a_restarted_hub_or_proxy_loses_no_answer_and_no_server(class_, pair, name):
    before, hub = class_.running()[name], class_.running()["hub"]
    own = [each for each in psutil.Process(before).children() if each.uids().real == 0]
    assert len(own) == (name == "hub")  # the hub's culler of idle servers
    servers = [class_.processes(each.name)[0].pid for each in pair]
    pair[0].run("kept = 42")
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: class_.running().get(name, before) != before, 60)
    wait_for(lambda: all(each.is_up() for each in pair), 60)
    wait_for(lambda: pair[0].session.get(f"{class_.url}/hub/api").status_code == 200, 60)
    assert answers(pair) == [f"answer of {each.name}" for each in pair]
    assert pair[0].save("answer.txt", "newer", "file") == 200
    assert pair[0].load("answer.txt") == "newer"
    assert [class_.processes(each.name)[0].pid for each in pair] == servers
    if name == "proxy":
        assert class_.running()["hub"] == hub  # the hub goes on
    if name == "hub":  # with the proxy the connection is gone, and a browser makes a new one
        assert pair[0].run("print(kept)")[0].strip() == "42"
    assert psutil.wait_procs(own, 10)[1] == []
    # The cookie of before the restart still opens the door.
    assert "/hub/login" not in pair[0].session.get(f"{class_.url}/hub/home").url


def test_a_full_disk_is_its_learners_alone(class_, pair):
    ana, ben = pair
    fill = (
        "block = b'x' * 2**20\nwith open('filler', 'wb', 0) as f:\n    while True: f.write(block)"
    )
    error = ana.run(fill)[1]
    assert error.startswith("OSError") and "No space left" in error
    more = "open(tempfile.gettempdir() + '/more', 'w', 1).write('x' * 10**6 + chr(10))"
    assert "No space left" in ana.run(f"import tempfile\n{more}")[1]
    large = {"type": "file", "format": "text", "content": "y" * 10**6}
    refused = ana.call("PUT", "/api/contents/answer.txt", json=large)
    assert refused.status_code == 507 and refused.json()["message"] == server.FULL
    assert ana.load("answer.txt") == f"answer of {ana.name}"
    # The server ends: it comes back with a kernel that works, so that the learner can make room.
    ana.socket.close()
    ana.call("DELETE", f"/hub/api/users/{ana.name}/server", ana.url)
    wait_for(lambda: not class_.processes(ana.name))
    wait_for(lambda: not ana.is_up())
    ana.start()
    ana.open_kernel("again.ipynb")
    assert ben.save("large.txt", "z" * 10**6, "file") == 201
    assert psutil.disk_usage(class_.folder).free > 2**30
    assert ana.run("import os; os.remove('filler')")[1] == ""
    assert ana.save("answer.txt", "after", "file") == 200


def test_a_runaway_cell_ends_alone(class_, pair):
    ana, ben = pair
    assert ana.run("held = bytearray(4 * 2**30)")[1].startswith("MemoryError")
    assert ana.run("held = []\nwhile True: held.append(bytearray(2**24))")[1] != ""
    assert ben.run("print(6 * 7)")[0].strip() == "42"
    # Many processes, each below the limit, hold too much together.
    ana.call("DELETE", f"/api/kernels/{ana.kernel}")
    ana.socket.close()
    ana.open_kernel("again.ipynb")
    told = class_.said().count(ENDED)
    ana.run(
        "import subprocess, sys\n"
        "code = 'held = b\"x\" * (200 * 2**20); import time; time.sleep(100)'\n"
        "several = [subprocess.Popen([sys.executable, '-c', code]) for _ in range(4)]"
    )
    wait_for(lambda: class_.said().count(ENDED) > told, 60)
    assert ben.run("print(6 * 7)")[0].strip() == "42"
    assert answers(pair) == [f"answer of {each.name}" for each in pair]
    ana.run("[each.kill() for each in several]")


def test_memory_that_no_map_shows_is_contained_and_nothing_of_it_stays(class_, pair):
    ana, ben = pair
    before, told = class_.processes(ana.name)[0].pid, class_.said().count(ENDED)
    text, error = ana.run(
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "print(libc.shmget(0, 2**20, 0o1600), ctypes.get_errno())"
    )
    assert error == "" and text.split() == ["-1", "28"]  # System V: none at all
    error = ana.run(
        "import os\nfiles = [os.memfd_create('x') for _ in range(200)]\n"
        "for file in files: os.write(file, b'x' * 10**7)"
    )[1]
    assert error == "kernel died"
    wait_for(lambda: class_.said().count(ENDED) > told, 30)
    assert class_.processes(ana.name)[0].pid == before  # the server is spared
    if groups.HERE in class_.said():
        assert (
            groups.HERE
            in requests.get(
                f"{class_.url}/hub/login", verify=class_.trusted, proxies={"no_proxy": "*"}
            ).text
        )
        ana.open_kernel("after.ipynb")  # what is sent to one that restarts may be lost
        limited = ana.run("print(open('/proc/self/cgroup').read())")[0]
        assert f"/seat-{class_.seat(ana.name).number}\n" in limited
    assert ben.run("print(6 * 7)")[0].strip() == "42"
    assert answers(pair) == [f"answer of {each.name}" for each in pair]


FILL = "for i in $(seq 40); do head -c 30M /dev/zero > /mnt/$i || exit; done"
HIDE = f"""
import subprocess
view = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
print(subprocess.run([*view, "mount -t tmpfs none /mnt && {FILL}"]).returncode)
"""


def test_memory_in_a_file_system_is_the_disks_or_counts_for_its_learner(class_, pair):
    ana, ben = pair
    ana.run("file = open('/dev/shm/filler', 'wb', 0)")
    assert "No space left" in ana.run("while True: file.write(b'x' * 2**20)")[1]
    assert ana.run("import os; os.remove('/dev/shm/filler'); file.close()")[1] == ""
    if groups.HERE not in class_.said():
        pytest.skip("the watch sees no file systems of a learner, as the README says")
    server = class_.processes(ana.name)[0].pid
    text, error = ana.run(HIDE)  # 1.2 GB: the limit is less
    assert error == "kernel died" or (error == "" and text.strip() != "0")
    wait_for(lambda: not {"sh", "head"} & {each.name() for each in class_.processes(ana.name)}, 60)
    assert class_.processes(ana.name)[0].pid == server
    assert class_.memory(ana.name)["learner"] < MEMORY
    assert ben.run("print(6 * 7)")[0].strip() == "42"
    assert answers(pair) == [f"answer of {each.name}" for each in pair]


OWN = """
import pathlib
home = pathlib.Path.home()
config = home / ".jupyter" / "jupyter_server_config.py"
page = home / ".local/share/jupyter/labextensions/mine/page.html"
for path in (config, page):
    path.parent.mkdir(parents=True, exist_ok=True)
config.write_text(f"open({str(home / 'ran.txt')!r}, 'w').write('ran')")
page.write_text("<script>alert(1)</script>")
"""


def test_a_server_takes_no_code_and_no_pages_from_its_learner(class_, pair):
    eve, other = pair
    assert eve.run(OWN)[1] == ""
    eve.socket.close()
    eve.call("DELETE", f"/hub/api/users/{eve.name}/server", eve.url)
    wait_for(lambda: not class_.processes(eve.name))
    wait_for(lambda: not eve.is_up())
    eve.start()
    # Others would be let in without a word here: static files ask nobody.
    page = requests.get(
        f"{eve.base}/lab/extensions/mine/page.html",
        verify=class_.trusted, proxies={"no_proxy": "*"},
    )  # fmt: skip
    assert "alert" not in page.text and page.status_code in (403, 404)
    eve.open_kernel("again.ipynb")
    text, error = eve.run("import pathlib; print((pathlib.Path.home() / 'ran.txt').exists())")
    assert error == "" and text.strip() == "False"
    eve.run("import shutil; shutil.rmtree(pathlib.Path.home() / '.local/share/jupyter')")
    eve.run("(pathlib.Path.home() / '.jupyter/jupyter_server_config.py').unlink()")
    assert answers([other]) == [f"answer of {other.name}"]


def test_guesses_are_held_up_and_the_teacher_is_told(class_, pair):
    victim = class_.learners[-1]

    def tries(count, **wrong):
        def enter(number):
            said = {key: f"{value} {number}" for key, value in wrong.items()}
            return Learner(class_, victim.name, **said).log_in()[0]

        with ThreadPoolExecutor(20) as pool:
            return list(pool.map(enter, range(count)))

    told = tries(40, word="guessed")
    assert set(told) == {403, 429} and told.count(403) <= 6
    status, page = Learner(class_, victim.name).log_in()  # even the right word has to wait
    assert status == 429 and "Too many wrong tries: wait" in page
    wait_for(lambda: f"Wrong words for {victim.name} from 127.0.0.1: 4 tries" in class_.said(), 30)
    wait_for(lambda: Learner(class_, victim.name).log_in()[0] == 200, 60)
    told = tries(60, password="a wrong password")
    assert set(told) == {403, 429} and told.count(403) <= LEARNERS + 20 + 6
    wait_for(lambda: "Wrong class passwords from 127.0.0.1: " in class_.said(), 30)
    # Who is inside notices nothing.
    assert answers(pair) == [f"answer of {each.name}" for each in pair]
    assert pair[0].run("print(6 * 7)")[0].strip() == "42"


def test_after_the_end_nothing_runs_and_all_is_kept(class_):
    ana = class_.learners[0]
    assert ana.save("answer.txt", "kept", "file") in (200, 201)
    seat_of_ana = class_.seat(ana.name)
    ids = {class_.seat(learner.name).id for learner in class_.learners}
    processes = [psutil.Process(pid) for pid in class_.running().values()]
    class_.process.send_signal(signal.SIGTERM)
    class_.process.wait(60)
    assert not any(guard.processes_of(ids).values())
    assert not any(process.is_running() for process in processes)
    settings = seats.Settings(str(class_.folder))
    assert list(groups.ROOT.rglob(f"stlearn-{seats.user_ids(settings)[0]}")) == []
    assert not any((seats.RUN / str(id)).exists() for id in ids)
    place = class_.place / "look"
    place.mkdir()
    image = class_.folder / "hub" / "images" / f"{ana.name}.img"

    def mounted():  # the kernel lets go of the old mount a moment after the last process
        command = ["mount", "-o", "loop,ro", image, place]
        return subprocess.run(command, capture_output=True).returncode == 0

    wait_for(mounted, 30)
    try:
        file = place / seat_of_ana.course.relative_to(seat_of_ana.folder) / "answer.txt"
        assert file.read_text() == "kept"
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_class_is_freed_of_a_name_taken_over_and_ended_with_its_terminal(hub):
    with Workshop("--learners", 2, "--memory", MEMORY, "--disk", DISK) as running:

        def beside(*options):
            done = subprocess.run(
                running.beside(*options), env=running.environment, capture_output=True, text=True
            )
            return done.returncode, done.stderr

        ana, mistyped, cid = (Learner(running, name) for name in ("ana", "bne", "cid"))
        for learner in (ana, mistyped):
            assert learner.log_in()[0] == 200
            learner.start()
            assert learner.save("answer.txt", f"answer of {learner.name}", "file") == 201
        assert "seats are taken" in cid.log_in()[1]
        seat_of_both = running.seat("bne")
        status, told = beside("--free", "bne")
        assert status == 0 and "The seat of bne is free" in told
        assert not guard.processes_of({seat_of_both.id})[seat_of_both.id]
        assert [each.name for each in (running.folder / "hub" / "freed").glob("*/*.img")] == [
            "bne.img"
        ]
        assert cid.log_in()[0] == 200
        cid.start()
        assert running.seat("cid").id == seat_of_both.id
        assert cid.call("GET", "/api/contents/answer.txt").status_code == 404
        assert ana.load("answer.txt") == "answer of ana"

        # The command is killed: what it leaves is found, and taken over.
        before = {name: psutil.Process(pid) for name, pid in running.running().items()}
        before["command"].kill()
        before["command"].wait(10)
        status, told = beside()
        assert status == 2 and "the class of a killed command still runs" in told
        assert f"hub {before['hub'].pid}" in told and "--take-over" in told
        assert ana.load("answer.txt") == "answer of ana"
        terminal, inside = os.openpty()
        again = subprocess.Popen(
            running.beside("--take-over"), env=running.environment,
            preexec_fn=lambda: os.login_tty(inside), pass_fds=[inside],
        )  # fmt: skip
        os.close(inside)
        wait_for(lambda: b"Open: " in os.read(terminal, 10_000) or again.poll() is not None)
        assert not any(process.is_running() for process in before.values())
        ana.start()
        assert ana.load("answer.txt") == "answer of ana"

        # The terminal is closed: all ends with it.
        left = [psutil.Process(pid) for pid in running.running().values()]
        ids = {running.seat(name).id for name in ("ana", "cid")}
        assert all(len(some) for some in guard.processes_of({running.seat("ana").id}).values())
        os.close(terminal)
        assert again.wait(60) == 129
        assert not any(process.is_running() for process in left)
        assert not any(guard.processes_of(ids).values())


@pytest.fixture
def wildcard(monkeypatch):
    """Names below localhost lead to this machine, as a browser takes them."""
    real = socket.getaddrinfo

    def resolve(host, *more, **others):
        here = isinstance(host, str) and host.endswith(".localhost")
        return real("127.0.0.1" if here else host, *more, **others)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_with_subdomains_each_learner_has_an_origin_of_their_own(hub, wildcard):
    options = ["--learners", 2, "--memory", MEMORY, "--disk", DISK]
    with Workshop(*options, "--subdomains", "http://class.localhost:{port}") as running:
        running.url = f"http://class.localhost:{running.port}"
        ana, eve = (Learner(running, name) for name in ("ana", "eve"))
        for learner in (ana, eve):
            learner.base = (
                f"http://{learner.name}.class.localhost:{running.port}/user/{learner.name}"
            )
            assert learner.log_in()[0] == 200
            learner.start()
        assert ana.save("answer.txt", "kept", "file") == 201
        # A browser is led to the learner's own name, and only there is the server.
        page = ana.session.get(f"{running.url}/user/ana/lab")
        assert page.status_code == 200 and page.url.startswith(ana.base)
        assert eve.session.get(f"{running.url}/user/eve/lab").url.startswith(eve.base)

        def start_a_kernel(origin, **headers):
            headers |= {"Origin": origin, "Referer": f"{origin}/", "Sec-Fetch-Mode": "cors"}
            kernel = {"name": "python3"}
            return ana.session.post(f"{ana.base}/api/kernels", json=kernel, headers=headers)

        own, evil = ana.base.partition("/user")[0], eve.base.partition("/user")[0]
        token = {each.name: each.value for each in ana.session.cookies if "ana" in each.domain}
        known = {"X-XSRFToken": token["_xsrf"]}  # a page of another origin can't read it
        assert start_a_kernel(evil).status_code == 403
        assert start_a_kernel(own, **known).status_code == 201
        # The cookie that opens Ana's server is never sent to Eve's.
        assert not {each.domain for each in ana.session.cookies} & {"eve.class.localhost"}
        doors = [each for each in ana.session.cookies if each.name == "jupyterhub-user-ana"]
        assert [each.domain for each in doors] == ["ana.class.localhost"]
        assert ana.load("answer.txt") == "kept"


def test_a_server_that_nobody_uses_is_ended_and_one_in_use_is_not(hub):
    idle = 15  # seconds
    with Workshop(learners=2, disk=DISK, memory=MEMORY, idle=idle / 60) as running:
        ana, ben = (Learner(running, name) for name in ("ana", "ben"))
        for learner in (ana, ben):
            assert learner.log_in()[0] == 200
        ben.start()
        assert ben.save("answer.txt", "kept", "file") == 201
        server = running.processes(ben.name)[0]
        ana.start()
        ana.open_kernel()
        begun = time.monotonic()

        def ended():
            assert ana.run("print(6 * 7)")[0].strip() == "42"
            return not server.is_running() and time.monotonic() - begun > 1.6 * idle

        wait_for(ended, 10 * idle)
        ana.socket.close()
        assert running.hub_log().count("Culling server ben") == 1
        assert "Culling server ana" not in running.hub_log()
        ben.start()
        assert ben.load("answer.txt") == "kept"
