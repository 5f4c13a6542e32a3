"""nbgrader's settings; `make assignments` puts this file into the course folder."""

c = get_config()  # noqa: F821  (nbgrader gives it)

c.CourseDirectory.course_id = "cnn"
# A starter that runs: the checker says that nothing was tried. The usual one would stop the notebook.
c.ClearSolutions.code_stub = {"python": "...  # your answer here"}
c.Execute.timeout = 120  # seconds a cell; a checker stops an endless answer by itself much sooner
