/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_core.h - inside the model: threads, cores, lines.
 *
 * Used by the files model_*.c that make it up.
 */
#ifndef SL_VMP_MODEL_CORE_H
#define SL_VMP_MODEL_CORE_H

#include "harness/vmp/engine.h"
#include "harness/vmp/fiber.h"
#include "harness/vmp/model.h"

enum {
	MODEL_LINE_SHIFT = 6,
	/* Private work may run ahead of the others by so many cycles: nobody
	 * sees it. */
	MODEL_LOOKAHEAD = 1000,
};

#define MODEL_NEVER (UINT64_MAX / 4)

enum mt_state {
	MT_READY,   /* runs, or is in the heap */
	MT_WAITS,   /* for a core */
	MT_QUEUED,  /* for a line */
	MT_SPINS,   /* on a line; in the heap until its quantum ends */
	MT_SLEEPS,  /* in the heap, without a core */
	MT_BLOCKED, /* on a futex, or for a thread's end */
	MT_MEETS,   /* at the gate or the stop */
	MT_ENDED,
};

enum access { ACCESS_READ, ACCESS_WRITE, ACCESS_RMW, ACCESS_RMW16 };

/* A thread. */
struct mt {
	struct fiber fiber;
	unsigned id, core, heap_at; /* 0: not in the heap */
	enum mt_state state;
	uint64_t clock;
	uint64_t quantum_end;
	uint64_t credit; /* of the last store's miss, to be hidden */
	uint64_t started, ended;
	bool is_bound;     /* to its core */
	struct mt *next;   /* in the one queue it is in */
	enum access wants; /* MT_QUEUED */
	int *word;         /* MT_BLOCKED */
	/* Of one that was started in a run. */
	struct {
		bool is_used; /* the slot */
		void *(*f)(void *);
		void *arg;
		struct mt *joiner; /* who waits for its end */
	} spawn;
	/* The turn of a loop that began at the last pause. */
	struct {
		uint64_t since;
		unsigned reads, misses; /* loads of shared lines */
		unsigned others;        /* all else that others may see */
		struct line *line;      /* that was read */
		unsigned turns;         /* alike, one after the other */
		uint64_t period;        /* MT_SPINS: of a turn */
		uint64_t from;          /* and the clock when it began */
		struct mt *next;
	} spin;
};

struct line_counts {
	uint64_t accesses, transfers, remote, invalidations, wait_cycles,
	    cas_failures;
};

/* A line that two cores have touched.  One request at a time may change who
 * has it; those that come meanwhile wait in a queue. */
struct line {
	uintptr_t p;
	uint64_t sharers[PROFILE_CORES_MAX / 64];
	int16_t owner;    /* has it alone, and may write; -1: none */
	int16_t taker;    /* whose request is served; -1: none */
	bool takes_all;   /* and others lose it */
	bool is_written;  /* since two cores know it */
	uint64_t lost_at; /* until then those who lose it hit */
	uint64_t free_at;
	struct mt *queue, *queue_end;
	struct mt *spinners;
	struct line_counts n;
};

/* The run that there is. */
extern struct model {
	bool is_on; /* accesses cost */
	const struct model_config *config;
	struct profile profile;
	unsigned threads, cores;
	struct mt *self;
	uint64_t limit;   /* the smallest clock of the others */
	bool is_crowded;  /* more threads than cores, or have been */
	unsigned spawned; /* that have not been joined */
	struct model_counts n;
} model;

extern struct mt model_threads[MODEL_AT_ONCE_MAX];

/* --- model_sched.c ------------------------------------------------------ */

uint64_t model_random(void);

/* t may go on at its clock: it is in the heap. */
void sched_ready(struct mt *t);
/* The thread that runs cannot go on, its state says why: another does. */
void sched_next(void);
/* It can, when it is its turn by its clock. */
void sched_turn(void);
/* In the heap, with another clock. */
void sched_clock(struct mt *t, uint64_t clock);
/* Of the run, with a text. */
_Noreturn void sched_fail(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/* --- model_cores.c ------------------------------------------------------ */

/* All are free. */
void cores_forget(void);
/* t can run, at its clock, and needs a core. */
void sched_place(struct mt *t);
/* It needs its core no more. */
void sched_leave_core(struct mt *t);
/* Its quantum is over, and others wait for a core. */
void sched_preempt(void);
/* Does anybody wait that may have this core? */
bool cores_is_wanted(unsigned core);
/* The next one has it; t waits behind the others. */
void cores_give_turn(struct mt *t);
/* All that run on other cores than t are interrupted; how many. */
unsigned cores_interrupt(const struct mt *t, uint64_t cycles);

/* --- model_spawn.c ------------------------------------------------------- */

/* No thread was started; so many can be at once. */
void spawn_forget(unsigned slots);

/* --- model_access.c ----------------------------------------------------- */

bool lines_init(void);
/* All are nobody's. */
void lines_forget(void);
struct line *lines_of(size_t *n);
void lines_count_from_here(void);

/* --- model_lines.c ------------------------------------------------------ */

bool lines_has(const struct line *l, unsigned core);
/* Does an access by t, now, need nobody? */
bool lines_can_hit(const struct line *l, const struct mt *t, enum access kind);
/* Else it waits until its core has the line. */
void lines_miss(struct line *l, enum access kind, const void *pc);
/* The thread's turn of a loop has read one line, which it has, and nothing
 * else: nothing changes until the line is taken. */
bool lines_can_spin(const struct mt *t);
/* So it sleeps until then.  False: it is being taken just now, and the clock is
 * that of the turn which will see it. */
bool lines_spin(struct mt *t);
void lines_stop_spin(struct mt *t);

/* --- model_calls.c ------------------------------------------------------- */

/* Nobody sleeps. */
void calls_forget(void);

/* --- model_report.c ------------------------------------------------------ */

void sites_add(const void *pc, uint64_t cycles);
void sites_forget(void);

#endif /* SL_VMP_MODEL_CORE_H */
