"""What an exercise is made of: its right answer, the likely mistakes, the cases to tell them apart, hints."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that readers are likely to give, and the sentence that says how it comes about.

    The answer is of the exercise's kind: a function of the same arguments, or a value.
    """

    answer: object
    why: str


@dataclass(frozen=True)
class Exercise:
    """One exercise: ``right`` is a function of the arguments in each case, or, without cases, a value.

    ``cases``   argument tuples, the smallest first: the one a mistake shows on first is quoted
    ``draw``    makes one more case from a random generator; ``draws`` of them are tried
    ``use``     what is compared: ``use(answer, *case)``; by default the function's result, or the value
    ``parts``   the names of the parts of a value, which are judged one by one
    """

    right: object
    mistakes: tuple
    hints: tuple
    cases: tuple = ()
    draw: Callable | None = None
    draws: int = 8
    use: Callable | None = None
    parts: tuple = ()

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
        rng = np.random.default_rng(seed)
        drawn = [self.draw(rng) for _ in range(self.draws)] if self.draw else []
        return [*self.cases, *sorted(drawn, key=_size)] or [()]

    def result(self, answer, case):
        """What is compared for one case."""
        if self.use:
            return self.use(answer, *case)
        if self.parts:
            if isinstance(answer, (str, dict)) or len(answer) != len(self.parts):
                raise ValueError(f"give {len(self.parts)} answers: {', '.join(self.parts)}")
            return dict(zip(self.parts, answer, strict=True))
        return answer(*case) if self.of_function else answer


def _size(case):
    """How much there is to read in a case."""
    sizes = [abs(part) if isinstance(part, (int, float)) else np.size(part) for part in case]
    return sum(sizes)
