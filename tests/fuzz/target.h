/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * target.h - what a fuzz target defines: libFuzzer's interface.
 *
 * Used by the targets and replay.c.
 */
#ifndef TESTS_FUZZ_TARGET_H
#define TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

/* Once, first. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* One input.  A fault ends the process by a signal. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* TESTS_FUZZ_TARGET_H */
