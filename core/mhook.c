/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mhook.c - which hooks run, and in which order; see mhook.h.
 * Called by mallocgc, mfree and mthread.
 *
 * Re-entry.  While a thread is inside core, a call of malloc or free by the
 * same thread can only come from a signal handler, and would work on half a
 * change; it ends the program with a message.  Two kinds of nested call are
 * fine: those by a library that a set calls (core knows: `nested`), and those
 * by what a hook calls, which run without hooks.
 *
 * The state of a thread is made at its first hook, and goes back when the
 * thread ends.  Those that are past their end share one, as they share an
 * mcache.
 */
#include "core/mhook.h"

#include <errno.h>
#include <string.h>

#include "core/annotate.h"
#include "core/die.h"
#include "core/mprof.h"
#include "core/mtrace.h"
#include "core/options.h"
#include "core/persistent.h"

struct sl_hook_thread {
	struct sl_hook_thread *next; /* under lock: of all */
	bool is_free;                /* under lock */
	uint32_t number;             /* from 1; 0: `shared` */

	/* The owner's: a realloc under way, from and to. */
	const void *moving;
	struct sl_hook_object moved;

	struct sl_trace_buffer *trace; /* or NULL */
	struct sl_prof_thread prof;
};

static struct sl_mutex lock = SL_MUTEX_INIT(SL_RANK_HOOKS);
static struct sl_hook_thread *states; /* under lock: never gets shorter */
static uint32_t threads_seen;         /* under lock */
static struct sl_hook_thread shared;
static struct sl_trace_buffer shared_trace;
static _Atomic(bool) is_over; /* the program ends: buffer nothing */

/* --- the state of a thread ----------------------------------------------- */

enum { RECORDING = SL_HOOK_TRACE | SL_HOOK_STACKS | SL_HOOK_PROFILE };

static bool
is_on(unsigned hooks)
{
	return sl_hooks(hooks) != 0;
}

static struct sl_hook_thread *
make_state(void)
{
	struct sl_hook_thread *t = sl_persistent_alloc(sizeof(*t), 0);

	if (t == NULL || !is_on(SL_HOOK_TRACE))
		return t;
	t->trace = sl_persistent_alloc(sizeof(*t->trace), 0);
	if (t->trace == NULL)
		return NULL; /* t is lost: there is no memory anyway */
	sl_trace_buffer_init(t->trace);
	return t;
}

static struct sl_hook_thread *
new_state(void)
{
	struct sl_hook_thread *t;

	sl_mutex_lock(&lock);
	for (t = states; t != NULL && !t->is_free; t = t->next)
		;
	if (t == NULL && (t = make_state()) != NULL) {
		t->next = states;
		states = t;
	}
	if (t != NULL) {
		t->is_free = false;
		t->moving = NULL;
		t->number = ++threads_seen;
		sl_prof_thread_init(&t->prof, t->number);
		if (t->trace != NULL)
			t->trace->thread = t->number;
	}
	sl_mutex_unlock(&lock);
	return t;
}

/* NULL: out of memory; what should be recorded is not. */
static struct sl_hook_thread *
state_of(struct sl_mcache *mc)
{
	if (mc->hook == NULL)
		mc->hook = new_state();
	return mc->hook;
}

static void
flush_all(void)
{
	struct sl_hook_thread *t;

	if (!is_on(SL_HOOK_TRACE) || !sl_mutex_trylock(&lock))
		return;
	for (t = states; t != NULL; t = t->next)
		sl_trace_try_flush(t->trace);
	sl_trace_try_flush(&shared_trace);
	sl_mutex_unlock(&lock);
}

void
sl_mhook_thread_ends(struct sl_mcache *mc)
{
	struct sl_hook_thread *t = mc->hook;

	mc->hook = NULL;
	if (t == NULL || t == &shared)
		return;
	if (t->trace != NULL)
		sl_trace_flush(t->trace);
	sl_mutex_lock(&lock);
	t->is_free = true;
	sl_mutex_unlock(&lock);
}

