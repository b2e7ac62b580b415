"""What a teacher's guide can compute: the plan of a class, and the usual mistakes.

After a change of a chapter or of an exercise, `stlearn build` renews both files in the
folder workshop, in a checkout.
"""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from stcourse import exercises
from stcourse.authoring.notebooks import course_folder, header, notebooks_in, read
from stlearn.errors import InputError

GUIDE, MISTAKES = Path("workshop/teachers_guide.md"), Path("workshop/usual_mistakes.md")
ASKED = '"Which case did the check show, and what do you expect there?"'
TABLES = ("minutes", "day", "evenings")  # marks within the guide: <!-- day --> and so on


class Step(NamedTuple):
    """A step of a plan.

    Args:
        what: What happens; for a chapter, what is said of it after its title, or nothing.
        minutes: Its minutes; for a chapter, those of a pause within it.
        chapter: Number of the chapter, whose own minutes are added; None for anything else.
        pause: Number of the section before which the pause is, "2.6".
    """

    what: str
    minutes: int = 0
    chapter: int | None = None
    pause: str = ""


DAY = (
    Step("Welcome: who is here, seats, first login", 10),
    Step("", chapter=0),
    Step("", chapter=1),
    Step("**Break 1**", 15),
    Step("", chapter=2),
    Step("**Lunch**", 60),
    Step("", chapter=3),
    Step("**Break 2**", 15),
    Step("", chapter=4),
    Step("**Break 3**", 15),
    Step("You show chapter 05: the ladder, the museum, the ledger; nobody types", 30),
    Step("Closing: what each takes home, token, feedback", 15),
)
FIRST_WORDS = Step("What stayed from last time: each says one sentence", 10)
LAST_WORDS = Step("Close: token, what to reread, what comes next", 5)
EVENINGS = (
    (
        Step("Welcome: who is here, seats, first login", 10),
        Step("", chapter=0),
        Step("**Break**", 10),
        Step("", chapter=1),
        LAST_WORDS,
    ),
    (FIRST_WORDS, Step("", 10, chapter=2, pause="2.6"), LAST_WORDS),
    (FIRST_WORDS, Step("", 10, chapter=3, pause="3.5"), LAST_WORDS),
    (FIRST_WORDS, Step("", 10, chapter=4, pause="4.6"), LAST_WORDS),
    (FIRST_WORDS, Step("", 10, chapter=5, pause="5.5"), LAST_WORDS),
    (
        Step("its parts in the order that the room chose", 10, chapter=6),
        Step("Last words: what each will measure next", 5),
    ),
)
DAY_BEGINS, EVENING_BEGINS = "09:00", "18:00"


def usual_mistakes():
    """The usual mistakes of each exercise, with an answer for two minutes at a learner's desk.

    Returns:
        Text in Markdown: for each exercise its title, section and hints, then the mistakes that
        its check knows by name, each with the sentence that the learner is told.

    Example:
        >>> from stcourse.authoring.teaching import usual_mistakes
        >>> "### 0.1 Minutes for a drive" in usual_mistakes()
        True
    """
    lines = [
        "# Usual mistakes, exercise by exercise",
        "",
        "Made from the exercises by `stlearn build`; do not write into it.",
        "",
        "The check tells a learner the sentence beside a mistake; the teacher's page counts them",
        "by these names. The answer for two minutes is in steps: go on to the next one only where",
        "the one before did not help, and let the learner keep the keyboard.",
    ]
    for chapter in exercises.chapters():
        part = None
        for exercise in exercises.of_chapter(chapter):
            if exercise.part != part:
                part = exercise.part
                lines += ["", f"## Chapter {chapter:02d}{part}"]
            lines += ["", *_mistakes_of(exercise)]
    return "\n".join(lines) + "\n"


def _mistakes_of(exercise):
    first, *others, last = exercise.hints
    by_sentence = {}
    for mistake in exercise.mistakes:
        by_sentence.setdefault(mistake.sentence, []).append(mistake.name)
    middle = f" Then: {' '.join(others)}" if others else ""
    return [
        f"### {exercise.id} {exercise.title}",
        "",
        f"1. *Half a minute.* {ASKED} {first}",
        f'2. *One minute.* Read section "{exercise.section}" together.{middle}',
        f"3. *Half a minute, if nothing else helped.* {last}",
        "",
        *(f"- **{', '.join(names)}**: {sentence}" for sentence, names in by_sentence.items()),
    ]


