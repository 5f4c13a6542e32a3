"""What several test modules use: a small book in a temporary folder, made by the book's own tools."""

import os
import shutil
import sys
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # the machine is shared, and sums keep their order
os.environ["MPLBACKEND"] = "agg"  # no window; kernels choose their own

import pytest  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

from authoring import contents, notebooks, refresh  # noqa: E402

settings.register_profile(
    "book",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),  # there the same examples each time
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("book")

SETTINGS = '[tool.book]\nrepository = ""\n'
INDEX = '# A book\n\n> It is short.\n\n+++ {"tags": ["contents"]}\n\nnothing yet\n'
GLOSSARY = "# Glossary\n\n> Words.\n\n+++\n\n## sum\n\nWhat adding gives.\n"
README = "\n\n".join(
    [
        "# Book",
        *(contents.REGION.format(name=name, content="\n") for name in ("doors", "contents")),
        "The end.\n",
    ]
)


@pytest.fixture(autouse=True)
def _close_widgets():
    """ipywidgets keeps every widget alive, and a test's explorers their pictures of several MB with them."""
    yield
    if "ipywidgets" in sys.modules:
        sys.modules["ipywidgets"].Widget.close_all()


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """What is found in a reader's code does not hang on how fast the machine is at a moment."""
    for limit, seconds in (
        ("diagnosis.repair.PATIENCE", 60),
        ("diagnosis.repair.WORK", 4),
        ("trials.VERSION", 0.5),
        ("trials.FURTHER", 3),
    ):
        monkeypatch.setattr(f"helpers.exercises.{limit}", seconds)


class Book:
    """A small book: one chapter, index, glossary, README."""

    def __init__(self, root):
        self.root = root
        self.chapters = root / "chapters"
        self.chapter = self.chapters / "01_sample.ipynb"
        self.text = self.chapters / "text" / "01_sample.md"

    def refresh(self, path=None, **options):
        return refresh.refresh(path or self.chapter, **options)

    def read(self):
        return notebooks.read(self.chapter)

    def edit(self, old, new, file=None):
        """Replace ``old``, which must occur, in the chapter's text or another file."""
        file = file or self.text
        source = file.read_text(encoding="utf-8")
        assert old in source, f"{old!r} is not in {file.name}"
        file.write_text(source.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="session")
def _made_book(tmp_path_factory):
    book = Book(tmp_path_factory.mktemp("made") / "book")
    book.text.parent.mkdir(parents=True)
    (book.root / "pyproject.toml").write_text(SETTINGS)
    (book.root / "README.md").write_text(README)
    shutil.copy(Path(__file__).parent / "sample_chapter.md", book.text)
    for page, source in (("index", INDEX), ("glossary", GLOSSARY)):
        book.text.with_name(f"{page}.md").write_text(source)
    for path in notebooks.all_notebooks(book.chapters):
        book.refresh(path)
    contents.update(book.root)
    return book


@pytest.fixture
def book(_made_book, tmp_path):
    """A fresh copy of the small book, executed."""
    shutil.copytree(_made_book.root, tmp_path / "book")
    return Book(tmp_path / "book")