void
sl_mhook_share(struct sl_mcache *mc)
{
	mc->hook = &shared;
}

/* --- calls --------------------------------------------------------------- */

_Noreturn void
sl_mhook_reentered(void)
{
	sl_throw("malloc or free called inside malloc or free by the same "
		 "thread: from a signal handler (signals=1 allows it), or was "
		 "the outer call left by longjmp?");
}

/* Go's clobberfree pattern, and one for memory that was never written. */
#define FREED UINT32_C(0xdeadbeef)
#define JUNK 0xa5

/* Each byte by its address, so that it does not matter where objects began. */
static void
clobber_freed(const struct sl_hook_object *o)
{
	static const uint32_t pattern = FREED;
	const unsigned char *from = (const unsigned char *)&pattern;
	unsigned char *p = o->p, *end = p + o->usable;

	for (; p < end && (uintptr_t)p % sizeof(pattern) != 0; p++)
		*p = from[(uintptr_t)p % sizeof(pattern)];
	for (; p + sizeof(pattern) <= end; p += sizeof(pattern))
		memcpy(p, &pattern, sizeof(pattern));
	for (; p < end; p++)
		*p = from[(uintptr_t)p % sizeof(pattern)];
}

/*
 * Is the memory as it was when it was freed, or never used?  Bytes that are
 * neither zero nor of the pattern were written since.  (Zeros that were written
 * pass.)  Whatever a slot was cut from, it was in one of these two states.
 */
static bool
is_untouched(const unsigned char *p, size_t n)
{
	static const uint32_t pattern = FREED;
	const unsigned char *of = (const unsigned char *)&pattern;
	uint32_t w;

	while (n > 0) {
		if (n >= sizeof(w) && (uintptr_t)p % sizeof(w) == 0) {
			memcpy(&w, p, sizeof(w));
			if (w == FREED || w == 0) {
				p += sizeof(w);
				n -= sizeof(w);
				continue;
			}
		}
		if (*p != 0 && *p != of[(uintptr_t)p % sizeof(w)])
			return false;
		p++;
		n--;
	}
	return true;
}

static void
fill(const struct sl_hook_object *o)
{
	size_t bytes = o->usable;

	if (is_on(SL_HOOK_CLOBBER) && !is_untouched(o->p, o->usable))
		sl_mspan_bad_free(
		    o->span, (uintptr_t)o->p, "written after its free");
	if (is_on(SL_HOOK_ANNOTATE)) {
		bytes = o->size != 0 ? o->size : 1;
		sl_annotate_object(o->p, bytes, o->zero);
	}
	if (o->zero) {
		if (o->span->needzero)
			memset(o->p, 0, bytes);
	} else if (is_on(SL_HOOK_CLOBBER)) {
		memset(o->p, JUNK, o->usable);
	}
}

/* Large objects are counted in all modes, where their spans are. */
static bool
is_to_count(const struct sl_hook_object *o)
{
	return is_on(SL_HOOK_ACCOUNT) && o->span->spanclass >= 2;
}

/* A tiny object may be smaller than its slot: its bytes are counted too. */
static void
count_alloc(struct sl_mcache *mc, const struct sl_hook_object *o)
{
	struct sl_tally *t = mc->central.tally;
	sl_spanclass spc = o->span->spanclass;
	struct sl_tally_events *e = sl_tally_enter(t, spc);

	sl_count(&e->allocs);
	if (spc == SL_SPANCLASS_TINY)
		sl_count_add(&e->bytes_in, o->usable);
	sl_tally_leave(t);
	if (sl_account_is_go())
		sl_account_alloc(&t->account, spc, o->usable);
}

static void
count_free(struct sl_mcache *mc, const struct sl_hook_object *o)
{
	struct sl_tally *t = mc->central.tally;
	sl_spanclass spc = o->span->spanclass;
	struct sl_tally_events *e = sl_tally_enter(t, spc);

	sl_count(&e->frees);
	if (spc == SL_SPANCLASS_TINY)
		sl_count_add(&e->bytes_out, o->usable);
	sl_tally_leave(t);
	if (sl_account_is_go())
		sl_account_free(&t->account, spc, o->usable, o->span->nelems);
}

