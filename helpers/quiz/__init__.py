"""Questions with a reason for every option: ``Quiz(3)`` shows those of chapter 3."""

from helpers.quiz.widget import Quiz

__all__ = ["Quiz"]
