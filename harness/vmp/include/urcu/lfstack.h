/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lfstack.h - liburcu's lock-free stack for guests: its names, and its
 * algorithm, a swap of the head.
 *
 * Included by variants, as guests, in place of liburcu's own header, whose
 * functions are in a library that is not compiled as a guest.
 * Treiber, IBM RJ 5118, 1986.
 */
#ifndef SL_VMP_LFSTACK_H
#define SL_VMP_LFSTACK_H

#include <stdbool.h>
#include <stddef.h>

struct cds_lfs_node {
	struct cds_lfs_node *next;
};

struct cds_lfs_head {
	struct cds_lfs_node node;
};

struct __cds_lfs_stack {
	struct cds_lfs_head *head;
};

static inline void
__cds_lfs_init(struct __cds_lfs_stack *s)
{
	s->head = NULL;
}

static inline void
cds_lfs_node_init(struct cds_lfs_node *n)
{
	(void)n;
}

static inline bool
cds_lfs_empty(struct __cds_lfs_stack *s)
{
	return __atomic_load_n(&s->head, __ATOMIC_RELAXED) == NULL;
}

static inline bool
cds_lfs_push(struct __cds_lfs_stack *s, struct cds_lfs_node *n)
{
	struct cds_lfs_head *head = NULL;

	/* The library too begins with the guess that it is empty. */
	do
		n->next = head == NULL ? NULL : &head->node;
	while (!__atomic_compare_exchange_n(&s->head, &head,
	    (struct cds_lfs_head *)(void *)n, false, __ATOMIC_SEQ_CST,
	    __ATOMIC_RELAXED));
	return head != NULL;
}

static inline struct cds_lfs_node *
__cds_lfs_pop(struct __cds_lfs_stack *s)
{
	struct cds_lfs_head *head = __atomic_load_n(&s->head, __ATOMIC_CONSUME);

	while (
	    head != NULL && !__atomic_compare_exchange_n(&s->head, &head,
				(struct cds_lfs_head *)(void *)__atomic_load_n(
				    &head->node.next, __ATOMIC_RELAXED),
				false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		;
	return head == NULL ? NULL : &head->node;
}

#endif /* SL_VMP_LFSTACK_H */