def minutes_table():
    """What the chapters say of themselves: minutes, seconds to run, memory, and exercises.

    Returns:
        Table in Markdown, a row for each notebook, and their sums.

    Example:
        >>> from stcourse.authoring.teaching import minutes_table
        >>> minutes_table().splitlines()[2].startswith("| 00 Start here | 20 |")
        True
    """
    rows = [
        "| notebook | minutes | runs in, s | peak memory, GB | exercises | mistakes known |",
        "|---|---|---|---|---|---|",
    ]
    sums = [0, 0, 0]
    for path in notebooks_in(course_folder()):
        notebook = read(path)
        told = header(notebook)
        own = exercises.of_notebook(path.stem)
        counts = [told["minutes"], len(own), sum(len(each.mistakes) for each in own)]
        sums = [total + count for total, count in zip(sums, counts)]
        rows.append(
            f"| {_title(notebook)} | {counts[0]:g} | {told['seconds']:g} | {told['gigabytes']:g} "
            f"| {counts[1]} | {counts[2]} |"
        )
    return "\n".join([*rows, f"| **all** | {sums[0]:g} | | | {sums[1]} | {sums[2]} |"])


def plan(steps, begins):
    """A plan with the times at which its steps begin and end.

    Args:
        steps: Steps in order. A chapter takes the minutes that its notebooks tell.
        begins: When the first step begins, "09:00".

    Returns:
        Table in Markdown: from, to, what, minutes.

    Raises:
        InputError: If a section of a pause is not in its chapter.

    Example:
        >>> from stcourse.authoring.teaching import Step, plan
        >>> print(plan([Step("Welcome", 10), Step("", chapter=0)], "09:00"))
        | from | to | what | minutes |
        |---|---|---|---|
        | 09:00 | 09:10 | Welcome | 10 |
        | 09:10 | 09:30 | 00 Start here | 20 |
    """
    rows = ["| from | to | what | minutes |", "|---|---|---|---|"]
    time = datetime.strptime(begins, "%H:%M")
    for step in steps:
        what, minutes = step.what, step.minutes
        if step.chapter is not None:
            what, of_chapter = _chapter(step)
            minutes += of_chapter
        end = time + timedelta(minutes=minutes)
        rows.append(f"| {time:%H:%M} | {end:%H:%M} | {what} | {minutes:g} |")
        time = end
    return "\n".join(rows)


def _chapter(step):
    """What a plan says of a chapter, and the chapter's own minutes."""
    paths = [path for path in notebooks_in(course_folder()) if int(path.stem[:2]) == step.chapter]
    if not paths:
        return f"chapter {step.chapter:02d} (not written yet)", 0
    notebooks = [read(path) for path in paths]
    said = [_title(notebooks[0]), step.what]
    if step.pause:
        said.append(f'with a break before "{_section(notebooks, step.pause)}"')
    elif step.minutes:
        said.append("with a break between two parts")
    return ", ".join(filter(None, said)), sum(header(each)["minutes"] for each in notebooks)


def _title(notebook):
    return notebook.cells[0].source.splitlines()[0].lstrip("# ")


def _section(notebooks, number):
    """Heading of a section, without its signs."""
    for notebook in notebooks:
        for cell in notebook.cells:
            found = re.search(rf"^## ({re.escape(number)} .+)$", cell.source, re.MULTILINE)
            if found and cell.cell_type == "markdown":
                return found[1]
    raise InputError(f"pause: no section {number} in {_title(notebooks[0])}")


def renewed(guide):
    """A guide with its tables made anew, and nothing else changed.

    Args:
        guide: Text that holds the marks `<!-- minutes -->` to `<!-- end of minutes -->`, and the
            same for `day` and `evenings`.

    Returns:
        The text.

    Raises:
        InputError: If a mark is missing.

    Example:
        >>> from stcourse.authoring.teaching import TABLES, renewed
        >>> marks = [f"<!-- {name} --> <!-- end of {name} -->" for name in TABLES]
        >>> "| 09:10 | 09:30 | 00 Start here | 20 |" in renewed(" ".join(marks))
        True
    """
    evenings = [
        f"**Evening {number}**\n\n{plan(steps, EVENING_BEGINS)}"
        for number, steps in enumerate(EVENINGS, start=1)
    ]
    texts = (minutes_table, lambda: plan(DAY, DAY_BEGINS), lambda: "\n\n".join(evenings))
    for name, text in zip(TABLES, texts):
        first, last = f"<!-- {name} -->", f"<!-- end of {name} -->"
        before, found, rest = guide.partition(first)
        _, ended, after = rest.partition(last)
        if not (found and ended):
            raise InputError(f"guide: expected {first} and later {last}")
        guide = f"{before}{first}\n{text()}\n{last}{after}"
    return guide


def renew(root):
    """Write the teacher's files anew, in a checkout.

    Args:
        root: Folder that holds workshop/; where there is none, nothing is written.
    """
    if (root / GUIDE).exists():
        (root / MISTAKES).write_text(usual_mistakes(), encoding="utf-8")
        guide = (root / GUIDE).read_text(encoding="utf-8")
        (root / GUIDE).write_text(renewed(guide), encoding="utf-8")
