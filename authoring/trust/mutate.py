"""What would be noticed? Faults are planted in a copy of the book, and what catches each is named.

    make mutate                    planted faults in operations, explorers, exercises and on the pages
    make mutate ARGS=faults        only those in the code; a word behind it: only those with it in their name
    make mutate ARGS=pages         only those on the pages: links, captions, labels, numbers
    make mutate ARGS="outputs 03"  a digit of every stored output of a chapter, which is run
    make mutate ARGS=mutants       500 small changes to the arithmetic by mutmut (an hour; pip install mutmut)

authoring/trust/README.md holds what the last runs found.
"""

import sys

from authoring.trust import faults, mutants, pages

PARTS = {"faults": faults.main, "pages": pages.pages, "outputs": pages.outputs, "mutants": mutants.main}


def main(arguments):
    if {"-h", "--help"} & set(arguments):
        print(__doc__, end="")
        return 0
    if arguments and arguments[0] in PARTS:
        return PARTS[arguments[0]](arguments[1:])
    if arguments:
        print(__doc__, end="")
        return 2
    return max(faults.main([]), pages.pages([]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
