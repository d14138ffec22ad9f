# The commands a person types. Each installs what it needs first (Debian's packages, npm) and may be
# run again at any time.
.PHONY: help run build install trigger-zip test unit check sanitize fuzz bench tidy clean
help:
	@echo "make run          build, start the server with demo data, print what to try (Ctrl-C stops it)"
	@echo "make test         build and run every test"
	@echo "make build        the release binary, at build/release/parley"
	@echo "make install      that, with its shell completions, under PREFIX (/usr/local)"
	@echo "make unit         the unit tests of a development build"
	@echo "make trigger-zip  the conversation trigger, packed for AWS Lambda (deploy/README.md)"
	@echo "make check        layers and style"
	@echo "make sanitize     the unit tests under asan+ubsan, then tsan"
	@echo "make fuzz         each fuzzer for a minute"
	@echo "make bench        Parley beside DynamoDB Local and dynalite; triggers; messaging"
	@echo "make tidy         clang-tidy over the whole tree"

build:
	@scripts/setup.sh build
	@cmake --preset release -DPARLEY_TESTS=OFF $(QUIET)
	@cmake --build build/release --target parley
	@ln -sf src/cli/parley build/release/parley

PREFIX ?= /usr/local
SHARE = $(DESTDIR)$(PREFIX)/share
install: build
	@install -D -m 755 build/release/parley $(DESTDIR)$(PREFIX)/bin/parley
	@mkdir -p $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions \
	  $(SHARE)/fish/vendor_completions.d
	@build/release/parley completion bash >$(SHARE)/bash-completion/completions/parley
	@build/release/parley completion zsh >$(SHARE)/zsh/site-functions/_parley
	@build/release/parley completion fish >$(SHARE)/fish/vendor_completions.d/parley.fish
	@echo "parley is in $(PREFIX)/bin"

trigger-zip:
	@scripts/setup.sh build
	@cmake --preset release -DPARLEY_TESTS=OFF >/dev/null
	@cmake --build build/release --target conversation-trigger
	@scripts/package_trigger.py build/release/src/bootstrap/conversation-trigger \
	  build/release/conversation-trigger.zip

run: QUIET = >/dev/null
run: build
	@exec build/release/parley serve --demo $(ARGS)

# One build serves the unit tests and the black-box tests.
test:
	@scripts/setup.sh test
	@cmake --preset release -DPARLEY_TESTS=ON >/dev/null
	@cmake --build build/release
	@ln -sf src/cli/parley build/release/parley
	@/usr/bin/python3 tests/run.py --build build/release

unit:
	@scripts/setup.sh test
	@cmake --preset dev >/dev/null
	@cmake --build build/dev
	@ctest --test-dir build/dev --output-on-failure

check:
	@scripts/setup.sh test
	@/usr/bin/python3 tests/layers/check_layers.py
	@/usr/bin/python3 scripts/check_style.py

sanitize:
	@scripts/setup.sh test
	@for preset in asan tsan; do \
	  cmake --preset $$preset >/dev/null && cmake --build build/$$preset && \
	  ctest --test-dir build/$$preset --output-on-failure || exit 1; done

fuzz:
	@scripts/setup.sh fuzz
	@scripts/fuzz.sh

tidy:
	@scripts/setup.sh test
	@scripts/setup.sh fuzz
	@cmake --preset dev >/dev/null
	@git ls-files 'src/*.cc' | xargs -P 2 -n 4 clang-tidy-19 -p build/dev --quiet

bench:
	@scripts/setup.sh test
	@cmake --preset release -DPARLEY_BENCH=ON >/dev/null
	@cmake --build build/release
	@ln -sf src/cli/parley build/release/parley
	@status=0; /usr/bin/python3 bench/run.py $(ARGS) || status=1; \
	$(if $(findstring --only,$(ARGS)),,/usr/bin/python3 bench/triggers.py \
	  $(filter --write-docs,$(ARGS)) || status=1; /usr/bin/python3 bench/messages.py \
	  $(filter --write-docs,$(ARGS)) || status=1;) exit $$status

clean:
	@rm -rf build
