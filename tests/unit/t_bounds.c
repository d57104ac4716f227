/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_bounds.c - how much memory a heap may take for what lives in it, under
 * the work that is worst for allocators of this kind; and that it comes back.
 * Run by make check, once per variant.
 *
 * What is bounded are the pages in spans, by the library's own counters, so
 * nothing here depends on time.  Threads work one after the other: then a set
 * whose claims may miss while others are inside misses nothing.  The bound of
 * a span class, in spans, for threads that allocated in it:
 *
 *   full     a span that nobody has is listed when relink=P percent of its
 *            slots are free, so one that is not has more objects alive than
 *            the rest of them: live / (slots - P percent of them) spans
 *   listed   none when the class grows: the list is asked before.  Where
 *            threads keep spans for themselves (SL_MISS_ANY), OWN for each
 *   kept     for each thread hold=N pages, and the span in use
 *
 * The live objects are counted at their most; a span goes on to take part in
 * the sum when they have gone, until it is seen to be empty.
 */
#include "tests/unit/unit.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/spanlab.h"

enum {
	PAGE = 8192,
	MIB = 1 << 20,
	OWN = 64,      /* spans that a set may keep for one thread and class */
	CLASSES = 200, /* at most */
	RELINK = 20,   /* the default, and what every act has */
};

static struct sl_class_stats classes[CLASSES];
static unsigned nclasses;
static size_t hold; /* pages; of the act that runs */

/* --- what is there ------------------------------------------------------- */

static void
must(bool ok, const char *what)
{
	if (!ok)
		unit_child_fail(what);
}

static struct sl_stats
stats(void)
{
	struct sl_stats st = {.size = sizeof(st)};

	nclasses = sl_stats_classes(&st, classes, CLASSES, sizeof(classes[0]));
	must(nclasses > 0 && nclasses <= CLASSES, "no figures");
	return st;
}

/* The class of objects without pointers that malloc takes for so many bytes. */
static const struct sl_class_stats *
class_of(size_t bytes)
{
	const struct sl_class_stats *best = NULL;

	for (unsigned i = 2; i < nclasses; i++) {
		const struct sl_class_stats *c = &classes[i];

		if (c->is_noscan && !c->is_tiny && c->object_bytes >= bytes &&
		    (best == NULL || c->object_bytes < best->object_bytes))
			best = c;
	}
	must(best != NULL, "no class");
	return best;
}

static size_t
slots_of(const struct sl_class_stats *c)
{
	return (size_t)(c->span_pages * PAGE / c->object_bytes);
}

/* What a set may keep for so many threads. */
static size_t
own_of(const struct sl_class_stats *c, unsigned threads)
{
	if (sl_variant()->miss != SL_MISS_ANY)
		return 0;
	return threads * OWN * (size_t)c->span_pages * PAGE;
}

/* Bytes of the class in spans: objects alive at their most, and threads. */
static size_t
bound_of(const struct sl_class_stats *c, size_t live, unsigned threads)
{
	size_t slots = slots_of(c);
	size_t full = slots - (slots * RELINK + 99) / 100 + 1;
	size_t spans = (live + full - 1) / full + threads;

	return spans * (size_t)c->span_pages * PAGE + own_of(c, threads) +
	       threads * hold * PAGE;
}

static void
must_be_sound(void)
{
	char why[256];

	if (!sl_heap_check(why, sizeof(why), NULL, NULL))
		unit_child_fail(why);
}

static void
must_be_within(const char *what, size_t bytes, size_t bound)
{
	char text[160];

	if (bytes <= bound)
		return;
	snprintf(text, sizeof(text), "%s: %zu KiB, the bound is %zu", what,
	    bytes / 1024, bound / 1024);
	unit_child_fail(text);
}

static size_t
inuse(void)
{
	return (size_t)stats().heap_inuse_bytes;
}

/* --- objects, made in one thread and freed in another --------------------- */

enum { MOST = 1 << 17 };
static void *objects[MOST];

struct range {
	size_t from, to, step, bytes;
};

static void *
make(void *arg)
{
	const struct range *r = arg;

	for (size_t i = r->from; i < r->to; i += r->step) {
		objects[i] = malloc(r->bytes);
		must(objects[i] != NULL, "no memory");
	}
	return NULL;
}

