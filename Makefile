# make demo   reads an example exam, picture and report, and writes the answer as a page
# make audit-demo   builds an archive of 20,000 reports and audits it (some minutes)
# make test   runs all tests
# make check  lints, types, import rules, dependencies
# make validate  measures how well pictures are read (some minutes)
# make bench  measures speed
# make messages  compiles the catalogues of sentences after an edit
#
# PYTHON=python3.11 chooses the interpreter (3.11 or newer) that .venv is made with;
# EXTRAS=test,dev,picture,plot,serve,ocr,export,node,archive,dask,peer adds the library that the weighing is compared with (large).

PYTHON ?= python3
VENV ?= .venv
EXTRAS ?= test,dev,picture,plot,serve,ocr,export,node,archive,dask
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help demo audit-demo test check validate bench messages clean

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | sed '/^$$/q'

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo '$(PYTHON) is not Python 3.11 or newer; say which one is: make PYTHON=python3.11'; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) >/dev/null || \
	  { rm -rf $(VENV); echo 'Python cannot make a virtual environment; install python3-venv'; exit 1; }
	@echo 'Installing into $(VENV) (once) ...'
	@$(BIN)/python -m pip install -qq --constraint constraints.txt --editable '.[$(EXTRAS)]'
	@touch $@

demo: $(READY)
	@mkdir -p out
	@$(BIN)/hepaspot phantom out/demo --demo --report en >/dev/null
	@$(BIN)/hepaspot read out/demo/phantom.dcm out/demo/phantom.txt --pictures out/demo
	@$(BIN)/hepaspot read out/demo/phantom.dcm out/demo/phantom.txt --format html --output out/demo.html
	@echo 'The picture with what was found drawn in: out/demo/phantom.png'
	@echo 'All of it as a page, with the words of the report lit up: out/demo.html'
	@echo
	@echo 'Now your own report or picture, in the browser: $(BIN)/hepaspot serve --open'

audit-demo: $(READY)
	@rm -rf out/archive out/audit
	@OMP_NUM_THREADS=1 $(BIN)/hepaspot synthetic out/archive --reports 20000 --phantoms 200
	@OMP_NUM_THREADS=1 $(BIN)/hepaspot audit out/archive/reports.parquet --output out/audit
	@echo 'The audit as a page: out/audit/index.html'
	@echo 'What was planted where: out/archive/truth.parquet'

test: $(READY)
	@$(BIN)/python -m pytest --quiet $(ARGS)

check: $(READY)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --strict --no-error-summary
	@$(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports --no-cache
	@$(BIN)/deptry src 2>/dev/null || $(BIN)/deptry src

validate: $(READY)
	@OMP_NUM_THREADS=1 $(BIN)/python validation/run.py

bench: $(READY)
	@set -e; for script in benchmarks/*.py; do $(BIN)/python $$script; done

messages: $(READY)
	@$(BIN)/python -m hepaspot.explain.catalogues

clean:
	@rm -rf $(VENV) out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
