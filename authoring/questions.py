"""Rules for what a chapter asks: its quiz in helpers/quiz, its exercises in helpers/exercises.

Whether the numbers in a quiz are right, and whether every mistake is told from every other, the tests say.
"""

import re

from authoring import notebooks, rules
from helpers import exercises
from helpers.quiz import questions

LETTER = r"\b[a-e]\)|\boption [a-e]\b"


def quiz(path, nb):
    """A chapter shows its own quiz, and the file of it is complete."""
    number = notebooks.number(path)
    if number is None:
        return []
    code = "\n".join(cell.source for _, cell in notebooks.code(nb))
    shown = [int(found) for found in re.findall(r"^Quiz\((\d+)\)$", code, re.M)]
    if shown != [number]:
        return [f"the chapter shows the quizzes {shown}, not `Quiz({number})` in a line of its own"]
    try:
        asked = questions.read(number)
    except ValueError as error:
        return [str(error)]
    places = [question.answer for question in asked]
    longest = [question.answer for question in asked if question.answer == _longest(question)]
    wrong = _lacking(
        {
            "four to six questions": 4 <= len(asked) <= 6,
            "questions that differ": len({question.text for question in asked}) == len(asked),
            "right options in more places": max(map(places.count, places)) <= len(asked) / 2,
            "right options that are not mostly the longest": len(longest) <= len(asked) / 2,
        }
    )
    for at, question in enumerate(asked, start=1):
        wrong += [f"question {at} {said}" for said in _lacking(_rules_of(question))]
    return [f"quiz/{number:02d}.toml: {said}" for said in wrong]


def _rules_of(question):
    texts, whys = ([getattr(option, part) for option in question.options] for part in ("text", "why"))
    words = [question.text, *texts, *whys]
    return {
        "three to five options that differ": 3 <= len(set(texts)) == len(texts) <= 5,
        "options of 100 characters at most": max(map(len, texts)) <= 100,
        "an explanation of its own for each option": len(set(whys)) == len(whys),
        "explanations of 30 characters or more": min(map(len, whys)) >= 30,
        "words in one line with single spaces": all(each == " ".join(each.split()) for each in words),
        "backticks in pairs": not any(each.count("`") % 2 for each in words),
        "no letters of options, for these move": not re.search(LETTER, "\n".join(words)),
        "no time and no folder of a machine": not any(
            pattern.search(each) for each in words for pattern in (rules.TIME, rules.FOLDER)
        ),
    }


def _longest(question):
    """The place of the longest option, None where two are as long."""
    lengths = [len(option.text) for option in question.options]
    return lengths.index(max(lengths)) if lengths.count(max(lengths)) == 1 else None


def _lacking(kept):
    return [f"needs {what}" for what, there in kept.items() if not there]


def checked(path, nb):
    """Chapter, solutions and checkers hold the same exercises; the stored verdicts are as they should be."""
    found = re.fullmatch(r"(solutions/)?(\d\d)_\w+", notebooks.name(path))
    calls = re.findall(r'\bcheck\("(\d+\.\d+)"', "\n".join(cell.source for _, cell in notebooks.code(nb)))
    if not found or not calls:
        return []
    try:
        wanted = list(exercises.chapter(int(found[2])))
    except ValueError as error:
        return [str(error)]
    wrong = [] if 3 <= len(wanted) <= 6 else [f"{len(wanted)} exercises, not three to six"]
    if calls != wanted:
        wrong.append(f"the exercises {calls} are checked, and helpers/exercises/ch{found[2]}.py has {wanted}")
    state = "right" if found[1] else "not tried yet"
    for _, cell in notebooks.code(nb):
        said = "".join(output.get("text", "") for output in cell.outputs)
        if "exercise" in notebooks.tags(cell) and not re.match(rf"\d+\.\d+: {state}\b", said):
            wrong.append(f"an exercise should be {state!r} and says {said.strip()!r}")
    for number, exercise in exercises.chapter(int(found[2])).items():
        texts = [*exercise.hints, *(mistake.why for mistake in exercise.mistakes)]
        kept = {
            "three hints": len(set(exercise.hints)) == 3,
            "hints and reasons of 15 to 240 characters that end with . or ?": all(
                15 < len(text) < 240 and text[-1] in ".?" for text in texts
            ),
        }
        wrong += [f"{number} {said}" for said in _lacking(kept)]
    return wrong
