#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a cmocka program. cmocka 1.1.5 writes a skipped test as "not ok N # SKIP", which readers of TAP take for a failure.
out=$("$@")
status=$?
printf '%s\n' "$out" | sed 's/^not ok \([0-9]*\) # SKIP/ok \1 # SKIP/'
exit $status
