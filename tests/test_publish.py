"""One address, written everywhere by one command: badges, set-up lines, README, setting."""

import subprocess

import pytest

from authoring import building, contents, generated, notebooks, publish

FORK = "https://github.com/some-fork/a.book"


def remote(folder, address):
    subprocess.run(["git", "init", "-q", folder], check=True)
    subprocess.run(["git", "-C", folder, "remote", "add", "origin", address], check=True)


@pytest.mark.parametrize(
    "given", [FORK, f"{FORK}/", f"{FORK}.git", "git@github.com:some-fork/a.book.git", f"ssh://git@{FORK[8:]}"]
)
def test_an_address_is_written_as_everybody_can_fetch_it(given):
    assert publish.web(given) == FORK


@pytest.mark.parametrize("given", ["", "owner/book", "/srv/book", "file:///srv/book", "https://github.com"])
def test_what_others_cannot_reach_is_no_address(given, tmp_path):
    with pytest.raises(ValueError, match="ADDRESS=.*https://github.com/owner/book"):
        publish.web(given)
    remote(tmp_path, given or "x")
    assert publish.origin(tmp_path) == ""


def test_the_address_is_the_setting_else_the_remotes(book):
    assert publish.address(book.root) == ""
    remote(book.root, FORK)
    assert publish.address(book.root) == FORK and notebooks.repository(book.root) == ""
    book.edit('repository = ""', 'repository = "https://git.example.org/b"', book.root / "pyproject.toml")
    assert publish.address(book.root) == "https://git.example.org/b"


def test_one_command_publishes_a_fork(book):
    remote(book.root, FORK)
    book.refresh()
    outputs = [cell.outputs for _, cell in notebooks.code(book.read())]
    changed = publish.publish(root=book.root)
    assert {"pyproject.toml", "README.md", "chapters/01_sample.ipynb"} <= set(changed)
    readme = (book.root / "README.md").read_text()
    assert "https://some-fork.github.io/a.book/" in readme
    assert "https://codespaces.new/some-fork/a.book" in readme
    assert "mybinder.org/v2/gh/some-fork/a.book/main?urlpath=lab/tree/chapters/index.ipynb" in readme
    setup = notebooks.code(book.read())[0][1].source
    assert f'os.environ.get("BOOK_SOURCE") or "{FORK}"' in setup
    assert [cell.outputs for _, cell in notebooks.code(book.read())] == outputs and any(outputs)
    assert building.as_its_text(book.chapter, book.read()) == []
    assert (
        publish.malformed(book.root) == [] == publish.publish(root=book.root)
    )  # a second time: nothing to do
    assert contents.readme(book.root)[0] == contents.readme(book.root)[1]


def test_a_host_without_pages_has_fewer_doors(book):
    publish.publish("https://git.example.org/group/book", book.root)
    readme = (book.root / "README.md").read_text()
    assert "mybinder.org/v2/git/https%3A%2F%2Fgit.example.org%2Fgroup%2Fbook/main" in readme
    assert "codespaces" not in readme and "colab" not in readme and publish.malformed(book.root) == []


def test_a_link_of_the_wrong_form_is_named(book):
    wrong = "https://colab.research.google.com/github/owner/blob/main/chapters/index.ipynb"
    book.edit("The end.", f"[Colab]({wrong})", book.root / "README.md")
    assert publish.malformed(book.root) == [wrong]


def test_nothing_is_written_where_there_is_no_address(book):
    before = (book.root / "pyproject.toml").read_text()
    with pytest.raises(ValueError, match="make publish ADDRESS="):
        publish.publish(root=book.root)
    assert (book.root / "pyproject.toml").read_text() == before


def test_an_edited_notebook_is_not_written_over(book):
    book.refresh()
    nb = book.read()
    nb.cells[-1].source += "\nmine"
    book.chapter.write_text(notebooks.to_json(nb), encoding="utf-8")
    with pytest.raises(building.Stop, match="edited by hand"):
        publish.publish(FORK, book.root)
    assert notebooks.repository(book.root) == "" and generated.pages("") == ""
