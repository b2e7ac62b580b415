"""The teacher's guide, the usual mistakes, and the slides."""

import os
import re
from datetime import datetime

import browser
import nbformat
import pytest

from stcourse import exercises
from stcourse.authoring import slides, teaching
from stcourse.authoring.notebooks import header, notebooks_in, read, tags
from stlearn.errors import InputError
from stlearn.forecast import cli

REPOSITORY = browser.REPOSITORY
GUIDE = (REPOSITORY / teaching.GUIDE).read_text(encoding="utf-8")
SOLVED = notebooks_in(REPOSITORY / "solutions")
EVERY_EXERCISE = [each for number in exercises.chapters() for each in exercises.of_chapter(number)]
PICTURE = "iVBORw0KGgo="


# The usual mistakes


def test_usual_mistakes_on_file_are_those_of_the_exercises():
    text = (REPOSITORY / teaching.MISTAKES).read_text(encoding="utf-8")
    assert text == teaching.usual_mistakes(), "run stlearn build"


def test_every_exercise_has_its_mistakes_its_section_and_its_hints():
    parts = re.split(r"^### ", teaching.usual_mistakes(), flags=re.MULTILINE)[1:]
    assert [part.split()[0] for part in parts] == [each.id for each in EVERY_EXERCISE]
    for part, exercise in zip(parts, EVERY_EXERCISE):
        assert exercise.section in part
        for text in (*exercise.hints, *(each.sentence for each in exercise.mistakes)):
            assert text in part
        for mistake in exercise.mistakes:
            assert re.search(rf"^- \*\*.*{re.escape(mistake.name)}.*\*\*: ", part, re.MULTILINE)


# The plan


def test_guide_on_file_has_the_tables_of_the_chapters():
    assert teaching.renewed(GUIDE) == GUIDE, "run stlearn build"


def test_the_files_of_a_checkout_are_renewed_and_nothing_else_is_made(tmp_path):
    teaching.renew(tmp_path)
    assert list(tmp_path.iterdir()) == []
    guide = tmp_path / teaching.GUIDE
    guide.parent.mkdir()
    guide.write_text(re.sub("(<!-- day -->).*(<!-- end of day -->)", r"\1\2", GUIDE, flags=re.S))
    teaching.renew(tmp_path)
    assert guide.read_text(encoding="utf-8") == GUIDE
    assert (tmp_path / teaching.MISTAKES).read_text(encoding="utf-8") == teaching.usual_mistakes()


def test_only_what_stands_between_the_marks_is_renewed():
    marked = "\n".join(f"{n}\n<!-- {n} -->\nold\n<!-- end of {n} -->" for n in teaching.TABLES)
    renewed = teaching.renewed(f"above\n{marked}\nbelow")
    assert renewed.startswith("above\nminutes\n<!-- minutes -->\n| notebook |")
    assert renewed.endswith("<!-- end of evenings -->\nbelow")
    assert "old" not in renewed


@pytest.mark.parametrize(
    "text", ["", "<!-- minutes -->", "<!-- end of minutes --><!-- minutes -->"]
)
def test_guide_without_marks_is_refused(text):
    with pytest.raises(InputError, match="guide: expected <!-- minutes -->"):
        teaching.renewed(text)


def rows_of(table):
    return [
        [cell.strip() for cell in row.strip("| ").split(" | ")] for row in table.splitlines()[2:]
    ]


def test_minutes_are_those_that_the_chapters_tell():
    *rows, total = rows_of(teaching.minutes_table())
    told = [header(read(path))["minutes"] for path in notebooks_in(REPOSITORY / "chapters")]
    assert [float(row[1]) for row in rows] == told
    assert float(total[1]) == sum(told)


@pytest.mark.parametrize(
    ("steps", "begins", "latest"),
    [(teaching.DAY, teaching.DAY_BEGINS, "17:00")]
    + [(evening, teaching.EVENING_BEGINS, "21:15") for evening in teaching.EVENINGS],
)
def test_plan_follows_the_clock_and_ends_in_time(steps, begins, latest):
    rows = rows_of(teaching.plan(steps, begins))
    assert rows[0][0] == begins
    assert [row[1] for row in rows[:-1]] == [row[0] for row in rows[1:]]
    for start, end, _, minutes in rows:
        passed = datetime.strptime(end, "%H:%M") - datetime.strptime(start, "%H:%M")
        assert passed.total_seconds() == 60 * float(minutes)
    assert rows[-1][1] <= latest


def test_plans_hold_every_chapter():
    of_day = [step.chapter for step in teaching.DAY if step.chapter is not None]
    of_evenings = [
        step.chapter
        for evening in teaching.EVENINGS
        for step in evening
        if step.chapter is not None
    ]
    assert of_day == [0, 1, 2, 3, 4]
    assert of_evenings == [0, 1, 2, 3, 4, 5, 6]


