/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * claim.h - judges a claim: reproduced, not reproduced, or not to be said
 * here.
 *
 * Used by the rooms of papers.  The value is the expression over the medians
 * of all rounds; its interval is the 95 % percentile bootstrap, in which each
 * point draws its own rounds.  A claim is reproduced if the whole interval is
 * as expected, not reproduced if none of it is, and otherwise inconclusive.
 */
#ifndef SL_DRIVER_CLAIM_H
#define SL_DRIVER_CLAIM_H

#include "harness/driver/paper.h"
#include "harness/driver/stats.h"

enum sl_claim_state {
	SL_REPRODUCED,
	SL_NOT_REPRODUCED,
	SL_INCONCLUSIVE,
	SL_N_STATES,
};
/* "reproduced"; static. */
const char *sl_claim_state_text(enum sl_claim_state state);

struct sl_judgement {
	enum sl_claim_state state;
	char *why;    /* it is inconclusive; NULL */
	double value; /* in base units; NAN: there is none */
	struct sl_interval in;
	size_t rounds; /* of the point that has fewest; 0: none is measured */
};

/* What this machine has. */
struct sl_here {
	unsigned cpus, nodes;
	double others;     /* percent of the CPU time that others had */
	double others_max; /* and what is too much to judge times */
};

/* NULL: it can be judged on such a machine.  Else why not; the caller frees. */
char *sl_claim_impossible(const struct sl_claim *c, const struct sl_here *here);

/* By the points of its paper.  `now` of them is changed. */
void sl_claim_judge(struct sl_paper *p, const struct sl_claim *c,
    const struct sl_here *here, struct sl_judgement *out);

#endif /* SL_DRIVER_CLAIM_H */
