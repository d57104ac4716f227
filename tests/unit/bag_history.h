/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bag_history.h - is a recorded history that of a linearizable bag?
 *
 * Used by set_history.c, and by t_bag_history.c, which compares the two
 * judges.  Each insertion has a value of its own, so whether an order of
 * operations exists can be told from intervals, without a search.
 */
#ifndef TESTS_BAG_HISTORY_H
#define TESTS_BAG_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/spanlab.h"

struct bag_event {
	uint64_t begin, end; /* of one clock; no two stamps are equal */
	uint32_t value;      /* not 0; a claim's is 0 if it found nothing */
	bool is_claim;
};

/*
 * NULL: there is an order of the operations, each at one moment between its
 * begin and its end, in which a claim returns what was inserted and not yet
 * claimed, and nothing only when there is nothing, or when `miss` allows it.
 * Otherwise one line that says what is wrong.  Sorts the events.  n log n.
 */
const char *bag_check(struct bag_event *e, size_t n, enum sl_miss miss);

/* The same for SL_MISS_NEVER and at most 16 events, by a search over the orders
 * (Wing and Gong, JPDC 17, 1993, with the states seen noted down). */
bool bag_check_by_search(const struct bag_event *e, size_t n);

#endif /* TESTS_BAG_HISTORY_H */
