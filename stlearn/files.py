"""Write files so that nobody ever meets a half-written one; find those that ship."""

import contextlib
import importlib
import shutil
import tempfile
from pathlib import Path


@contextlib.contextmanager
def written_aside(folder):
    """Give an empty folder to write to; at the end move its files to where they belong.

    Args:
        folder: Where the files belong; made if needed. If the block fails, nothing changes there.

    Example:
        >>> import tempfile
        >>> from stlearn.files import written_aside
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with written_aside(folder) as aside:
        ...         _ = (aside / "note.txt").write_text("complete")
        ...     print(*(file.name for file in Path(folder).iterdir()))
        note.txt
    """
    folder = Path(folder)
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=folder) as aside:
            yield Path(aside)
            for file in sorted(Path(aside).iterdir()):
                if (folder / file.name).is_dir():
                    shutil.rmtree(folder / file.name)
                file.replace(folder / file.name)
    except BaseException:
        if made:
            with contextlib.suppress(OSError):  # others may have written to it by now
                folder.rmdir()
        raise


def shipped(place, package="stlearn"):
    """Find what ships with a package: in it where it is installed, beside it in a checkout.

    Args:
        place: Path of a file or folder, as in the repository.
        package: Name of the package.

    Returns:
        Path, or None if it is not there.

    Example:
        >>> from stlearn.files import shipped
        >>> shipped("datasets/corridor").name
        'corridor'
        >>> shipped("datasets/nowhere") is None
        True
    """
    folder = Path(importlib.import_module(package).__file__).parent
    places = (folder / place, folder.parent / place)
    return next((found for found in places if found.exists()), None)