static void *
drop(void *arg)
{
	const struct range *r = arg;

	for (size_t i = r->from; i < r->to; i += r->step) {
		free(objects[i]);
		objects[i] = NULL;
	}
	return NULL;
}

static void
begin(size_t pages_held, unsigned threads)
{
	hold = pages_held;
	unit_start_hands(threads);
	must(stats().size != 0 && sl_relink_percent() == RELINK, "relink");
}

/* --- the acts ------------------------------------------------------------ */

/* One thread makes all objects, another frees them: never more than LIVE are
 * alive, and many times that pass through. */
static void
producer_consumer(size_t pages_held)
{
	enum { LIVE = 4096, ROUNDS = 40 };
	static const size_t sizes[] = {16, 200, 1024};

	begin(pages_held, 2);
	for (unsigned k = 0; k < UNIT_COUNT(sizes); k++) {
		size_t before = inuse(), bound;
		struct range r = {0, LIVE, 1, sizes[k]};

		bound = before + bound_of(class_of(sizes[k]), LIVE, 2);
		for (unsigned i = 0; i < ROUNDS; i++) {
			unit_run_in_hand(0, make, &r);
			must_be_within("producer", inuse(), bound);
			unit_run_in_hand(1, drop, &r);
		}
	}
	must_be_sound();
}

static void
producer_consumer_go(void)
{
	producer_consumer(0);
}

static void
producer_consumer_hold(void)
{
	producer_consumer(64);
}

/*
 * Hoard's worst case (Berger et al., ASPLOS 2000): each thread in turn makes
 * as many as the last one left alive, then frees those of the other.  With a
 * heap for each thread and no way between them, memory grows with the threads.
 */
static void
hoard_worst(size_t pages_held)
{
	enum { LIVE = 4096, THREADS = 8, ROUNDS = 3, BYTES = 256 };
	struct range now = {0, LIVE, 1, BYTES},
		     other = {LIVE, 2 * LIVE, 1, BYTES}, swap;
	size_t before, bound;

	begin(pages_held, THREADS);
	before = inuse();
	bound = before + bound_of(class_of(BYTES), 2 * LIVE, THREADS);
	for (unsigned i = 0; i < ROUNDS * THREADS; i++) {
		unit_run_in_hand(i % THREADS, make, &now);
		unit_run_in_hand(i % THREADS, drop, &other);
		must_be_within("a thread in turn", inuse(), bound);
		swap = now;
		now = other;
		other = swap;
	}
	must_be_sound();
}

static void
hoard_worst_go(void)
{
	hoard_worst(0);
}

static void
hoard_worst_hold(void)
{
	hoard_worst(16);
}

/* malloc(24) is not: C wants 16 bytes aligned, so it takes the next. */
static bool
is_served_by(const struct sl_class_stats *c)
{
	void *p = malloc((size_t)c->object_bytes);
	bool is = malloc_usable_size(p) == c->object_bytes;

	free(p);
	return is && c->is_noscan && !c->is_tiny;
}

/*
 * All classes, one after the other, as much of each.  What an earlier class
 * keeps when its objects are gone is what threads hold of it; in Go's shape
 * the pages serve the next class.
 */
static void
phases(size_t pages_held)
{
	static bool served[CLASSES];
	size_t kept, before;

	begin(pages_held, 1);
	for (unsigned i = 2; i < nclasses; i++)
		served[i] = is_served_by(&classes[i]);
	before = kept = inuse();
	for (unsigned i = 2; i < nclasses; i++) {
		struct sl_class_stats c = classes[i];
		size_t live = MIB / (size_t)c.object_bytes;
		struct range r = {0, live, 1, (size_t)c.object_bytes};

		if (!served[i])
			continue;
		unit_run_in_hand(0, make, &r);
		must_be_within(
		    "a phase", inuse(), kept + bound_of(&c, live, 1));
		r.step = 2; /* first the half of each span, then the rest */
		unit_run_in_hand(0, drop, &r);
		r.from = 1;
		unit_run_in_hand(0, drop, &r);
		kept += (hold + (size_t)c.span_pages) * PAGE + own_of(&c, 1);
		/* Seen to be empty is a span when its owner looks at it. */
		malloc_trim(0);
		must_be_within("after a phase", inuse(), kept);
	}
	must_be_within("all phases", inuse(), kept);
	must(kept > before, "no class");
	must_be_sound();
}

