/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unit.h - what the C tests share: seed, random numbers, children, waiting.
 *
 * Included by every test of this folder; unit.c is linked into each.  cmocka
 * keeps its state per process, so only the main thread may assert; threads
 * count what went wrong and the main thread asserts that it is 0.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define UNIT_COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* 1: the address or the thread sanitizer stands before the system. */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define UNIT_SANITIZED 1
#else
#define UNIT_SANITIZED 0
#endif

/* In a test that the sanitizer cannot run, and why. */
#define UNIT_SKIP_IF_SANITIZED(why)                                            \
	do {                                                                   \
		if (UNIT_SANITIZED) {                                          \
			print_message("# the sanitizer: %s\n", why);           \
			skip();                                                \
		}                                                              \
	} while (0)

/*
 * Called first by main: TAP on stdout, the seed ($SL_SEED or 1) and the
 * allocator that answers.  Ends the program if that is not the library that
 * the test was linked with (t_NAME-VARIANT).
 */
void unit_start(void);

/* The same for a program without such a library. */
void unit_start_alone(void);

/* n; with SL_CHECK=quick (slow tools, such as valgrind) a tenth of it, with
 * SL_CHECK=long five times as much. */
unsigned unit_scaled(unsigned n);

/* The same of meetings of this many threads over a set.  Fewer if its waiters
 * spin and threads outnumber CPUs: each may then take a scheduler's turn. */
unsigned unit_meetings(unsigned n, unsigned threads, bool spins);

/* A random number below n from the state *x; x starts from unit_seed(). */
uint64_t unit_seed(uint64_t stream);
uint64_t unit_random(uint64_t *x, uint64_t n);

/* How a child ended: an exit status, or a signal. */
struct unit_end {
	int status; /* exit status, or -1 */
	int signal; /* or 0 */
	bool timed_out;
	/* What it wrote to stderr, or the beginning: a report of a sanitizer
	 * may come before what we look for. */
	char text[16384];
	unsigned lines; /* all that it wrote there */
};

/* Runs fn(arg) in a child for at most `seconds`; it exits 0 on return. */
struct unit_end unit_child(void (*fn)(void *), void *arg, unsigned seconds);

/*
 * What is decided at a program's first allocation needs a fresh program.
 * unit_exec runs this one again with SPANLAB_OPTIONS (NULL: none), and there
 * unit_acts, which main calls first, runs the act of that name and exits.
 */
struct unit_act {
	const char *name;
	void (*fn)(void);
};
struct unit_end unit_exec(
    const char *options, const char *act, unsigned seconds);
void unit_acts(int argc, char **argv, const struct unit_act *acts, size_t n);

/* Did it end by unit_child_fail(), or in a debug build by an assertion? */
bool unit_is_caught(const struct unit_end *end);

/* Ends a child, which must not run exit handlers of cmocka. */
_Noreturn void unit_child_fail(const char *why);

/* A name for mkstemp() or mkdtemp(), where $TMPDIR says.  False: too long. */
bool unit_temporary(char *name, size_t size);

/* Fill n bytes with a pattern that depends on the tag, and test it.  Marking
 * is for many large objects: their beginning, their end and a sample. */
void unit_fill(void *p, size_t n, uint64_t tag);
bool unit_is_filled(const void *p, size_t n, uint64_t tag);
void unit_mark(void *p, size_t n, uint64_t tag);
bool unit_is_marked(const void *p, size_t n, uint64_t tag);

/* Starts n threads, which run fn(arg + i * stride), and joins them. */
void unit_threads(unsigned n, void *(*fn)(void *), void *args, size_t stride);

/*
 * n threads, at most 8, that wait for work, and run fn(arg) when told to: for
 * children that need a thread at a moment at which making one would allocate,
 * and for tests that stop threads.  run waits for its end; begin does not, and
 * `ended` waits for at most that many ms.  dismiss ends the thread itself.
 */
void unit_start_hands(unsigned n);
void unit_run_in_hand(unsigned i, void *(*fn)(void *), void *arg);
void unit_begin_in_hand(unsigned i, void *(*fn)(void *), void *arg);
bool unit_hand_ended(unsigned i, unsigned ms);
void unit_dismiss_hand(unsigned i);

/* Is malloc the C library's name of ours?  Not with a sanitizer that has one of
 * its own: then the C library's objects are not of our heap. */
bool unit_has_libc_names(void);

/* Is this assignment, as "clobber=1", in force in SPANLAB_OPTIONS?  One that is
 * the default's is not looked for. */
bool unit_has_option(const char *assignment);

/* Frees what the C library allocated, whoever that library's malloc is. */
void unit_free_of_libc(void *p);

/* Asserts what sl_heap_check() says; prints why not. */
void unit_heap_is_sound(uint64_t *live_objects, uint64_t *live_bytes);

#endif /* TESTS_UNIT_H */
