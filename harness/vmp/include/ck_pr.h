/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ck_pr.h - Concurrency Kit's own, by its port to compilers' builtins, whose
 * steps the virtual multiprocessor sees.
 *
 * Included by ck's headers, in guests, in place of the one that this includes.
 * That port lacks the double-width swap; its loads and stores are volatile,
 * and its exchange is a loop: here they are what they are on x86.
 */
#ifndef SL_VMP_CK_PR_H
#define SL_VMP_CK_PR_H

#define CK_USE_CC_BUILTINS 1
#include_next <ck_pr.h>

#include "harness/vmp/vmp.h"

#define CK_F_PR_CAS_PTR_2
#define CK_F_PR_CAS_PTR_2_VALUE

typedef unsigned __int128 __attribute__((may_alias)) vmp_two_words;

static inline bool
ck_pr_cas_ptr_2_value(void *target, void *compare, void *set, void *value)
{
	vmp_two_words was, want, new;

	__builtin_memcpy(&want, compare, sizeof(want));
	__builtin_memcpy(&new, set, sizeof(new));
	was = __sync_val_compare_and_swap((vmp_two_words *)target, want, new);
	__builtin_memcpy(value, &was, sizeof(was));
	return was == want;
}

static inline bool
ck_pr_cas_ptr_2(void *target, void *compare, void *set)
{
	vmp_two_words was;

	return ck_pr_cas_ptr_2_value(target, compare, set, &was);
}

#define VMP_CK_LOAD(type, p)                                                   \
	__atomic_load_n((type const *)(p), __ATOMIC_RELAXED)
#define VMP_CK_STORE(type, p, v)                                               \
	__atomic_store_n((type *)(p), (type)(v), __ATOMIC_RELAXED)
#define VMP_CK_SWAP(type, p, v)                                                \
	__atomic_exchange_n((type *)(p), (type)(v), __ATOMIC_SEQ_CST)

#define ck_pr_md_load_ptr(p) VMP_CK_LOAD(void *, p)
#define ck_pr_md_load_64(p) VMP_CK_LOAD(uint64_t, p)
#define ck_pr_md_load_32(p) VMP_CK_LOAD(uint32_t, p)
#define ck_pr_md_load_uint(p) VMP_CK_LOAD(unsigned, p)
#define ck_pr_md_load_int(p) VMP_CK_LOAD(int, p)
#define ck_pr_md_store_ptr(p, v) VMP_CK_STORE(void *, p, v)
#define ck_pr_md_store_64(p, v) VMP_CK_STORE(uint64_t, p, v)
#define ck_pr_md_store_32(p, v) VMP_CK_STORE(uint32_t, p, v)
#define ck_pr_md_store_uint(p, v) VMP_CK_STORE(unsigned, p, v)
#define ck_pr_md_store_int(p, v) VMP_CK_STORE(int, p, v)
#define ck_pr_fas_ptr(p, v) VMP_CK_SWAP(void *, p, v)
#define ck_pr_fas_uint(p, v) VMP_CK_SWAP(unsigned, p, v)
#define ck_pr_stall() vmp_pause()

#endif /* SL_VMP_CK_PR_H */
