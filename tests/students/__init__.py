"""Answers to the exercises as students give them: wrong ones that nobody planted, right ones in odd style.

They were written before the checkers were tuned to any of them, and the second lot after the first was
measured; the checkers know none of them. ``cause`` says in words what really went wrong. A sentence that names
it matches ``says`` (widened in five places where another true sentence was found); one that names something
else misleads; one that only shows a difference is silent.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wrong:
    """A wrong answer, its true cause, and words that a sentence naming it has."""

    number: str
    answer: object
    cause: str
    says: str


class Collection(list):
    """Answers in the order they were given."""

    def wrong(self, number, cause, says):
        """Keep the function below as a wrong answer."""

        def keep(function):
            self.append(Wrong(number, function, cause, says))
            return function

        return keep

    def wrong_value(self, number, value, cause, says):
        self.append(Wrong(number, value, cause, says))

    def right(self, number):
        """Keep the function below as a right answer."""

        def keep(function):
            self.append((number, function))
            return function

        return keep
