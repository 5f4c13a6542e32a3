"""Write the quizzes for a learning platform: Moodle XML, and packages of IMS QTI 2.1.

make quizzes            into build/quizzes
make quizzes ARGS=03    one chapter
"""

import argparse

from authoring import entries, notebooks
from authoring.teaching import moodle, qti
from helpers.quiz import questions as written

FOLDER = notebooks.ROOT / "build" / "quizzes"


def all_quizzes(wanted=()):
    """(number, title, questions) of every chapter's quiz, or of the wanted ones."""
    titles = {entry.number: entry.title for entry in entries.chapters(notebooks.CHAPTERS)}
    return [(n, titles[n], written.read(n)) for n in written.chapters() if n in wanted or not wanted]


def write(quizzes, folder):
    """Write the files of quizzes into a folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {f"qti-chapter-{quiz[0]:02}.zip": qti.package(*quiz) for quiz in quizzes}
    files |= {f"moodle-chapter-{quiz[0]:02}.xml": moodle.document([quiz]).encode() for quiz in quizzes}
    if len(quizzes) > 1:
        files["moodle-all-chapters.xml"] = moodle.document(quizzes).encode()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in sorted(files)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapter", nargs="*", type=int, help="numbers of chapters (default: all)")
    wanted = parser.parse_args().chapter
    if unknown := set(wanted) - set(written.chapters()):
        parser.error(f"no quiz of chapter {min(unknown)}; there are {written.chapters()}")
    quizzes = all_quizzes(wanted)
    for path in write(quizzes, FOLDER):
        print(path.relative_to(notebooks.ROOT))
    print(f"{sum(len(questions) for *_, questions in quizzes)} questions, in both forms.")


if __name__ == "__main__":
    main()
