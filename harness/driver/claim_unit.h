/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * claim_unit.h - the units in which claims speak.
 *
 * Used by the rooms of papers.  A unit is a product of powers of seconds,
 * operations and bytes; all zero is a plain number, such as a ratio.
 */
#ifndef SL_DRIVER_CLAIM_UNIT_H
#define SL_DRIVER_CLAIM_UNIT_H

#include <stdbool.h>

struct sl_unit {
	signed char second, op, byte;
};

static inline bool
sl_unit_same(struct sl_unit a, struct sl_unit b)
{
	return a.second == b.second && a.op == b.op && a.byte == b.byte;
}

/* "ns/op": the unit, and how many of the base unit one is.  False if there is
 * no unit of that name. */
bool sl_unit_parse(const char *text, struct sl_unit *u, double *scale);

/* A name for it, as people may write it; static. */
const char *sl_unit_name(struct sl_unit u);

/* All names, for a message; static. */
const char *sl_unit_list(void);

/* What a cell's file tells under that name: its unit, the factor to the base
 * unit, and whether it is to be divided by the number of mallocs. */
struct sl_measure {
	struct sl_unit unit;
	double scale;
	bool is_per_op;
};
struct sl_measure sl_measure_of(const char *counter);

#endif /* SL_DRIVER_CLAIM_UNIT_H */
