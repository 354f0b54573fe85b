# Everything runs in .venv, made on first use. PYTHON=python3.12 make … takes another interpreter.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: serve test lint eval gate ablations bench known-item screenshots clean

serve: $(STAMP)
	$(BIN)/myositis serve

test: $(STAMP) lint
	$(BIN)/python -m tests.browser
	$(BIN)/python -m pytest

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.starter.check
	$(BIN)/python -m corpus.starter.digests.make_digests --check

eval: $(STAMP)
	$(BIN)/myositis eval

# Raises the floors of tests/eval/floors.json to what is reached now.
gate: $(STAMP)
	$(BIN)/python -m tests.eval.gate --update

# LIBRARY is a built library, QUESTIONS the labelled questions to it.
LIBRARY ?= library
QUESTIONS ?= tests/eval/questions.jsonl
ablations: $(STAMP)
	$(BIN)/python -m tests.eval.ablations $(LIBRARY) $(QUESTIONS)

bench: $(STAMP)
	$(BIN)/myositis bench

# Needs MedQuAD, which is not in this repository, some hours the first time, and, to compare with it, pip install txtai.
MEDQUAD ?= medquad
known-item: $(STAMP)
	$(BIN)/python -m tests.bench.known_item $(MEDQUAD) .known-item

screenshots: $(STAMP)
	$(BIN)/python -m tests.browser
	$(BIN)/python -m tests.screenshots docs/screenshots

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev,plots]"
	touch $(STAMP)

clean:
	rm -rf .venv build *.egg-info