def test_pause_before_a_section_that_is_not_there_is_refused():
    with pytest.raises(InputError, match=r"pause: no section 0.99 in 00 Start here"):
        teaching.plan([teaching.Step("", 5, chapter=0, pause="0.99")], "09:00")


def test_there_are_words_for_every_break_of_the_plans():
    breaks = [step.what.strip("*") for step in teaching.DAY if step.what.startswith("**")]
    for name in breaks:
        assert re.search(rf"\*\*{name}, after chapter \d\d\.\*\* \"", GUIDE)
    for number, evening in enumerate(teaching.EVENINGS, start=1):
        before = next((step.pause for step in evening if step.pause), "")
        assert re.search(rf"\*\*Evening {number}, .*{re.escape(before)}\.\*\* \"", GUIDE)


def test_links_of_the_guide_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)", GUIDE):
        assert (REPOSITORY / "workshop" / target).exists(), target


# The slides: what becomes one


def notebook(*cells):
    """An executed notebook: texts are Markdown, pairs are code and its outputs."""
    made = [nbformat.v4.new_markdown_cell("# 00 Title\n\nWhat it is about.")]
    for cell in cells:
        if isinstance(cell, str):
            made.append(nbformat.v4.new_markdown_cell(cell))
        else:
            source, *outputs = cell
            made.append(nbformat.v4.new_code_cell(source, execution_count=1, outputs=outputs))
    return nbformat.v4.new_notebook(cells=made)


def printed(text):
    return nbformat.v4.new_output("stream", name="stdout", text=text)


def drawn(sentence):
    page = f'<img alt="{sentence}" style="" src="data:image/png;base64,{PICTURE}">'
    return nbformat.v4.new_output("display_data", {"text/html": page})


def test_headings_and_exercises_start_slides():
    text = "## 0.1 One\n\nFirst.\n\n### Exercise 0.1 Minutes for a drive\n\nDo it.\n\n"
    text += "| a |\n|---|\n| 1 |\n\n## 0.2 Two\n\nSecond."
    found = slides.slides(notebook(text))
    titles = ["00 Title", "0.1 One", "Exercise 0.1 Minutes for a drive", "0.2 Two"]
    assert [slide.title for slide in found] == titles
    assert "Do it." in found[2].html
    assert "<table>" in found[2].html


def test_of_prose_stay_first_sentence_terms_lists_and_formulas():
    text = "## One\n\nFirst. Second. A **node** is a place. Last.\n\nDropped.\n\n- kept\n\n$$a_1$$"
    text += "\n\nwith one. Dropped too."
    (_, slide) = slides.slides(notebook(text))
    shown = re.sub(r"<[^>]+>", "", slide.html)
    assert "First. A node is a place." in shown
    assert "kept" in shown
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">' in slide.html
    assert "with one." in shown
    for gone in ("Second", "Last", "Dropped"):
        assert gone not in shown


def test_question_comes_before_its_figure_each_on_its_own():
    asked = "## One\n\nStart. Then more.\n\nA curve is drawn. How steep is it?"
    found = slides.slides(
        notebook(asked, ("draw()", drawn("It is steep."), printed("It is\nsteep.")))
    )
    assert [slide.kind for slide in found] == ["title", "text", "question", "figure"]
    assert '<div class="ask"><p>How steep is it?</p>' in found[2].html
    assert found[3].html.count("It is steep.") == 2  # for the eyes, and for those who cannot see
    assert f"data:image/png;base64,{PICTURE}" in found[3].html
    assert "draw()" not in found[3].html


def test_long_sentence_is_cut_for_the_eyes_and_whole_in_the_description():
    sentence = "; ".join(f"node {number} is slow" for number in range(100))
    (_, slide) = slides.slides(notebook(("draw()", drawn(sentence))))
    assert f'alt="{sentence}"' in slide.html
    below = re.search(r'<p class="says">(.*)</p>', slide.html)[1]
    assert len(below) < slides.LONGEST_SENTENCE + 40
    assert below.endswith("is slow ... (more in the notebook)")


def test_short_code_stays_and_long_code_leaves_its_result():
    short = "x = 1\n" * slides.LONGEST_CODE
    for source, stays in ((short, True), (short + "x = 1", False), ("import numpy", False)):
        (_, slide) = slides.slides(notebook((source, printed("result"))))
        assert "result" in slide.html
        assert ("highlight" in slide.html) == stays