static void
phases_go(void)
{
	phases(0);
}

static void
phases_hold(void)
{
	phases(16);
}

/*
 * First fit's worst case (Robson 1977), for size classes: of what was made all
 * but one object of each span is freed, then the next size is asked for.  No
 * page can serve another class; but a class is never larger than what lived in
 * it at its most asks for, and from the second time on nothing grows.
 */
static void
holes_in_spans(void)
{
	static const size_t sizes[] = {16, 32, 64, 128, 256, 512, 1024};
	static void *left[UNIT_COUNT(sizes) * 300];
	size_t nleft = 0, bound, last = 0;

	begin(0, 1);
	bound = inuse();
	for (unsigned k = 0; k < 3 * UNIT_COUNT(sizes); k++) {
		const struct sl_class_stats *c =
		    class_of(sizes[k % UNIT_COUNT(sizes)]);
		size_t n = MIB / (size_t)c->object_bytes;
		struct range r = {0, n, 1, (size_t)c->object_bytes};

		if (k < UNIT_COUNT(sizes))
			bound += bound_of(c, n + n / slots_of(c), 1);
		unit_run_in_hand(0, make, &r);
		must_be_within("holes", inuse(), bound);
		for (size_t i = 0; k < UNIT_COUNT(sizes) && i < n;
		     i += slots_of(c)) {
			left[nleft++] = objects[i];
			objects[i] = NULL;
		}
		unit_run_in_hand(0, drop, &r);
		if (k >= 2 * UNIT_COUNT(sizes))
			must_be_within("the third time", inuse(), last);
		else
			last = inuse();
	}
	while (nleft > 0)
		free(left[--nleft]);
	must_be_sound();
}

/*
 * The same for runs of pages: of objects of n pages every other is freed, then
 * come larger ones that fit into no hole.  Robson's bound of first fit for
 * requests of up to n units is M (1 + log2 n), M being what lives at most.
 */
static void
holes_in_pages(void)
{
	enum { MOST_PAGES = 64, LIVE_PAGES = 2048, FEW = 512 };
	static void *p[FEW * 8];
	static size_t size[FEW * 8];
	size_t n = 0, live = 0, most = 0, log2n = 6, heap, bound;

	begin(0, 1);
	for (size_t pages = 5; pages <= MOST_PAGES; pages = pages * 3 / 2 + 1) {
		while (live + pages <= LIVE_PAGES && n < FEW * 8) {
			p[n] = malloc(pages * PAGE);
			must(p[n] != NULL, "no memory");
			size[n++] = pages;
			live += pages;
		}
		most = live > most ? live : most;
		for (size_t i = 0; i < n; i += 2) {
			free(p[i]);
			live -= size[i];
			p[i] = NULL;
			size[i] = 0;
		}
	}
	heap = (size_t)stats().heap_mapped_bytes;
	/* It grows by chunks of 4 MiB. */
	bound = most * PAGE * (1 + log2n) + 2 * 4 * MIB;
	must_be_within("runs of pages", heap, bound);
	for (size_t i = 0; i < n; i++)
		free(p[i]);
	must_be_sound();
}

/* --- and back ------------------------------------------------------------ */

/* By the system or, where a sanitizer's shadow would be in it, by the library
 * (main says so). */
