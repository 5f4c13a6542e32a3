"""Contents table, navigation and launch badges."""

from pathlib import Path

import pytest

from authoring import contents, entries, generated, notebooks

LINE = "[Contents](index.ipynb)"


def navigation(book):
    return [cell.source for cell in book.read().cells if "navigation" in notebooks.tags(cell)]


def add_chapter(book, number, title):
    text = book.text.with_name(f"{number:02d}_other.md")
    text.write_text(
        f"# {number} · {title}\n\n> More to see.\n\n```{{code-cell}}\n:tags: [setup]\nimport math\n```\n"
    )
    path = book.chapters / f"{number:02d}_other.ipynb"
    book.refresh(path)
    return path


def test_the_readme_is_up_to_date():
    assert contents.wrong() == []


def test_update_twice_changes_nothing(book):
    assert contents.update(book.root) == []


def test_navigation_stands_below_the_title_and_at_the_end(book):
    cells = book.read().cells
    assert [i for i, c in enumerate(cells) if "navigation" in notebooks.tags(c)] == [1, len(cells) - 1]
    assert cells[0].source.startswith("# 1 · A sample chapter\n\n> You will see")
    assert navigation(book) == [LINE, LINE]


def test_a_new_chapter_is_linked_from_its_neighbour_index_and_readme(book):
    other = add_chapter(book, 4, "Another")
    assert "README.md" in contents.update(book.root)
    assert navigation(book) == [f"{LINE} | [4 · Another →](04_other.ipynb)"] * 2
    back = "[← 1 · A sample chapter](01_sample.ipynb) | [Contents](index.ipynb)"
    assert notebooks.read(other).cells[1].source == back
    table = notebooks.read(book.chapters / "index.ipynb").cells[1].source
    assert "[4 · Another](04_other.ipynb) | More to see." in table
    readme = (book.root / "README.md").read_text()
    assert "[4 · Another](chapters/04_other.ipynb)" in readme and readme.endswith("\n\nThe end.\n")
    assert contents.update(book.root) == []


def test_stored_outputs_survive_new_navigation(book):
    before = [cell.outputs for _, cell in notebooks.code(book.read())]
    add_chapter(book, 4, "Another")
    contents.update(book.root)
    assert before == [cell.outputs for _, cell in notebooks.code(book.read())]


def test_a_notebook_whose_text_was_edited_is_left_alone(book):
    book.edit("Little.", "Much.")
    add_chapter(book, 4, "Another")
    contents.update(book.root)
    assert navigation(book) == [LINE, LINE] and "Little." in book.chapter.read_text()


def test_an_entry_is_read_from_the_chapter(book):
    entry = entries.chapter(book.chapter, book.read())
    assert (entry.number, entry.title, entry.budget) == (1, "A sample chapter", 60)
    assert entry.promise.startswith("You will see a small chapter") and entry.promise.endswith("one by one.")
    assert entry.explorers == ["StridePadding"]
    row = entries.table([entry], "chapters/").splitlines()[-1]
    assert row.startswith("| [1 · A sample chapter](chapters/01_sample.ipynb) | You will see")
    assert row.endswith("| stride and padding | – | 10 min | under 60 s |")


def test_exercises_are_counted_and_their_solutions_linked():
    nb = notebooks.from_text('# 1 · T\n\n> P.\n\n```{code-cell}\ncheck("1.1", None)\n```\n')
    entry = entries.chapter(Path("chapters/01_x.ipynb"), nb)
    assert "| 1 · [solutions](chapters/solutions/01_x.ipynb) |" in entries.table([entry], "chapters/")


def test_reading_time_follows_its_rule():
    source = "# 1 · T\n\n> P.\n\n" + "word " * 1995 + '\n\n```{code-cell}\ncheck("1.1", None)\n```\n'
    nb = notebooks.from_text(
        source + '\n```{code-cell}\nexplorers.A()\n```\n\n+++ {"tags": ["navigation"]}\n\nx\n'
    )
    # 2,000 words and a few are ten minutes, two code cells one, an exercise and an explorer four.
    assert entries.chapter(Path("chapters/01_x.ipynb"), nb).minutes == 20
    nb.cells[0].source = nb.cells[0].source.replace("word " * 100, "", 1)
    assert entries.chapter(Path("chapters/01_x.ipynb"), nb).minutes == 15


@pytest.mark.parametrize(
    "address, expected",
    [
        ("", []),
        (
            "https://github.com/owner/book",
            [
                "https://colab.research.google.com/github/owner/book/blob/main/chapters/01_sample.ipynb",
                "https://mybinder.org/v2/gh/owner/book/main?urlpath=lab/tree/chapters/01_sample.ipynb",
            ],
        ),
        (
            "https://git.example.org/owner/book.git",
            ["https://mybinder.org/v2/git/https%3A%2F%2Fgit.example.org%2Fowner%2Fbook.git/main?urlpath="],
        ),
    ],
)
def test_badges(book, address, expected):
    shown = generated.badges(book.chapter, address)
    assert bool(shown) == bool(expected)
    assert all(link in shown for link in expected)
    assert shown.count("[![") == len(expected)


def test_badges_reach_the_notebook(book):
    (book.root / "pyproject.toml").write_text('[tool.book]\nrepository = "https://github.com/owner/book"\n')
    book.refresh()
    top, bottom = navigation(book)
    assert "colab" in top and "colab" not in bottom
    assert "https://github.com/owner/book" in notebooks.code(book.read())[0][1].source