@pytest.mark.parametrize(
    "call", ['ask("2.4", "a")', 'check("0.1", f)', 'hint("0.1")', 'solution("0.1")', "progress()"]
)
def test_what_gives_an_answer_away_is_no_slide(call):
    assert len(slides.slides(notebook("## One", (call, printed("answer"))))) == 1


def test_references_are_left_out():
    assert len(slides.slides(notebook("## References\n\n- Somebody (2020), **Something**."))) == 1


def test_what_needs_more_room_goes_on_under_the_same_title():
    items = "\n\n".join(f"- point {number}" for number in range(40))
    found = slides.slides(notebook(f"## One\n\n{items}"))
    assert len(found) > 2
    assert {slide.title for slide in found[1:]} == {"One"}
    shown = "".join(slide.html for slide in found)
    assert all(f"point {number}</li>" in shown for number in range(40))


def test_notebook_that_was_not_run_is_refused():
    unrun = notebook(("x = 1",))
    unrun.cells[1].execution_count = None
    with pytest.raises(InputError, match=r"cell .* was never run"):
        slides.slides(unrun)


def test_notebook_without_a_title_is_refused():
    with pytest.raises(InputError, match="expected a first cell that begins with a title"):
        slides.slides(nbformat.v4.new_notebook())


@pytest.mark.parametrize("path", SOLVED, ids=lambda path: path.stem)
def test_no_deck_shows_a_solution(path):
    solved = read(path)
    if any(c.cell_type == "code" and c.execution_count is None for c in solved.cells):
        pytest.skip("this solution is not executed yet")
    shown = "".join(slide.html for slide in slides.slides(solved))
    shown = re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", shown))
    secret = [cell.source for cell in solved.cells if "solution" in tags(cell)]
    for source in secret:
        body = re.sub(r"\s+", "", source.split('"""')[-1])
        assert body not in shown


# The slides: the deck


@pytest.fixture(scope="module")
def deck(tmp_path_factory):
    (path,) = slides.solved_notebooks("0")
    return slides.write_slides(path, tmp_path_factory.mktemp("decks"))


def test_deck_is_one_file_without_an_address_to_load(deck):
    page = deck.read_text(encoding="utf-8")
    assert deck.name == "00_start_here.html"
    assert "default-src 'none'" in page
    page = re.sub(r"(<script[^>]*>).*?</script>", r"\1", page, flags=re.DOTALL)
    assert not re.search(r"<script[^>]+src=|<link\b|<iframe|@import", page)
    assert all(source.startswith("data:") for source in re.findall(r'<img src="([^"]+)', page))


def test_command_writes_decks_and_tells_where(tmp_path, capsys):
    cli.app(["slides", "0", "--out", str(tmp_path / "new")], standalone_mode=False)
    assert capsys.readouterr().out.strip() == str(tmp_path / "new" / "00_start_here.html")
    assert (tmp_path / "new" / "00_start_here.html").stat().st_size > 200_000  # with reveal.js


def test_without_solutions_a_sentence_says_where_they_are(monkeypatch):
    monkeypatch.setattr(slides, "shipped", lambda *place: None)
    with pytest.raises(InputError, match="in a checkout of the course"):
        slides.solved_notebooks()


def test_chapter_that_does_not_exist_is_told():
    with pytest.raises(InputError, match="chapter: no '99'"):
        slides.solved_notebooks("99")


@pytest.mark.browser
@pytest.mark.tree
@pytest.mark.slow
def test_deck_opens_offline_and_every_slide_fits(deck):
    if browser.CHROMIUM is None:
        if os.environ.get("STLEARN_REQUIRE_BROWSER") == "1":
            pytest.fail("STLEARN_REQUIRE_BROWSER is set, and there is no chromium")
        pytest.skip("no chromium")
    from playwright.sync_api import sync_playwright

    asked, said = [], []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.CHROMIUM, args=browser.FLAGS)
        page = chromium.new_page(viewport={"width": 1280, "height": 720})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(deck.as_uri())
        page.wait_for_function("() => window.Reveal?.isReady()")
        sizes = page.evaluate(
            """() => Reveal.getSlides().map((slide, place) => {
                Reveal.slide(place);
                return [slide.scrollWidth, slide.scrollHeight];
            })"""
        )
        pictures = page.evaluate(
            "() => Array.from(document.images, image => [image.naturalWidth, image.alt])"
        )
        page.goto(f"{deck.as_uri()}?print-pdf")
        page.wait_for_selector(".pdf-page")
        pages = page.locator(".pdf-page").count()
        chromium.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []
    assert len(sizes) == pages > 10
    assert max(width for width, _ in sizes) <= 1280
    assert max(height for _, height in sizes) <= 720
    assert pictures
    assert all(width > 0 and alt for width, alt in pictures)
