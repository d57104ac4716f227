/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp_validate.h - the command `spanlab vmp validate`: what is known without
 * the model, and what the model says of it.
 *
 * Used by vmp.c and vmp_validate_*.c.
 */
#ifndef SL_DRIVER_VMP_VALIDATE_H
#define SL_DRIVER_VMP_VALIDATE_H

#include <stdbool.h>

#include "harness/driver/util.h"

enum sl_vmp_part {
	SL_VMP_REPEATS,   /* one seed is one run */
	SL_VMP_FORMULAS,  /* what follows from a profile by arithmetic */
	SL_VMP_TICKET,    /* a ticket lock by a Markov chain */
	SL_VMP_PUBLISHED, /* curves of real machines */
	SL_VMP_PROBES,    /* loops on this machine */
	SL_VMP_VARIANTS,  /* the allocator on this machine */
	SL_VMP_NPARTS
};

/* One comparison; texts or numbers. */
struct sl_vmp_row {
	enum sl_vmp_part part;
	char *what;
	char *want_text, *got_text; /* or NULL */
	double want, got;
	const char *unit;
	double gate; /* percent; 0: must be equal; < 0: none */
	bool is_fitted, is_held_out;
};

enum sl_vmp_state { SL_VMP_WITHIN, SL_VMP_OFF, SL_VMP_TOLD };

struct sl_vmp_validation {
	/* asked for */
	const char *profile; /* its name or file; NULL: all that are known */
	const char *output;
	bool is_quick, no_host;
	/* found */
	struct sl_names profiles; /* files */
	struct sl_vmp_row *rows;
	size_t n;
	struct sl_names notes[SL_VMP_NPARTS];
	char *host_summary;
};

/* `spanlab vmp validate`; argv[0] is "validate". */
int sl_vmp_validate(int argc, char **argv);

/* Takes the row and its texts. */
void sl_vmp_row_add(struct sl_vmp_validation *v, const struct sl_vmp_row *row);
void sl_vmp_note(struct sl_vmp_validation *v, enum sl_vmp_part part,
    const char *fmt, ...) SL_PRINTF(3, 4);

/* In percent of what is wanted; NAN for texts. */
double sl_vmp_row_error(const struct sl_vmp_row *row);
enum sl_vmp_state sl_vmp_row_state(const struct sl_vmp_row *row);

/* vmp_validate_model.c: the same on any machine */
void sl_vmp_validate_model(struct sl_vmp_validation *v);

/* vmp_validate_host.c: this machine, measured and modelled */
void sl_vmp_validate_host(struct sl_vmp_validation *v);

/* vmp_validate_page.c; the caller frees */
char *sl_vmp_validate_html(const struct sl_vmp_validation *v);
char *sl_vmp_validate_markdown(const struct sl_vmp_validation *v);
char *sl_vmp_validate_json(const struct sl_vmp_validation *v);

#endif /* SL_DRIVER_VMP_VALIDATE_H */
