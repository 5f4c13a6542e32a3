"""Rules for what a chapter asks: its quiz in helpers/quiz, its exercises in helpers/exercises.

Whether the numbers in a quiz are right, and whether every mistake is told from every other, the tests say.
"""

import re

from authoring import notebooks, rules
from helpers import exercises
from helpers.quiz import questions


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
    wrong = [] if 4 <= len(asked) <= 6 else [f"{len(asked)} questions, not four to six"]
    if len({question.text for question in asked}) < len(asked):
        wrong.append("two questions are the same")
    for at, question in enumerate(asked, start=1):
        wrong += [f"question {at}: {said}" for said in _incomplete(question)]
    places = [question.answer for question in asked]
    if max(places.count(place) for place in places) > len(asked) / 2:
        wrong.append(f"the right option stands too often in one place: {places}")
    if sum(map(_longest_is_right, asked)) > len(asked) / 2:
        wrong.append("the right option is too often the longest")
    return [f"quiz/{number:02d}.toml: {said}" for said in wrong]


def _incomplete(question):
    """What a question lacks, one sentence each."""
    options, wrong = question.options, []
    if not 3 <= len(options) <= 5:
        wrong.append(f"{len(options)} options, not three to five")
    if len({option.text.strip() for option in options}) < len(options):
        wrong.append("two options are the same")
    if len({option.why.strip() for option in options}) < len(options):
        wrong.append("two options have the same explanation")
    wrong += [f"{o.text!r}: say why, in 30 characters or more" for o in options if len(o.why) < 30]
    wrong += [f"{o.text!r}: an option has 100 characters at most" for o in options if len(o.text) > 100]
    for words in (question.text, *(o.text for o in options), *(o.why for o in options)):
        if "\n" in words or "  " in words or words != words.strip() or words.count("`") % 2:
            wrong.append(f"{words[:40]!r}: one line, single spaces, backticks in pairs")
        if re.search(r"\b[a-e]\)|\boption [a-e]\b", words):
            wrong.append(f"{words[:40]!r}: name no letter, for options move")
        if rules.TIME.search(words) or rules.FOLDER.search(words):
            wrong.append(f"{words[:40]!r}: a time or a folder, which differ from machine to machine")
    return wrong


def _longest_is_right(question):
    lengths = [len(option.text) for option in question.options]
    return lengths.count(max(lengths)) == 1 and lengths[question.answer] == max(lengths)


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
        if len(set(exercise.hints)) != 3:
            wrong.append(f"{number}: give three hints")
        wrong += [
            f"{number}: 15 to 240 characters that end with . or ?: {text!r}"
            for text in texts
            if not 15 < len(text) < 240 or text[-1] not in ".?"
        ]
    return wrong
