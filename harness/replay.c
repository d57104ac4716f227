/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * replay.c - a recorded trace as a list of steps that can be done again.
 *
 * Called by the main thread of a bench program.  A child process reads the
 * file and leaves the steps in memory that both have: the heap that is to be
 * measured has no part in it.
 */
#define _GNU_SOURCE 1
#include "harness/replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/trace_file.h"

/* What the child says; the plan is behind it. */
struct answer {
	bool is_good;
	char why[200];
	_Alignas(16) struct sl_replay plan;
};

static struct {
	struct answer *answer; /* NULL: nothing was read */
	size_t bytes;
} replay;

/* --- in the child --------------------------------------------------------- */

/* What is in use, by address: open addressing, never full. */
struct object {
	uint64_t at; /* 0: nothing; 1: something that is gone */
	uint64_t size;
	uint32_t number, thread;
};

struct builder {
	struct sl_replay *out;
	struct object *table;
	size_t mask;
	/* numbers of the trace's threads, in order of appearance */
	uint32_t *threads;
};

static struct object *
object_at(const struct builder *b, uint64_t at)
{
	size_t i = (size_t)(at * UINT64_C(0x9e3779b97f4a7c15) >> 20);

	while (b->table[i & b->mask].at != 0 && b->table[i & b->mask].at != at)
		i++;
	return &b->table[i & b->mask];
}

/* Mostly the one before, or there are few. */
static uint32_t
thread_of(struct builder *b, uint32_t number)
{
	uint32_t i = 0;

	while (i < b->out->threads && b->threads[i] != number)
		i++;
	if (i == b->out->threads)
		b->threads[b->out->threads++] = number;
	return i;
}

static void
end_of(struct builder *b, struct sl_replay_step *s, uint64_t at)
{
	struct object *o = object_at(b, at);

	s->ends = o->number;
	s->ended = o->size;
	s->is_remote = o->thread != s->thread;
	b->out->remote += s->is_remote;
	o->at = 1;
}

static void
make(struct builder *b, struct sl_replay_step *s,
    const struct sl_trace_record *r)
{
	struct object *o = object_at(b, r->object);

	s->makes = b->out->objects++;
	s->size = r->size;
	s->align_log2 = r->align_log2;
	s->zeroed = r->kind == SL_TRACE_CALLOC;
	*o = (struct object){r->object, r->size, s->makes, s->thread};
}

static struct sl_replay_step *
step(struct builder *b, uint32_t thread)
{
	struct sl_replay_step *s = &b->out->steps[b->out->nsteps++];

	*s = (struct sl_replay_step){
	    .makes = SL_REPLAY_NONE, .ends = SL_REPLAY_NONE, .thread = thread};
	return s;
}

static void
build(struct builder *b, const struct sl_trace_file *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct sl_trace_record *r = &t->events[i].record;
		struct sl_replay_step *s = step(b, thread_of(b, r->thread));

		if (r->kind == SL_TRACE_FREE)
			end_of(b, s, r->object);
		if (r->kind == SL_TRACE_REALLOC)
			end_of(b, s, r->old);
		if (r->kind != SL_TRACE_FREE)
			make(b, s, r);
	}
	b->out->calls = b->out->nsteps;
	for (size_t i = 0; i <= b->mask; i++) {
		if (b->table[i].at <= 1)
			continue;
		end_of(b, step(b, b->table[i].thread), b->table[i].at);
		b->out->kept++;
	}
}

/* Leave the events of the process that has most. */
static void
choose_process(struct sl_trace_file *t)
{
	struct sl_trace_event *best = t->events;
	size_t most = 0, n;

	for (size_t i = 0; i < t->n; i += n) {
		for (n = 1; i + n < t->n; n++)
			if (t->events[i + n].pid != t->events[i].pid)
				break;
		if (n > most) {
			most = n;
			best = &t->events[i];
		}
	}
	if (most > 0)
		memmove(t->events, best, most * sizeof(*best));
	t->n = most;
}

static uint64_t
digest_of(const struct sl_trace_file *t)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (size_t i = 0; i < t->size; i++)
		h = (h ^ t->bytes[i]) * UINT64_C(0x100000001b3);
	return h;
}

static void
say(struct answer *a, const char *what)
{
	snprintf(a->why, sizeof(a->why), "%s", what);
}

static void
read_and_build(struct answer *a, const char *path)
{
	struct builder b = {.out = &a->plan, .mask = 1023};
	struct sl_trace_file t;
	size_t all;

	if (!sl_trace_file_read(&t, path)) {
		say(a, t.error);
		return;
	}
	all = t.n;
	choose_process(&t);
	if (t.n == 0 || t.n > SL_REPLAY_NONE / 2) {
		say(a, t.n == 0 ? "there is no record in it"
				: "there are too many records in it");
		return;
	}
	if (!sl_trace_file_check(&t, NULL)) {
		say(a, t.error);
		return;
	}
	while (b.mask < 2 * t.n)
		b.mask = b.mask * 2 + 1;
	b.table = calloc(b.mask + 1, sizeof(*b.table));
	b.threads = calloc(t.n, sizeof(*b.threads));
	if (b.table == NULL || b.threads == NULL) {
		say(a, "out of memory");
		return;
	}
	a->plan.others = all - t.n;
	a->plan.digest = digest_of(&t);
	build(&b, &t);
	a->is_good = true;
}

/* --- in the bench --------------------------------------------------------- */

/* A record may make a step, and another at the end that frees what it made. */
static size_t
room_for(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return 0;
	return sizeof(struct answer) +
	       2 * ((size_t)st.st_size / sizeof(struct sl_trace_record) + 1) *
		   sizeof(struct sl_replay_step);
}

static bool
refuse(char *why, size_t why_len, const char *path, const char *what)
{
	sl_replay_forget();
	snprintf(why, why_len, "--trace=%s: %s", path, what);
	return false;
}

bool
sl_replay_read(const char *path, char *why, size_t why_len)
{
	size_t bytes = room_for(path);
	struct answer *a;
	int status = 0;
	pid_t child;

	sl_replay_forget();
	if (bytes == 0)
		return refuse(why, why_len, path, strerror(errno));
	a = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (a == MAP_FAILED)
		return refuse(why, why_len, path, strerror(errno));
	replay.answer = a;
	replay.bytes = bytes;
	child = fork();
	if (child == 0) {
		read_and_build(a, path);
		_exit(0);
	}
	if (child < 0)
		return refuse(why, why_len, path, strerror(errno));
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (a->is_good)
		return true;
	snprintf(why, why_len, "--trace=%s: %s", path,
	    a->why[0] != '\0' ? a->why : "whoever read it died");
	sl_replay_forget();
	return false;
}

const struct sl_replay *
sl_replay_plan(void)
{
	return replay.answer != NULL ? &replay.answer->plan : NULL;
}

void
sl_replay_forget(void)
{
	if (replay.answer != NULL)
		munmap(replay.answer, replay.bytes);
	replay.answer = NULL;
}
