"""What an exercise is made of: its right answer, the likely mistakes, the cases to tell them apart, hints.

An author writes an ``Exercise``. Most of what a reader can do wrong needs no line of it: the checker finds by
itself that rows and columns are swapped, that a factor is missing in line 5, or that a loop never ends. What
helps it:

``cases`` and ``draw`` with fractions, negative numbers, shapes that are not square and more than one of
everything: whatever no case shows passes as right, and what cannot be told apart is not named.
``parts`` names what a tuple is made of, in order, for values and for the results of functions alike:
``parts=("mean", "spread")`` lets the checker say "`spread` is 1.41421 times too large" and not "at [1]".
``mistakes`` are what the checker cannot know: mistakes of thought, each a wrong version of the answer with the
sentence that says how it comes about. ``Mistake(when=...)`` is a whole class of wrong values, by a function
that says whether a value belongs to it.
``formula`` says how a part of a value that was worked out by hand comes about: ``{"third": (size, (10, 4, 0, 3))}``.
A wrong number is then held against what the formula gives where an argument is left out or taken for another;
it is named if only one of these gives it.
``unordered=True`` lets a set stand for a list.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers.exercises.kinds import plain


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that readers are likely to give, and the sentence that says how it comes about.

    The answer is of the exercise's kind: a function of the same arguments, or a value. ``when(answer)`` in
    its place is true of every value that goes wrong in this way. ``hint`` is what helps the reader further;
    without it the checker finds the line, or quotes a small case.
    """

    answer: object = None
    why: str = ""
    when: Callable | None = None
    hint: str = ""


@dataclass(frozen=True)
class Cause:
    """What a wrong answer comes of: a sentence, a further one as a hint, and the case that shows it best.

    ``holds(case, got, right)`` is true of every case, given the reader's outcome and the right one, if the
    sentence is. A ``weak`` one only describes; it is left unsaid where something better is found.
    """

    why: str
    hint: str = ""
    holds: Callable | None = None
    place: int | None = None
    mistake: Mistake | None = None
    weak: bool = False


@dataclass(frozen=True)
class Exercise:
    """One exercise: ``right`` is a function of the arguments in each case, or, without cases, a value.

    ``cases``   argument tuples, the smallest first: the one a mistake shows on first is quoted
    ``draw``    makes one more case from a random generator; ``draws`` of them are tried
    ``use``     what is compared: ``use(answer, *case)``; by default the function's result, or the value
    ``parts``   the names of the parts of a value or of a function's result; those of a value are judged
                one by one
    ``formula``  for parts of a value: a function and its arguments, of which the part comes
    """

    right: object
    mistakes: tuple
    hints: tuple
    cases: tuple = ()
    draw: Callable | None = None
    draws: int = 8
    use: Callable | None = None
    parts: tuple = ()
    formula: dict | None = None
    unordered: bool = False

    @property
    def of_function(self):
        """Whether the reader writes a function."""
        return callable(self.right)

    @property
    def reveals(self):
        """Whether the expected result may be quoted: not where it is the answer itself."""
        return self.of_function or self.use is not None

    def all_cases(self, seed=0):
        """The fixed cases, then random ones, smaller ones first."""
        return [*self.cases, *sorted(self.more_cases(self.draws, seed), key=_size)] or [()]

    def more_cases(self, count, seed):
        """Random cases; none where the exercise draws none."""
        rng = np.random.default_rng(seed)
        return [self.draw(rng) for _ in range(count)] if self.draw else []

    def result(self, answer, case):
        """What is compared for one case."""
        if self.use:
            return self.use(plain(answer), *case)
        if self.of_function:
            result = answer(*case)
            return sorted(result) if self.unordered and isinstance(result, (set, frozenset)) else result
        return self.by_name(answer) if self.parts else answer

    def by_name(self, answer):
        """A value's parts by their names."""
        if isinstance(answer, dict) and len(answer) == len(self.parts):
            answer = tuple(answer.values())  # in the order they were written
        if isinstance(answer, (str, dict)) or not np.iterable(answer) or len(answer) != len(self.parts):
            raise ValueError(f"give {len(self.parts)} answers: {', '.join(self.parts)}")
        return dict(zip(self.parts, answer, strict=True))


def _size(case):
    """How much there is to read in a case."""
    sizes = [abs(part) if isinstance(part, (int, float)) else np.size(part) for part in case]
    return sum(sizes)
