/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bag_history.c - two judges of a bag's history; see bag_history.h.
 *
 * The quick one: let a value be in the bag as short as can be, from the end of
 * its insertion to the begin of its claim.  Each order has it there at least
 * so long, and these choices do not hinder each other.  So a claim may find
 * nothing if and only if at one moment of it no value is there.  (A claim that
 * begins before the insertion has ended leaves no such time: both can take
 * place next to each other.)
 */
#include "tests/unit/bag_history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEARCHED = 16 };

static char text[160];

static int
by_value(const void *a, const void *b)
{
	const struct bag_event *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	if (x->is_claim != y->is_claim)
		return x->is_claim ? 1 : -1;
	return x->begin < y->begin ? -1 : 1;
}

static int
by_begin(const void *a, const void *b)
{
	const struct bag_event *x = a, *y = b;

	return x->begin < y->begin ? -1 : 1;
}

static const char *
say(const char *what, const struct bag_event *e)
{
	snprintf(text, sizeof(text), "value %#x %s (%llu to %llu)",
	    (unsigned)e->value, what, (unsigned long long)e->begin,
	    (unsigned long long)e->end);
	return text;
}

/* The events of one value, the first of n; sets how many they are. */
static const char *
check_value(const struct bag_event *e, size_t n, size_t *used)
{
	size_t k = 1;

	while (k < n && e[k].value == e->value)
		k++;
	*used = k;
	if (e->is_claim)
		return say("was claimed and never inserted", e);
	if (k > 1 && !e[1].is_claim)
		return say("was inserted twice", &e[1]);
	if (k > 2)
		return say("was claimed twice", &e[2]);
	if (k == 2 && e[1].end < e->begin)
		return say("was claimed before it was inserted", &e[1]);
	return NULL;
}

/* In which a value is in the bag, whatever the order is. */
struct span_of_time {
	uint64_t from, to;
};

static int
by_from(const void *a, const void *b)
{
	const struct span_of_time *x = a, *y = b;

	return x->from < y->from ? -1 : 1;
}

/* Fills t with the times in which the bag cannot be empty, in order and apart.
 * The events are sorted by value. */
static size_t
full_times(const struct bag_event *e, size_t n, struct span_of_time *t)
{
	size_t k = 0, m = 0;

	for (size_t i = 0; i < n; i++) {
		bool is_claimed = i + 1 < n && e[i + 1].value == e[i].value;
		uint64_t to = is_claimed ? e[i + 1].begin : UINT64_MAX;

		if (e[i].value != 0 && !e[i].is_claim && e[i].end < to)
			t[k++] = (struct span_of_time){e[i].end, to};
	}
	qsort(t, k, sizeof(t[0]), by_from);
	for (size_t i = 0; i < k; i++) {
		if (m > 0 && t[i].from < t[m - 1].to) {
			if (t[i].to > t[m - 1].to)
				t[m - 1].to = t[i].to;
		} else {
			t[m++] = t[i];
		}
	}
	return m;
}

/* Does another operation overlap with event i?  Sorted by begin; latest is the
 * latest end of those before it. */
static bool
is_busy(const struct bag_event *e, size_t n, size_t i, uint64_t latest)
{
	return latest > e[i].begin || (i + 1 < n && e[i + 1].begin < e[i].end);
}

/* Sorted by begin, as t is by its. */
static const char *
check_misses(const struct bag_event *e, size_t n, const struct span_of_time *t,
    size_t nt, enum sl_miss miss)
{
	uint64_t latest = 0;
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		/* Those that end before this one begins do so for the rest. */
		while (k < nt && t[k].to < e[i].begin)
			k++;
		if (e[i].value == 0 && k < nt && t[k].from < e[i].begin &&
		    t[k].to > e[i].end &&
		    (miss == SL_MISS_NEVER || !is_busy(e, n, i, latest))) {
			snprintf(text, sizeof(text),
			    "a claim found nothing (%llu to %llu), but the "
			    "bag was not empty from %llu to %llu",
			    (unsigned long long)e[i].begin,
			    (unsigned long long)e[i].end,
			    (unsigned long long)t[k].from,
			    (unsigned long long)t[k].to);
			return text;
		}
		if (e[i].end > latest)
			latest = e[i].end;
	}
	return NULL;
}

const char *
bag_check(struct bag_event *e, size_t n, enum sl_miss miss)
{
	struct span_of_time *t;
	const char *fault = NULL;
	size_t i, used, nt;

	qsort(e, n, sizeof(e[0]), by_value);
	for (i = 0; i < n && e[i].value == 0; i++)
		;
	for (; i < n && fault == NULL; i += used)
		fault = check_value(&e[i], n - i, &used);
	if (fault != NULL || miss == SL_MISS_ANY)
		return fault;
	t = calloc(n + 1, sizeof(t[0]));
	if (t == NULL)
		return "no memory to judge a history";
	nt = full_times(e, n, t);
	qsort(e, n, sizeof(e[0]), by_begin);
	fault = check_misses(e, n, t, nt, miss);
	free(t);
	return fault;
}

/* --- by search --------------------------------------------------------- */

static bool
is_in_bag(const struct bag_event *e, size_t n, unsigned done, uint32_t value)
{
	bool in = false;

	for (size_t i = 0; i < n; i++)
		if ((done >> i & 1) != 0 && e[i].value == value)
			in = !in; /* inserted, then claimed */
	return in;
}

static bool
is_empty(const struct bag_event *e, size_t n, unsigned done)
{
	for (size_t i = 0; i < n; i++)
		if (e[i].value != 0 && is_in_bag(e, n, done, e[i].value))
			return false;
	return true;
}

/* May event i be the next one?  Those that are done leave one state. */
static bool
may_follow(const struct bag_event *e, size_t n, unsigned done, size_t i)
{
	for (size_t k = 0; k < n; k++) {
		if ((done >> k & 1) != 0) {
			/* A value comes and goes once. */
			if (e[k].value == e[i].value && e[i].value != 0 &&
			    e[k].is_claim == e[i].is_claim)
				return false;
		} else if (e[k].end < e[i].begin) {
			return false;
		}
	}
	if (!e[i].is_claim)
		return true;
	return e[i].value == 0 ? is_empty(e, n, done)
			       : is_in_bag(e, n, done, e[i].value);
}

static bool
search(const struct bag_event *e, size_t n, unsigned done, bool *seen)
{
	if (done == (1u << n) - 1)
		return true;
	if (seen[done])
		return false;
	seen[done] = true;
	for (size_t i = 0; i < n; i++)
		if ((done >> i & 1) == 0 && may_follow(e, n, done, i) &&
		    search(e, n, done | 1u << i, seen))
			return true;
	return false;
}

bool
bag_check_by_search(const struct bag_event *e, size_t n)
{
	static bool seen[1u << SEARCHED];

	memset(seen, 0, sizeof(seen));
	return n <= SEARCHED && search(e, n, 0, seen);
}
