/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ck_pr.h - Concurrency Kit's own, each operation of which is a step.
 *
 * Included by ck's headers in place of the one that this includes, in tests of
 * the kind `step`.  Functions that ck_pr.h itself builds on these are one step.
 */
#ifndef TESTS_STEP_CK_PR_H
#define TESTS_STEP_CK_PR_H

#include_next <ck_pr.h>

#include "tests/step/step.h"

/* A function, so that what the new value is read from is read before the step:
 * ck_stack has entry->next there. */
static inline bool
step_cas_ptr(void *p, void *compare, void *value)
{
	step_take();
	return ck_pr_cas_ptr(p, compare, value);
}

#define ck_pr_md_load_ptr(p) (step_take(), ck_pr_md_load_ptr(p))
#define ck_pr_md_load_64(p) (step_take(), ck_pr_md_load_64(p))
#define ck_pr_md_load_32(p) (step_take(), ck_pr_md_load_32(p))
#define ck_pr_md_load_uint(p) (step_take(), ck_pr_md_load_uint(p))
#define ck_pr_md_load_int(p) (step_take(), ck_pr_md_load_int(p))
#define ck_pr_md_store_ptr(p, v) (step_take(), ck_pr_md_store_ptr(p, v))
#define ck_pr_md_store_64(p, v) (step_take(), ck_pr_md_store_64(p, v))
#define ck_pr_md_store_32(p, v) (step_take(), ck_pr_md_store_32(p, v))
#define ck_pr_md_store_uint(p, v) (step_take(), ck_pr_md_store_uint(p, v))
#define ck_pr_md_store_int(p, v) (step_take(), ck_pr_md_store_int(p, v))
#define ck_pr_cas_ptr(p, c, v) step_cas_ptr(p, c, v)
#define ck_pr_cas_ptr_value(p, c, v, r)                                        \
	(step_take(), ck_pr_cas_ptr_value(p, c, v, r))
#define ck_pr_cas_ptr_2(p, c, v) (step_take(), ck_pr_cas_ptr_2(p, c, v))
#define ck_pr_cas_ptr_2_value(p, c, v, r)                                      \
	(step_take(), ck_pr_cas_ptr_2_value(p, c, v, r))
#define ck_pr_cas_uint(p, c, v) (step_take(), ck_pr_cas_uint(p, c, v))
#define ck_pr_fas_ptr(p, v) (step_take(), ck_pr_fas_ptr(p, v))
#define ck_pr_fas_uint(p, v) (step_take(), ck_pr_fas_uint(p, v))
#define ck_pr_faa_uint(p, v) (step_take(), ck_pr_faa_uint(p, v))
#define ck_pr_stall() (step_pause(), ck_pr_stall())

#endif /* TESTS_STEP_CK_PR_H */
