/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_bag_history.c - the judge of recorded histories: each kind of fault is
 * found, and on small histories it says what a search over all orders says.
 * Run by make check, once.
 */
#include <stdio.h>
#include <string.h>

#include "tests/unit/bag_history.h"
#include "tests/unit/unit.h"

enum { EVENTS = 10 };

#define INSERT(v, b, e)                                                        \
	{                                                                      \
		.begin = b, .end = e, .value = v                               \
	}
#define CLAIM(v, b, e)                                                         \
	{                                                                      \
		.begin = b, .end = e, .value = v, .is_claim = true             \
	}

static void
test_each_fault(void **state)
{
	static const struct {
		struct bag_event e[4];
		size_t n;
		enum sl_miss miss;
		const char *want; /* a part of it, or NULL */
	} cases[] = {
	    {{INSERT(7, 1, 2), CLAIM(7, 3, 4), CLAIM(0, 5, 6)}, 3,
		SL_MISS_NEVER, NULL},
	    {{INSERT(7, 1, 4), CLAIM(7, 2, 3)}, 2, SL_MISS_NEVER, NULL},
	    {{CLAIM(7, 1, 2)}, 1, SL_MISS_NEVER, "never inserted"},
	    {{CLAIM(7, 1, 2), INSERT(7, 3, 4)}, 2, SL_MISS_NEVER,
		"before it was inserted"},
	    {{INSERT(7, 1, 2), CLAIM(7, 3, 4), CLAIM(7, 5, 6)}, 3,
		SL_MISS_NEVER, "claimed twice"},
	    {{INSERT(7, 1, 2), INSERT(7, 3, 4)}, 2, SL_MISS_NEVER,
		"inserted twice"},
	    /* lost, or said to be empty: there is no difference */
	    {{INSERT(7, 1, 2), CLAIM(0, 3, 4)}, 2, SL_MISS_NEVER,
		"found nothing"},
	    {{INSERT(7, 1, 2), CLAIM(0, 3, 4)}, 2, SL_MISS_BUSY,
		"found nothing"},
	    {{INSERT(7, 1, 2), CLAIM(0, 3, 4)}, 2, SL_MISS_ANY, NULL},
	    {{INSERT(7, 1, 2), CLAIM(0, 3, 6), INSERT(8, 4, 5)}, 3,
		SL_MISS_NEVER, "found nothing"},
	    {{INSERT(7, 1, 2), CLAIM(0, 3, 6), INSERT(8, 4, 5)}, 3,
		SL_MISS_BUSY, NULL},
	    /* one leaves and another comes: empty in between, or not */
	    {{INSERT(7, 1, 2), CLAIM(0, 3, 8), CLAIM(7, 4, 5), INSERT(8, 6, 7)},
		4, SL_MISS_NEVER, NULL},
	    {{INSERT(7, 1, 2), CLAIM(0, 3, 8), INSERT(8, 4, 5), CLAIM(7, 6, 7)},
		4, SL_MISS_NEVER, "found nothing"},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct bag_event e[4];
		const char *found;

		memcpy(e, cases[i].e, sizeof(e));
		found = bag_check(e, cases[i].n, cases[i].miss);
		if ((found == NULL) != (cases[i].want == NULL) ||
		    (found != NULL && strstr(found, cases[i].want) == NULL))
			fail_msg("case %zu: %s", i, found ? found : "no fault");
	}
}

/* Stamps 1 to 2n in any order, and values that mostly fit. */
static void
make_history(uint64_t *dice, struct bag_event *e, size_t n)
{
	uint64_t stamp[2 * EVENTS];

	for (size_t i = 0; i < 2 * n; i++) {
		size_t k = (size_t)unit_random(dice, i + 1);

		stamp[i] = stamp[k];
		stamp[k] = i + 1;
	}
	for (size_t i = 0; i < n; i++) {
		uint64_t a = stamp[2 * i], b = stamp[2 * i + 1];

		e[i] = (struct bag_event){.begin = a < b ? a : b,
		    .end = a < b ? b : a,
		    .is_claim = unit_random(dice, 5) > 1};
		if (!e[i].is_claim)
			e[i].value = (uint32_t)i + 1;
	}
	for (size_t i = 0; i < n; i++) {
		size_t k = (size_t)unit_random(dice, n);

		if (e[i].is_claim && unit_random(dice, 2) == 0)
			e[i].value = e[k].is_claim ? 0 : e[k].value;
	}
}

static void
test_against_a_search(void **state)
{
	uint64_t dice = unit_seed(5);
	unsigned good = 0, all = unit_scaled(20000);

	(void)state;
	for (unsigned i = 0; i < all; i++) {
		struct bag_event e[EVENTS], copy[EVENTS];
		size_t n = 2 + (size_t)unit_random(&dice, EVENTS - 1);
		const char *found;
		bool fits;

		make_history(&dice, e, n);
		memcpy(copy, e, sizeof(e));
		fits = bag_check_by_search(e, n);
		found = bag_check(copy, n, SL_MISS_NEVER);
		good += fits;
		if (fits == (found == NULL))
			continue;
		for (size_t k = 0; k < n; k++)
			printf("# %s %u: %llu to %llu\n",
			    e[k].is_claim ? "claim" : "insert", e[k].value,
			    (unsigned long long)e[k].begin,
			    (unsigned long long)e[k].end);
		fail_msg("history %u: the search finds %s, the judge says: %s",
		    i, fits ? "an order" : "none", found ? found : "fine");
	}
	printf("# %u of %u histories are a bag's\n", good, all);
	assert_true(good > all / 20 && good < all - all / 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_fault),
	    cmocka_unit_test(test_against_a_search),
	};

	unit_start_alone();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
