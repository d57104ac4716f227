/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mprof.h - a profile of who allocates, by samples (Go: mprof).
 *
 * Used by mhook and malloc.  Bytes are sampled, not calls: the distance from
 * one sample to the next is random, from the exponential distribution whose
 * mean is profile=BYTES, so that each byte has the same chance.  An object of n
 * bytes is in the sample with probability 1 - exp(-n / BYTES); who reads the
 * profile divides by that.
 *
 *   operation | progress                              | memory
 *   ----------+---------------------------------------+------------------------
 *   is_due    | waits for nobody                      | the thread's
 *   alloc     | one mutex, for objects in the sample  | buckets are for ever
 *   free      | no lock if no sample is in its chain  | samples are used again
 *   write     | the mutex, while it writes            | -
 *
 * No ABA: chains change under the mutex only.
 */
#ifndef SL_MPROF_H
#define SL_MPROF_H

#include "core/mstack.h"

/* What a thread keeps. */
struct sl_prof_thread {
	int64_t left; /* bytes to the next sample */
	uint64_t random;
};

void sl_prof_thread_init(struct sl_prof_thread *t, uint32_t number);

/* Is an allocation of so many bytes in the sample? */
bool sl_prof_is_due(struct sl_prof_thread *t, size_t bytes);

/* An object that is in the sample. */
void sl_prof_alloc(uintptr_t p, size_t bytes, const struct sl_stack *st);

/* Any object; if it was in the sample it is in use no more. */
void sl_prof_free(uintptr_t p);

/* Write the profile to the file, for pprof.  Returns 0 or an errno. */
int sl_prof_write(const char *path);

/* The same to the file of profile-file=, if that was given; what fails is
 * told. */
void sl_prof_write_at_end(void);

void sl_prof_fork_prepare(void);
void sl_prof_fork_done(void);

#endif /* SL_MPROF_H */
