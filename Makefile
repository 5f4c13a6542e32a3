# Every command is tools/book.py's, which needs nothing but Python; `make help` lists them.
# Another Python: make lab PYTHON=/path/to/python3    Options: make lab ARGS="--no-browser --port 8899"

PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	command -v $$name && break; done)
COMMANDS := help lab test setup refresh check publish site slides pdf film quizzes assignments class bench memory mutate claims budgets determinism lint format run clean

.DEFAULT_GOAL := help
.PHONY: $(COMMANDS)

$(COMMANDS):
	$(if $(PYTHON),,$(error No Python was found. The book needs Python 3.11 or newer: \
	https://www.python.org/downloads/ (Debian, Ubuntu: sudo apt install python3 python3-venv)))
	@"$(PYTHON)" -I tools/book.py $@ $(ADDRESS) $(ARGS)
