"""Where the course is published: the one place of its address, and the links made from it.

After a change here, or a new chapter, `python -m stcourse.authoring.addresses` renews README.md.
"""

from pathlib import Path
from urllib.parse import quote, urlencode

from stcourse.authoring.notebooks import notebooks_in, read
from stlearn.errors import InputError

REPOSITORY = "https://github.com/OWNER/stlearn"
BRANCH = "main"  # what learners read
# Binder builds this branch anew whenever it moves. It is moved when the package or its
# requirements change; the chapters are pulled from BRANCH at each start, so that a mended
# sentence rebuilds nothing.
ENVIRONMENT = "binder"
COPY = "course"  # folder of a Binder session into which the repository is pulled
FIRST, LAST = "<!-- launch -->", "<!-- end of launch -->"


def binder_link(notebook):
    """Address that opens a chapter on Binder.

    Args:
        notebook: Name of the notebook, "00_start_here".

    Example:
        >>> binder_link("00_start_here").startswith("https://mybinder.org/v2/gh/")
        True
    """
    pull = {
        "repo": REPOSITORY,
        "branch": BRANCH,
        "targetPath": COPY,
        "urlpath": f"lab/tree/{COPY}/chapters/{notebook}.ipynb",
    }
    place = quote(f"git-pull?{urlencode(pull)}", safe="")
    return f"https://mybinder.org/v2/gh/{_owner_and_name()}/{ENVIRONMENT}?urlpath={place}"


def colab_link(notebook):
    """Address that opens a chapter in Colab, which then needs `colab_install()`.

    Args:
        notebook: Name of the notebook, "00_start_here".

    Example:
        >>> colab_link("00_start_here").endswith("chapters/00_start_here.ipynb")
        True
    """
    place = f"{_owner_and_name()}/blob/{BRANCH}/chapters/{notebook}.ipynb"
    return f"https://colab.research.google.com/github/{place}"


def colab_install():
    """The line for a first cell in Colab: what the chapters need, without JupyterLab.

    Colab has TensorFlow, and the course brings the smaller edition for machines without a GPU.
    Both own the same folder, and neither works once one is put over the other.

    Example:
        >>> "pip uninstall" in colab_install()
        True
    """
    package = f"stlearn-course[colab,simulate] @ git+{REPOSITORY}@{BRANCH}"
    return f'!pip uninstall -qy tensorflow && pip install -q "{package}"'


def launch_lines(folder):
    """Markdown with a badge for Binder, and a line of links for each chapter.

    Args:
        folder: Folder with the chapters.

    Returns:
        Text that begins and ends with the marks by which `renew` finds it.
    """
    chapters = notebooks_in(folder)
    if not chapters:
        raise InputError(f"folder: no chapters in {folder}")
    start = binder_link(chapters[0].stem)
    rows = [
        f"| {_title(path)} | [Binder]({binder_link(path.stem)}) "
        f"| [Colab]({colab_link(path.stem)}) |"
        for path in chapters
    ]
    return "\n".join(
        [
            FIRST,
            f"[![Open the course on Binder](https://mybinder.org/badge_logo.svg)]({start})",
            "[![Open chapter 00 in Colab](https://colab.research.google.com/assets/"
            f"colab-badge.svg)]({colab_link(chapters[0].stem)})",
            "",
            "In a browser, with nothing to install: Binder brings all of it. In Colab, put a new",
            "cell in front of the first one, with this line, and run it once:",
            "",
            "```",
            colab_install(),
            "```",
            "",
            "| chapter | | |",
            "|---|---|---|",
            *rows,
            LAST,
        ]
    )


def renew(readme, folder):
    """Renew the lines with links in a text, and change nothing else.

    Args:
        readme: Text that holds the marks.
        folder: Folder with the chapters.

    Returns:
        The text with its links renewed.

    Raises:
        InputError: If the marks are not there, or there are no chapters.

    Example:
        >>> renew("no marks", "chapters")
        Traceback (most recent call last):
            ...
        stlearn.errors.InputError: readme: expected <!-- launch --> and later <!-- end of launch -->
    """
    before, first, rest = readme.partition(FIRST)
    _, last, after = rest.partition(LAST)
    if not (first and last):
        raise InputError(f"readme: expected {FIRST} and later {LAST}")
    return f"{before}{launch_lines(folder)}{after}"


def _owner_and_name():
    return "/".join(REPOSITORY.rstrip("/").split("/")[-2:])


def _title(path):
    """Title of a chapter: the first line of its first cell."""
    return read(path).cells[0].source.splitlines()[0].lstrip("# ")


if __name__ == "__main__":
    file = Path("README.md")
    file.write_text(renew(file.read_text(encoding="utf-8"), "chapters"), encoding="utf-8")
