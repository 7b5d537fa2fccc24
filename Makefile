PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A crawl needs little; browsing needs more, and the tools for development need a minute.
READY := $(VENV)/ready
BROWSING := $(VENV)/browsing
TOOLS := $(VENV)/tools
# `make browse` opens the demo's archive where there is no other, unless told which.
DEMO := data/demo/newsbot.db

.PHONY: help setup demo crawl test check format docs browse reader scale pace dedup kills bulk standby simulation fuzz clean

help:  ## what there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

setup: $(TOOLS)  ## everything the other targets need, in .venv

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'newsbot needs Python 3.11 or newer; name one with: make PYTHON=python3.11' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo 'Python has no venv here; on Debian: apt-get install python3-venv' >&2; exit 1; }
	@echo 'Setting up $(VENV) ...'
	@$(BIN)/python -m pip install -qq --upgrade 'pip>=25'
	@$(BIN)/python -m pip install -qq --constraint constraints.txt --editable .
	@touch $@

$(TOOLS): $(READY)
	@echo 'Adding the tools for development, about a minute ...'
	@$(BIN)/python -m pip install -qq --constraint constraints.txt --editable '.[browse,parquet,postgres,dev,benchmarks]'
	@touch $@ $(BROWSING)

$(BROWSING): $(READY)
	@echo 'Adding what browsing needs ...'
	@$(BIN)/python -m pip install -qq --constraint constraints.txt --editable '.[browse]'
	@touch $@

demo: $(READY)  ## a real crawl of a replica of the site on this machine, and what it stored
	@$(BIN)/python -m tests.demo

crawl: $(READY)  ## crawl the live site once
	@$(BIN)/scrapy crawl nzcity

test: $(TOOLS)  ## all tests, with coverage
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=term

check: $(TOOLS)  ## format, lint, spelling and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/codespell -D - -D .codespell-words -L secon,couldn,ore,cna,atmost \
		newsbot docs README.md CONTRIBUTING.md CHANGELOG.md --skip '*.png,docs/commands.md'
	@$(BIN)/mypy

format: $(TOOLS)  ## put the code into shape
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

reader: $(TOOLS)  ## pages a second of the reader, beside generic extractors
	@$(BIN)/python -m benchmarks.reader

scale: $(TOOLS)  ## what a million articles cost; SIZE='10000 100000 1000000'
	@$(BIN)/python -m benchmarks.scale $(SIZE)

pace: $(TOOLS)  ## pages a second of the whole crawl, beside a bare Scrapy spider
	@$(BIN)/python -m benchmarks.crawl

dedup: $(TOOLS)  ## how well near duplicates are found; PAIRS=FOLDER, see benchmarks/dedup
	@$(BIN)/python -m benchmarks.dedup $(PAIRS)

kills: $(TOOLS)  ## SIGKILL at 200 random moments, and what is left each time; KILLS=20
	@$(BIN)/python -m benchmarks.kills $(KILLS)

standby: $(TOOLS)  ## two crawlers on one PostgreSQL, and SIGKILL of the one that works; KILLS=20
	@$(BIN)/python -m benchmarks.standby $(KILLS)

bulk: $(TOOLS)  ## bulk reading on Dask beside local processes; needs the extra dask
	@$(BIN)/python -m pip install -qq --constraint constraints.txt --editable '.[dask]'
	@$(BIN)/python -m benchmarks.bulk

simulation: $(TOOLS)  ## a month of hourly crawls of the replica, in half an hour; DAYS=31
	@$(BIN)/python -m benchmarks.simulation $(if $(DAYS),--days $(DAYS))

fuzz: $(TOOLS)  ## odd input for ten minutes; TARGET=reader, MINUTES=10, see benchmarks/fuzz
	@$(BIN)/python -m benchmarks.fuzz $(or $(TARGET),reader) --minutes $(or $(MINUTES),10)

docs: $(TOOLS)  ## make again what is made in docs/: schema, commands, the cookbook's outputs
	@$(BIN)/python -m tests.schema_reference > docs/schema.md
	@$(BIN)/python -m tests.command_reference > docs/commands.md
	@$(BIN)/python -m tests.cookbook

browse: $(BROWSING)  ## the archive in a browser; the demo's where there is no other
	@if [ -z "$$NEWSBOT_DATABASE_URL" ] && [ ! -e data/newsbot.db ]; then \
		[ -e $(DEMO) ] || { echo 'There is no archive yet; make one with: make demo' >&2; exit 1; }; \
		$(BIN)/newsbot browse --open --database sqlite:///$(DEMO) --archive $(dir $(DEMO))warc; \
	else \
		$(BIN)/newsbot browse --open; \
	fi

clean:  ## forget the set-up; data/ stays
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
