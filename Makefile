# Postern. What to type:
#   make run                  installs what is needed, builds, turns samples/ into out/
#   make run FILE=page.mhtml  the same for a file of yours
#   make test                 every test
#   make bench                side by side with others
#   make install PREFIX=/usr/local [DESTDIR=…]
#   make clean
#
# The release build lives in build-release/; the tests make their own in build/ and build-asan/.
PREFIX ?= /usr/local
override PREFIX := $(abspath $(PREFIX))
BUILD := build-release
POSTERN := $(BUILD)/src/cli/postern
FILE ?=

.PHONY: all run test bench install clean need

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD) >$(BUILD)/build.log || { cat $(BUILD)/build.log; exit 1; }

need:
	@tools/need build

$(BUILD)/build.ninja: | need
	@echo "configuring and building; this is done once"
	@meson setup $(BUILD) -Dbuildtype=release -Dtests=false --prefix=$(PREFIX) >/dev/null

run: need
	@$(MAKE) --no-print-directory all
	@tools/run-samples $(POSTERN) "$(FILE)"

test:
	@tools/need build test
	@tests/run

bench:
	@tools/need build test bench
	@bench/run

install: need
	@$(MAKE) --no-print-directory all
	@meson configure $(BUILD) -Dprefix=$(PREFIX)
	@ninja -C $(BUILD) >$(BUILD)/build.log || { cat $(BUILD)/build.log; exit 1; }
	@meson install -C $(BUILD) --no-rebuild $(if $(DESTDIR),--destdir "$(abspath $(DESTDIR))") >/dev/null
	@[ -n "$(DESTDIR)" ] || [ "$$(id -u)" != 0 ] || ldconfig
	@echo "installed below $(DESTDIR)$(PREFIX): postern, libpostern, headers, man pages; pkg-config postern"

clean:
	rm -rf build build-* out
