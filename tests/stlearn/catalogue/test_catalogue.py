"""The catalogue: names, cards, and files that are fetched whole and right, or not at all."""

import hashlib
import http.server
import re
import shutil
import socket
import subprocess
import sys
import threading

import pandas as pd
import pytest

from stlearn import catalogue
from stlearn.catalogue import File
from stlearn.errors import InputError

CONTENT = b"time,a\n2026-01-05,1\n" * 200


class Server(http.server.BaseHTTPRequestHandler):
    """Serves CONTENT whole, cut short, or replaced by other bytes."""

    def do_GET(self):
        if self.path == "/absent.csv":
            self.send_error(404)
            return
        sent = {"/cut.csv": CONTENT[:3000], "/other.csv": b"<html>not this</html>"}
        body = sent.get(self.path, CONTENT)
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT if self.path == "/cut.csv" else body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("STLEARN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("STLEARN_MIRROR", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def address():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def published(address, name="good.csv", content=CONTENT):
    digest = hashlib.sha256(content).hexdigest()
    return File(f"folder/{name}", digest, len(content), f"{address}/{name}")


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_download_is_checked_kept_and_not_repeated(cache, address, capfd):
    file = published(address)
    path = catalogue.fetch_file(file)
    assert path == cache / "folder" / "good.csv"
    assert path.read_bytes() == CONTENT
    assert files_in(cache) == [path]
    output = capfd.readouterr()
    assert output.out == ""
    assert "100%" in output.err
    # A second call must not need the server.
    unreachable = File(file.path, file.sha256, file.bytes, "http://127.0.0.1:1/good.csv")
    assert catalogue.fetch_file(unreachable) == path


def test_truncated_download_is_told_and_not_kept(cache, address):
    file = published(address, "cut.csv")
    with pytest.raises(InputError, match="broke off") as error:
        catalogue.fetch_file(file)
    for part in ("folder/cut.csv", file.sha256, f"({len(CONTENT)} bytes)"):
        assert part in str(error.value)
    checksum, size = re.search(r"got (\w+) \((\d+) bytes\)", str(error.value)).groups()
    assert 0 < int(size) <= 3000
    assert checksum == hashlib.sha256(CONTENT[: int(size)]).hexdigest()
    assert files_in(cache) == []


def test_wrong_checksum_is_told_and_not_kept(cache, address):
    file = published(address, "other.csv")
    with pytest.raises(InputError, match="wrong checksum") as error:
        catalogue.fetch_file(file)
    found = hashlib.sha256(b"<html>not this</html>").hexdigest()
    for part in ("folder/other.csv", file.sha256, found, "21 bytes"):
        assert part in str(error.value)
    assert files_in(cache) == []


def test_spoiled_copy_in_the_cache_is_downloaded_again(cache, address):
    file = published(address)
    path = catalogue.fetch_file(file)
    path.write_bytes(b"spoiled")
    assert catalogue.fetch_file(file).read_bytes() == CONTENT


def test_without_network_the_error_says_what_to_put_where(cache):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    file = published(f"http://127.0.0.1:{port}")
    with pytest.raises(InputError, match="could not be downloaded") as error:
        catalogue.fetch_file(file)
    for part in (file.path, file.address, str(cache / "folder" / "good.csv")):
        assert part in str(error.value)
    assert "\n" not in str(error.value)
    assert files_in(cache) == []
    # Doing what the error says must work.
    target = cache / "folder" / "good.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(CONTENT)
    assert catalogue.fetch_file(file) == target


def test_absent_address_is_told(cache, address):
    with pytest.raises(InputError, match="404"):
        catalogue.fetch_file(published(address, "absent.csv"))


def test_cache_that_cannot_be_written(cache, address):
    cache.write_text("a file where the folder should be")
    with pytest.raises(InputError, match="STLEARN_CACHE"):
        catalogue.fetch_file(published(address))


def test_mirror_is_checked_and_never_written_to(cache, address, tmp_path, monkeypatch):
    folder = tmp_path / "mirror"
    monkeypatch.setenv("STLEARN_MIRROR", str(folder))
    file = published(address)
    with pytest.raises(InputError, match="no such file") as error:
        catalogue.fetch_file(file)
    assert str(folder / file.path) in str(error.value)
    assert file.address in str(error.value)
    assert not folder.exists()

    target = folder / file.path
    target.parent.mkdir(parents=True)
    target.write_bytes(CONTENT + b"x")
    with pytest.raises(InputError, match="wrong checksum"):
        catalogue.fetch_file(file)
    assert target.read_bytes() == CONTENT + b"x"

    target.write_bytes(CONTENT)
    assert catalogue.fetch_file(file) == target
    assert not cache.exists()


def test_cache_is_the_users_by_default(cache, monkeypatch):
    monkeypatch.delenv("STLEARN_CACHE")
    path = catalogue.local_path(catalogue.entry("los-loop").files[0])
    assert path.parts[-3:] == ("stlearn", "tgcn", "los_speed.csv")


@pytest.mark.parametrize("name", sorted(set(catalogue.names()) - {"corridor"}))
def test_published_files_are_pinned(name):
    for file in catalogue.entry(name).files:
        assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
        assert re.match(
            r"https://raw\.githubusercontent\.com/[\w-]+/[\w.-]+/[0-9a-f]{40}/\S+$", file.address
        )
        assert file.bytes > 0


def test_a_file_of_several_data_sets_is_the_same_in_each():
    files = {file for name in catalogue.names() for file in catalogue.entry(name).files}
    assert len(files) == len({file.path for file in files})


@pytest.mark.parametrize("name", catalogue.names())
def test_every_entry_tells_what_it_is(name):
    entry = catalogue.entry(name)
    assert entry.name == name
    for text in (entry.title, entry.licence, entry.citation, entry.unit, entry.protocol):
        assert text.strip()
    assert entry.traps
    if isinstance(entry.test, str):
        assert pd.Timedelta(entry.test) > pd.Timedelta(0)
    else:
        assert 0 < entry.test < 1


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [("los_loop", "los-loop"), ("Corridor", "corridor"), ("england covid", "england-covid")],
)
def test_unknown_name_suggests_the_nearest(wrong, nearest):
    for function in (catalogue.entry, catalogue.load, catalogue.card, catalogue.verify):
        with pytest.raises(InputError, match=f"did you mean '{nearest}'"):
            function(wrong)


