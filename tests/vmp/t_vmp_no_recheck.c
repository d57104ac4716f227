/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_no_recheck.c - core's release of a span that looks at what is free
 * before it clears C and not after: the span is forgotten, and found so on
 * virtual threads.  Run by make check, once.
 */
#define sl_mspan_release sound_release
#include "core/mspan.c"
#undef sl_mspan_release

#define SL_VARIANT_NAME "mutex"
#define SL_VARIANT_BOUND 0
#include "variants/mutex.c"

#include "tests/vmp/scenario_cases.h"

bool sl_mspan_release(struct sl_mspan *s);

bool
sl_mspan_release(struct sl_mspan *s)
{
	uint64_t w = sl_load_rlx(&s->word);
	bool useful = sl_mspan_is_claimable(s);

	sl_mspan_set_owner(s, NULL);
	while (!sl_cas_sc(&s->word, &w, w - SL_W_C + SL_W_G_ONE))
		;
	return (w & SL_W_L) == 0 && useful && list_if_useful(s);
}

int
main(int argc, char **argv)
{
	return scenario_cases_planted_main(argc, argv, "free-detach", 500);
}