static void
put(struct sl_hook_thread *t, enum sl_trace_kind kind,
    const struct sl_hook_object *o, const void *old, const struct sl_stack *st)
{
	struct sl_trace_record r = {
	    .object = (uintptr_t)o->p,
	    .old = (uintptr_t)old,
	    .size = kind == SL_TRACE_FREE ? o->usable : o->size,
	    .kind = (uint8_t)kind,
	    .align_log2 = (uint8_t)__builtin_ctzll(o->align),
	};

	sl_trace_put(t->trace, &r, st);
	if (sl_load_rlx(&is_over)) /* relaxed: set by the thread that exits */
		sl_trace_flush(t->trace);
}

static void
trace_alloc(struct sl_hook_thread *t, const struct sl_hook_object *o,
    const struct sl_stack *st)
{
	if (t->moving != NULL)
		t->moved = *o;
	else
		put(t, o->zero ? SL_TRACE_CALLOC : SL_TRACE_MALLOC, o, NULL,
		    st);
}

static void
trace_free(struct sl_hook_thread *t, const struct sl_hook_object *o,
    const struct sl_stack *st)
{
	if (t->moving == o->p)
		put(t, SL_TRACE_REALLOC, &t->moved, o->p, st);
	else
		put(t, SL_TRACE_FREE, o, NULL, st);
}

static void
record_alloc(struct sl_hook_thread *t, const struct sl_hook_object *o)
{
	static const struct sl_stack none;
	struct sl_stack st = none;
	bool is_sample =
	    is_on(SL_HOOK_PROFILE) && sl_prof_is_due(&t->prof, o->usable);

	if (is_sample || is_on(SL_HOOK_STACKS))
		sl_stack_take(&st);
	if (is_sample)
		sl_prof_alloc((uintptr_t)o->p, o->usable, &st);
	if (is_on(SL_HOOK_STACKS))
		sl_stack_note_alloc(
		    (uintptr_t)o->p, sl_stack_intern(&st), t->number);
	if (is_on(SL_HOOK_TRACE))
		trace_alloc(t, o, is_on(SL_HOOK_STACKS) ? &st : &none);
}

static void
record_free(struct sl_hook_thread *t, const struct sl_hook_object *o)
{
	struct sl_stack st = {.n = 0};

	if (is_on(SL_HOOK_PROFILE))
		sl_prof_free((uintptr_t)o->p);
	if (is_on(SL_HOOK_STACKS)) {
		sl_stack_take(&st);
		sl_stack_note_free(
		    (uintptr_t)o->p, sl_stack_intern(&st), t->number);
	}
	if (is_on(SL_HOOK_TRACE))
		trace_free(t, o, &st);
}

/* From here to the end, calls of malloc and free are those of a hook.  False:
 * so is this one; it is not recorded. */
static bool
begin(struct sl_mcache *mc)
{
	if (mc->is_in_hook)
		return false;
	mc->is_in_hook = true;
	mc->central.nested++;
	return true;
}

static void
end(struct sl_mcache *mc)
{
	mc->central.nested--;
	mc->is_in_hook = false;
}

void
sl_mhook_allocated(struct sl_mcache *mc, const struct sl_hook_object *o)
{
	struct sl_hook_thread *t;
	int saved = errno;

	fill(o);
	if (is_to_count(o))
		count_alloc(mc, o);
	if (is_on(RECORDING) && begin(mc)) {
		if ((t = state_of(mc)) != NULL)
			record_alloc(t, o);
		end(mc);
	}
	errno = saved;
}