def test_name_like_no_other_lists_all():
    with pytest.raises(InputError, match="known: corridor, los-loop"):
        catalogue.entry("qqqq")


def test_card_without_the_files_says_so_and_downloads_nothing(cache):
    text = catalogue.card("river-wear")
    assert "not at hand" in text
    assert "Steps" not in text
    entry = catalogue.entry("river-wear")
    for part in (entry.title, entry.licence, entry.citation, entry.files[0].address, "Unit: m\n"):
        assert part in text
    assert not cache.exists()


def test_card_with_the_files_computes_the_figures(mirror):
    text = catalogue.card("river-wear")
    values = catalogue.load("river-wear").values
    assert f"Steps: {len(values):,}, {values.index[0]} to {values.index[-1]}" in text
    assert "Nodes: 5\n" in text
    assert "Rate: 15 minutes" in text
    assert f"Missing: {values.isna().to_numpy().mean():.1%}" in text
    assert "directed, 4 edges" in text
    assert "latest day first" in text


@pytest.mark.parametrize(
    ("name", "rate"),
    [("us-treasury", "1 working day"), ("stocks", "1 month"), ("chickenpox", "1 week")],
)
def test_card_tells_the_rate(mirror, name, rate):
    assert f"Rate: {rate}\n" in catalogue.card(name)


def test_verify_tells_each_state(mirror, cache, tmp_path, monkeypatch):
    first, second, third = catalogue.entry("los-loop").files
    folder = tmp_path / "copy"
    for file in (first, second):
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(mirror / file.path, folder / file.path)
    with (folder / second.path).open("ab") as spoiled:
        spoiled.write(b" ")
    monkeypatch.setenv("STLEARN_MIRROR", str(folder))
    table = catalogue.verify("los-loop").set_index("file")["state"]
    assert table.to_dict() == {
        first.path: "ok",
        second.path: "wrong checksum",
        third.path: "missing",
    }
    with pytest.raises(InputError, match=f"{second.path}: wrong checksum"):
        catalogue.load("los-loop")


def test_catalogue_loads_no_tensorflow():
    code = "import sys, stlearn.catalogue; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
