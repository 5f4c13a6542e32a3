"""``make site``: build the web edition; look at it, or hold every page to its rules."""

import argparse
import sys
import webbrowser

from authoring.site import build


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="make site", description="The book as pages, in build/site.")
    parser.add_argument("--open", action="store_true", help="open it in the browser")
    parser.add_argument("--check", action="store_true", help="go over every page in Chromium")
    parser.add_argument("--still", action="store_true", help="explorers do not move: saves minutes at first")
    chosen = parser.parse_args(arguments)
    try:
        build.build(chosen.still)
    except build.Failed as error:
        print(error, file=sys.stderr)
        return 1
    index = build.SITE / "index.html"
    print(f"{index.relative_to(build.ROOT)}: {build.sizes()}.")
    if chosen.open:
        webbrowser.open(index.as_uri())
    if chosen.check:
        from authoring.site import walk

        return walk.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
