/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * util.h - what every room of the driver needs: messages, memory, strings,
 * lists of names and random numbers.
 *
 * Used by every file of the driver.  The driver is one thread, but where it
 * measures this machine (harness/vmp/host.h).
 */
#ifndef SL_DRIVER_UTIL_H
#define SL_DRIVER_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What spanlab's exit status means. */
enum {
	SL_EXIT_OK = 0,
	SL_EXIT_CELLS_FAILED = 1, /* the sweep ended, some cells failed */
	SL_EXIT_USAGE = 2,        /* nothing was created */
	SL_EXIT_CANNOT = 3,       /* disk full, bench missing, ... */
	SL_EXIT_INTERRUPTED = 130,
};

#define SL_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* One line "spanlab: ..." on stderr. */
void sl_complain(const char *fmt, ...) SL_PRINTF(1, 2);
/* The same, then exit(status). */
_Noreturn void sl_die(int status, const char *fmt, ...) SL_PRINTF(2, 3);

/* Memory, or exit. */
void *sl_alloc(size_t bytes);
void *sl_alloc_array(size_t count, size_t size); /* zeroed */
void *sl_realloc(void *ptr, size_t bytes);
char *sl_strdup(const char *s);
char *sl_printf(const char *fmt, ...) SL_PRINTF(1, 2);

/* A growing string; s is always terminated once something was added. */
struct sl_text {
	char *s;
	size_t len, room;
};
void sl_text_add(struct sl_text *t, const char *s);
void sl_text_add_n(struct sl_text *t, const char *s, size_t n);
void sl_text_addf(struct sl_text *t, const char *fmt, ...) SL_PRINTF(2, 3);
void sl_text_destroy(struct sl_text *t);

/* A list of strings it owns. */
struct sl_names {
	char **v;
	size_t n;
};
void sl_names_add(struct sl_names *l, const char *s);
bool sl_names_has(const struct sl_names *l, const char *s);
/* Splits at commas; empty parts are kept, for the caller to refuse. */
void sl_names_split(struct sl_names *l, const char *s);
/* "a, b, c"; the caller frees. */
char *sl_names_join(const struct sl_names *l, const char *between);
void sl_names_destroy(struct sl_names *l);
/* The member nearest to s by edit distance, or NULL if none is near. */
const char *sl_names_nearest(const struct sl_names *l, const char *s);

/* A name that may become part of a file name: [A-Za-z0-9][A-Za-z0-9._+-]*,
 * at most 64 long. */
bool sl_name_valid(const char *s);

/* A small seeded generator (splitmix64); sl_rng_below(r, n) is in [0, n). */
struct sl_rng {
	uint64_t state;
};
uint64_t sl_rng_next(struct sl_rng *r);
uint64_t sl_rng_below(struct sl_rng *r, uint64_t n);

double sl_now_s(void); /* monotonic */

/* "1:05" or "2:03:09". */
const char *sl_clock_text(double seconds, char buf[32]);

#endif /* SL_DRIVER_UTIL_H */