void
sl_mhook_freeing(struct sl_mcache *mc, const struct sl_hook_object *o)
{
	struct sl_hook_thread *t;
	int saved = errno;

	if (is_on(RECORDING) && begin(mc)) {
		if ((t = state_of(mc)) != NULL)
			record_free(t, o);
		end(mc);
	}
	if (is_on(SL_HOOK_CLOBBER))
		clobber_freed(o);
	if (is_to_count(o))
		count_free(mc, o);
	if (is_on(SL_HOOK_ANNOTATE))
		sl_annotate_free(o->p, o->usable);
	errno = saved;
}

void
sl_mhook_resized(struct sl_mcache *mc, const struct sl_hook_object *o)
{
	struct sl_stack st = {.n = 0};
	struct sl_hook_thread *t;
	int saved = errno;

	if (is_on(SL_HOOK_TRACE) && begin(mc)) {
		if (is_on(SL_HOOK_STACKS))
			sl_stack_take(&st);
		if ((t = state_of(mc)) != NULL)
			put(t, SL_TRACE_REALLOC, o, o->p, &st);
		end(mc);
	}
	errno = saved;
}

void
sl_mhook_moving(struct sl_mcache *mc, const void *p)
{
	struct sl_hook_thread *t = state_of(mc);

	/* If it is not kept the two are recorded as what they are. */
	if (t != NULL && t != &shared)
		t->moving = p;
}

/* --- the program's life -------------------------------------------------- */

/* Under memcheck, or in a build with AddressSanitizer.  Both would take what
 * clobber looks at for a wrong read. */
static void
add_annotations(void)
{
	if (sl_options.annotate == 0 || sl_options.sbrk != 0 || !sl_annotates())
		return;
	sl_options.hooks |= SL_HOOK_ANNOTATE;
	sl_options.hooks &= ~(unsigned)SL_HOOK_CLOBBER;
}

void
sl_mhook_init(void)
{
	add_annotations();
	if (is_on(SL_HOOK_PROFILE))
		sl_prof_thread_init(&shared.prof, 0);
	if (is_on(SL_HOOK_TRACE)) {
		sl_trace_init();
		sl_trace_buffer_init(&shared_trace);
		shared.trace = &shared_trace;
		sl_before_abort = flush_all;
	}
}

void
sl_mhook_start(void)
{
	if (is_on(SL_HOOK_STACKS | SL_HOOK_PROFILE))
		sl_stack_prime();
}

void
sl_mhook_fork_prepare(struct sl_mcache *mc)
{
	if (sl_hooks(SL_HOOK_ANY) == 0)
		return;
	if (mc->hook != NULL && mc->hook->trace != NULL)
		sl_trace_flush(mc->hook->trace);
	sl_mutex_lock_for_fork(&lock);
	sl_prof_fork_prepare();
	sl_stack_fork_prepare();
}

void
sl_mhook_fork_parent(void)
{
	if (sl_hooks(SL_HOOK_ANY) == 0)
		return;
	sl_stack_fork_done();
	sl_prof_fork_done();
	sl_mutex_unlock_after_fork(&lock);
}

/* What is in the buffers is the parent's to write; a lock that is held there
 * is held by a thread that does not exist here. */
void
sl_mhook_fork_child(struct sl_mcache *mc)
{
	if (sl_hooks(SL_HOOK_ANY) == 0)
		return;
	for (struct sl_hook_thread *t = states; t != NULL; t = t->next) {
		t->is_free = t != mc->hook;
		if (t->trace != NULL)
			sl_trace_buffer_init(t->trace);
	}
	if (is_on(SL_HOOK_TRACE)) {
		sl_trace_buffer_init(&shared_trace);
		sl_trace_in_child();
	}
	sl_mhook_fork_parent();
}

/* After all handlers of atexit().  Who frees later writes at once. */
__attribute__((destructor)) static void
finish(void)
{
	if (is_on(SL_HOOK_PROFILE))
		sl_prof_write_at_end();
	if (!is_on(SL_HOOK_TRACE))
		return;
	sl_store_rlx(&is_over, true); /* relaxed: others may buffer a bit */
	flush_all();
	sl_trace_put_maps();
}