static size_t
resident(void)
{
	unsigned long total, pages = 0;
	FILE *f;

	if (!unit_has_libc_names())
		return (size_t)stats().ready_bytes;
	f = fopen("/proc/self/statm", "r");

	must(f != NULL && fscanf(f, "%lu %lu", &total, &pages) == 2, "statm");
	fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void *
make_and_touch(void *arg)
{
	const struct range *r = arg;

	make(arg);
	for (size_t i = r->from; i < r->to; i += r->step)
		memset(objects[i], 1, r->bytes);
	return NULL;
}

/*
 * Spans that became empty inside the set: a thread fills and gives them up, as
 * Go's shape does, another frees all objects.  They are listed when some slots
 * are free, and then nobody looks at them again, until malloc_trim() or until
 * the heap would grow.
 */
static void
husks(void)
{
	enum { N = 1 << 15, BYTES = 1024, BYTES_ALL = N * BYTES };
	struct range r = {0, N, 1, BYTES};
	size_t before, memory, own;

	begin(0, 2);
	own = own_of(class_of(BYTES), 2);
	before = inuse();
	memory = resident();
	unit_run_in_hand(0, make_and_touch, &r);
	must(resident() >= memory + BYTES_ALL * 9 / 10, "no peak");
	unit_run_in_hand(1, drop, &r);
	must(inuse() >= before + BYTES_ALL / 2, "no husks");
	malloc_trim(0);
	must_be_within("after malloc_trim", inuse(), before + own + MIB);
	must_be_within("resident", resident(), memory + own + 4 * MIB);
	/* The same again, and then not malloc_trim but another class asks. */
	unit_run_in_hand(0, make_and_touch, &r);
	before = (size_t)stats().heap_mapped_bytes;
	unit_run_in_hand(1, drop, &r);
	r.bytes = BYTES / 2;
	unit_run_in_hand(0, make, &r);
	must_be_within("the heap", (size_t)stats().heap_mapped_bytes,
	    before + own + 4 * MIB);
	must(stats().reaps > 0, "nobody looked for husks");
	unit_run_in_hand(0, drop, &r);
	must_be_sound();
}

/* A peak of many sizes in a thread that lives on, by default options. */
static void
peak(void)
{
	enum { N = 20000 };
	uint64_t x = unit_seed(7);
	size_t memory, bytes = 0, n;

	begin(1024, 1);
	memory = resident();
	for (unsigned i = 0; i < N; i++) {
		n = 1 + unit_random(&x, i % 50 == 0 ? 200000 : 2000);
		objects[i] = malloc(n);
		must(objects[i] != NULL, "no memory");
		memset(objects[i], 1, n);
		bytes += n;
	}
	must(resident() >= memory + bytes, "no peak");
	for (unsigned i = 0; i < N; i++)
		free(objects[i * 7919u % N]);
	malloc_trim(0);
	must_be_within("resident", resident(), memory + memory / 10 + 8 * MIB);
	must_be_sound();
}

static const struct unit_act acts[] = {
    {"producer_consumer_go", producer_consumer_go},
    {"producer_consumer_hold", producer_consumer_hold},
    {"hoard_worst_go", hoard_worst_go},
    {"hoard_worst_hold", hoard_worst_hold},
    {"phases_go", phases_go},
    {"phases_hold", phases_hold},
    {"holes_in_spans", holes_in_spans},
    {"holes_in_pages", holes_in_pages},
    {"husks", husks},
    {"peak", peak},
};

/* Hooks take the slow way; in Go's shape that does not matter. */
static const char *
options_of(const char *act)
{
	if (strcmp(act, "peak") == 0)
		return "hold=1024";
	if (strcmp(act, "producer_consumer_hold") == 0)
		return "hold=64";
	return strstr(act, "_hold") != NULL ? "hold=16" : "hold=0";
}

static void
test_act(void **state)
{
	const char *act = *state;
	struct unit_end end = unit_exec(options_of(act), act, 120);

	if (end.status != 0)
		fail_msg("%s with %s: status %d, signal %d: %s", act,
		    options_of(act), end.status, end.signal, end.text);
}

int
main(int argc, char **argv)
{
	struct CMUnitTest tests[UNIT_COUNT(acts)];

	unit_acts(argc, argv, acts, UNIT_COUNT(acts));
	for (size_t i = 0; i < UNIT_COUNT(acts); i++) {
		struct CMUnitTest one = {acts[i].name, test_act, NULL, NULL,
		    (void *)(uintptr_t)acts[i].name};

		memcpy(&tests[i], &one, sizeof(one));
	}
	unit_start();
	if (!unit_has_libc_names())
		printf("# resident memory is what the library counts: a "
		       "sanitizer's is in the system's figure\n");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
