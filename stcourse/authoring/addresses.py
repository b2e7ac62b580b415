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


def pull(place):
    """Path at which a server with nbgitpuller brings the repository and opens a place in it.

    Args:
        place: File or folder of the repository.

    Example:
        >>> pull("chapters").startswith("git-pull?repo=https")
        True
    """
    wanted = {"repo": REPOSITORY, "branch": BRANCH, "targetPath": COPY}
    return f"git-pull?{urlencode({**wanted, 'urlpath': f'lab/tree/{COPY}/{place}'})}"


def binder_link(notebook):
    """Address that opens a chapter on Binder.

    Args:
        notebook: Name of the notebook, "00_start_here".

    Example:
        >>> binder_link("00_start_here").startswith("https://mybinder.org/v2/gh/")
        True
    """
    place = quote(pull(f"chapters/{notebook}.ipynb"), safe="")
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


def clone_lines(folder):
    """Markdown with the commands that bring the repository and an environment for it.

    Args:
        folder: Folder with the chapters; not read.
    """
    name = REPOSITORY.rstrip("/").rpartition("/")[2]
    return "\n".join(
        [
            "```",
            f"git clone {REPOSITORY} && cd {name}",
            "python3 -m venv .venv && source .venv/bin/activate",
            "```",
        ]
    )


def launch_lines(folder):
    """Markdown with a badge for Binder, and a line of links for each chapter.

    Args:
        folder: Folder with the chapters.
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
            f"[![Open the course on Binder](https://mybinder.org/badge_logo.svg)]({start})",
            "[![Open chapter 00 in Colab](https://colab.research.google.com/assets/"
            f"colab-badge.svg)]({colab_link(chapters[0].stem)})",
            "",
            "Binder brings all of it. In Colab, put a new cell in front of the first one, with",
            "this line, and run it once:",
            "",
            "```",
            colab_install(),
            "```",
            "",
            "| chapter | | |",
            "|---|---|---|",
            *rows,
        ]
    )


# What stands in a text between <!-- NAME --> and <!-- end of NAME -->.
MADE = {"clone": clone_lines, "launch": launch_lines}


def split(text):
    """A text without what is made here, and the pairs of marks between which that stood.

    Args:
        text: Text that holds each pair of marks, one pair after the other.

    Returns:
        List of texts: before the first pair, between the pairs, and after the last.

    Raises:
        InputError: If marks are not there.

    Example:
        >>> split("no marks")
        Traceback (most recent call last):
            ...
        stlearn.errors.InputError: readme: expected <!-- clone --> and later <!-- end of clone -->
    """
    pieces = []
    for name in MADE:
        before, first, rest = text.partition(f"<!-- {name} -->")
        _, last, text = rest.partition(f"<!-- end of {name} -->")
        if not (first and last):
            raise InputError(f"readme: expected <!-- {name} --> and later <!-- end of {name} -->")
        pieces.append(before)
    return [*pieces, text]


def renew(readme, folder):
    """Renew what stands between the marks of a text, and change nothing else.

    Args:
        readme: Text that holds the marks.
        folder: Folder with the chapters.

    Returns:
        The text with its address and links renewed.

    Raises:
        InputError: If marks are not there, or there are no chapters.
    """
    *before, after = split(readme)
    made = (
        f"{text}<!-- {name} -->\n{lines(folder)}\n<!-- end of {name} -->"
        for text, (name, lines) in zip(before, MADE.items())
    )
    return "".join([*made, after])


def _owner_and_name():
    return "/".join(REPOSITORY.rstrip("/").split("/")[-2:])


def _title(path):
    """Title of a chapter: the first line of its first cell."""
    return read(path).cells[0].source.splitlines()[0].lstrip("# ")


if __name__ == "__main__":
    file = Path("README.md")
    file.write_text(renew(file.read_text(encoding="utf-8"), "chapters"), encoding="utf-8")
