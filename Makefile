# SPDX-License-Identifier: Apache-2.0
# The front door. Each target alone does all set-up on a fresh Debian 12; the work itself is Meson's.
.PHONY: help build demo check check-deep differential lines bench install clean fuzz
.DEFAULT_GOAL := help

help:                ## this list
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 14

build:               ## release build: build/nextline and build/nextline.pack
	@tools/setup build
	@tools/build build

demo: build          ## a plan for a sample stage IV patient on the screen
	@tools/demo

check:               ## everything that must be green: two builds, all suites, tidy (about ten minutes, set-up included)
	@tools/setup check
	@tools/check

check-deep:          ## slow checks: second engine, full fault sweeps, valgrind, clang-tidy, cppcheck, fuzzing for a while
	@tools/setup deep
	@tools/check-deep

differential: build  ## a second CQL engine over golden and made-up patients, then over random expressions for 15 minutes
	@node test/differential/run.mjs --build build
	@nice -n 10 node test/differential/random.mjs --program build/nextline --seconds 900 --coverage

lines: build         ## lines of therapy against 1,000 drawn histories in five recording styles (minutes)
	@node test/lines/run.mjs --program build/nextline --pack build/nextline.pack

bench: build         ## cold plan of one patient beside nextline --version, as ratios
	@node bench/cold_plan.mjs --program build/nextline --pack build/nextline.pack

fuzz:                ## fuzz targets into build-fuzz (run them by hand: SECURITY.md says how)
	@tools/setup check
	@tools/build fuzz

install: build       ## into PREFIX (default /usr/local); honours DESTDIR
	@meson install -C build --no-rebuild

clean:               ## build folders away
	rm -rf build build-sanitize build-fuzz build-threads
