"""Files appear when they are complete, or not at all."""

import pytest

from stlearn.files import written_aside


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_files_appear_at_the_end_and_the_folder_is_made(tmp_path):
    folder = tmp_path / "new" / "deeper"
    with written_aside(folder) as aside:
        (aside / "a.txt").write_text("a")
        assert not (folder / "a.txt").exists()
    assert names(folder) == ["a.txt"]


def test_a_file_of_the_same_name_is_replaced_and_others_stay(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "b.txt").write_text("kept")
    with written_aside(tmp_path) as aside:
        (aside / "a.txt").write_text("new")
        assert (tmp_path / "a.txt").read_text() == "old"
    assert (tmp_path / "a.txt").read_text() == "new"
    assert (tmp_path / "b.txt").read_text() == "kept"


def test_a_failure_changes_nothing_and_leaves_no_trace(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(RuntimeError, match="half way"), written_aside(tmp_path) as aside:
        (aside / "a.txt").write_text("ne")
        (aside / "b.txt").write_text("b")
        raise RuntimeError("half way")
    assert names(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_a_folder_that_was_made_for_a_failure_is_gone_with_it(tmp_path):
    with pytest.raises(RuntimeError), written_aside(tmp_path / "new") as aside:
        (aside / "a.txt").write_text("a")
        raise RuntimeError
    assert names(tmp_path) == []
