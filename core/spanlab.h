/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spanlab.h - the public face of a Spanlab library.
 *
 * Linking with libspanlab (or preloading it) replaces malloc and its family;
 * the calls below are what the C library's own interface cannot say.  All of
 * them may be called by any thread at any time unless their comment says
 * otherwise.  Sizes are in bytes.  Nothing here is owned by the caller but
 * the memory that an allocation returned.
 */
#ifndef SPANLAB_H
#define SPANLAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What an operation of a span set may have to wait for while other threads
 * stand still, wherever they stopped. */
enum sl_guarantee {
	SL_BLOCKING = 1,     /* for one inside an operation */
	SL_MOSTLY_LOCK_FREE, /* for one inside a rare step, under a lock */
	SL_LOCK_FREE,        /* for none; but others may overtake it for ever */
	SL_WAIT_FREE,        /* for none, and its own steps are bounded */
};

/* When a claim may find nothing although the class has spans to offer. */
enum sl_miss {
	SL_MISS_NEVER = 1, /* at one moment of the claim there were none */
	SL_MISS_BUSY,      /* while operations of other threads overlap it */
	SL_MISS_ANY,       /* other threads may keep spans for themselves */
};

enum sl_counts {
	SL_COUNTS_CAS_FAILURES = 1,
	SL_COUNTS_LOCKS = 2, /* acquisitions, and waits */
	SL_COUNTS_SCANNED = 4,
	SL_COUNTS_GRACE_PERIODS = 8,
	SL_COUNTS_HELPED = 16,
};

/* Which span set this library was built with.  Static storage. */
struct sl_variant_info {
	const char *name;         /* as in variants/variants.m4 */
	const char *progress;     /* "blocking", "lock-free", ... */
	const char *order;        /* "LIFO", "FIFO" or "none" */
	const char *reclamation;  /* how memory of the set itself is reused */
	const char *aba;          /* why ABA cannot hurt */
	const char *paper;        /* where the structure was published */
	bool claim_leaves_listed; /* a claimed span stays on the list */
	bool is_bound; /* a limit to compare with, not a set to use */
	bool spins;    /* who waits keeps the CPU, whoever it waits for, */
	bool in_turn;  /* and is given the lock in turn, running or not */
	enum sl_guarantee insert, claim;
	enum sl_miss miss;
	bool never_forks; /* no process with it may fork */
	unsigned counts;  /* which of the set_ counters it has, SL_COUNTS_* */
};

const struct sl_variant_info *sl_variant(void);

/* How the set works on this machine, if it can work in more than one way: a
 * few words, "" otherwise. */
const char *sl_variant_mode(void);

/*
 * Counters since the process began, summed over all threads.  Those marked *
 * are of one instant, also while other threads run: what was counted before
 * an object or a span was handed on is there if what came of it is.  The
 * others are each right by themselves, and exact while no other thread is
 * inside the allocator.  `size` is set by the caller to
 * sizeof(struct sl_stats), so that a newer library never writes past an older
 * caller's structure.
 */
struct sl_stats {
	size_t size;
	/* the path of an allocation, in spans */
	uint64_t refills;      /* an mcache's span was exhausted */
	uint64_t harvests;     /* * and others had freed slots in it */
	uint64_t detaches;     /* * full spans given up */
	uint64_t holds;        /* * full spans put aside, see hold=N */
	uint64_t reuses;       /* * and taken again by the same mcache */
	uint64_t claims;       /* * spans taken from mcentral */
	uint64_t claims_empty; /* mcentral had none */
	uint64_t grows;        /* * spans taken from the page heap */
	/* the path of a free */
	uint64_t remote_frees; /* slots freed by a thread not the owner; in
				* epoch mode all but large objects */
	uint64_t relinks;      /* * full spans put back on mcentral */
	uint64_t releases;     /* * spans given up with free slots left */
	uint64_t heap_returns; /* * empty spans given back to the page heap */
	uint64_t reaps;        /* walks of mcentral for empty spans */
	/* epoch mode */
	uint64_t turns;  /* the sweep generation advanced */
	uint64_t sweeps; /* * spans swept: what was freed in them became free */
	/* the page heap */
	uint64_t spans_taken;       /* spans made of pages */
	uint64_t spans_given;       /* ... and unmade */
	uint64_t pages_taken;       /* 8 KiB each */
	uint64_t pages_given;       /* ... and given back */
	uint64_t pagecache_hits;    /* spans from a thread's own pages */
	uint64_t pagecache_refills; /* blocks of 64 pages taken */
	uint64_t pagecache_frees;   /* spans whose pages stayed with a thread */
	uint64_t heap_locks;        /* how often the heap lock was taken */
	uint64_t heap_lock_waits;   /* ... when it was held */
	uint64_t scavenged_bytes;   /* given back to the OS */
	/* large objects */
	uint64_t large_allocs; /* * */
	uint64_t large_frees;  /* * */
	uint64_t scan_bytes; /* of objects with a type, to their last pointer */
	uint64_t large_resizes; /* by realloc, in place */
	uint64_t large_moves;   /* ... by changing page tables, not a copy */
	uint64_t zero_pieces;   /* of 256 KiB at most, cleared for calloc */
	uint64_t tiny_allocs;   /* objects put into a block in use */
	/* inside the span set */
	uint64_t set_inserts;
	uint64_t set_cas_failures;
	uint64_t set_lock_acquisitions;
	uint64_t set_lock_waits; /* acquisitions that found the lock held */
	uint64_t set_scanned;    /* nodes walked past (list variants) */
	uint64_t set_grace_periods;
	uint64_t set_helped;  /* operations that another thread carried out */
	uint64_t set_backlog; /* nodes, of a span each, that wait for reuse */
	uint64_t set_backlog_bytes;
	uint64_t set_backlog_most; /* nodes, since the process began */
	/* memory, now */
	uint64_t heap_mapped_bytes; /* address space taken for the heap */
	uint64_t heap_inuse_bytes;  /* pages in spans */
	uint64_t heap_free_bytes;   /* pages in no span and with no thread */
	uint64_t heap_clean_bytes;  /* ... of these: take no memory */
	uint64_t ready_bytes;       /* of all that is ours: in use, or was */
	uint64_t meta_bytes;        /* mapped for descriptors and tables */
	uint64_t os_calls;    /* requests for memory, to the OS and inside */
	uint64_t os_refusals; /* ... refused by refuse=N */
	uint64_t spans_inuse;
	uint64_t mcaches_inuse;
	/* objects; large ones, and with accounting small ones too */
	uint64_t accounting;        /* 0 off, 1 thread, 2 go */
	uint64_t allocs;            /* * */
	uint64_t frees;             /* * */
	uint64_t alloc_bytes;       /* * in slots and whole pages */
	uint64_t free_bytes;        /* * */
	uint64_t large_alloc_bytes; /* * */
	uint64_t large_free_bytes;  /* * */
	/* of the same instant */
	uint64_t span_bytes; /* * pages in spans */
	uint64_t set_listed; /* * spans in the set, unless claims leave them */
	/* with accounting=go: the words that threads share in Go.  They are
	 * behind by what threads have not flushed; exact when these ended */
	uint64_t go_allocs, go_frees;
	uint64_t go_total_alloc, go_total_free; /* bytes */
	uint64_t go_heap_live; /* and the free slots of current spans */
	uint64_t go_heap_inuse, go_heap_idle;
	uint64_t go_in_heap; /* as go_heap_inuse, from the records */
	uint64_t go_pages_inuse;
	/* scavenge=MS and memlimit=MIB */
	uint64_t scavenger_starts; /* threads made for it */
	uint64_t scavenger_bytes;  /* they gave back, of scavenged_bytes */
	uint64_t limit_bytes;      /* given back because of the limit */
	uint64_t limit_passed;     /* spans for which that was not enough */
};

/* Returns 0, or EINVAL when stats->size is not a size this library knows. */
int sl_stats_read(struct sl_stats *stats);

/* The same of one span class; what is not explained here is as above. */
struct sl_class_stats {
	uint64_t spanclass;     /* 0 and 1: large objects */
	uint64_t object_bytes;  /* of a slot; 0: large */
	uint64_t span_pages;    /* of a span, of 8 KiB each; 0: any number */
	uint64_t is_noscan;     /* objects without pointers: all of C's */
	uint64_t is_tiny;       /* blocks that tiny objects share */
	uint64_t spans;         /* * now, wherever they are */
	uint64_t spans_bytes;   /* * of these */
	uint64_t allocs, frees; /* * */
	uint64_t bytes_in, bytes_out; /* * of large objects */
	uint64_t refills;
	uint64_t harvests, reuses, claims, grows; /* * what came of refills */
	uint64_t claims_empty;
	uint64_t holds, detaches, releases, heap_returns; /* * */
	uint64_t sweeps;                                  /* * */
	uint64_t remote_frees;
	uint64_t relinks; /* * */
	uint64_t reaps, turns;
	uint64_t tiny_allocs;
	uint64_t pages_in, pages_out; /* * from and to the page heap */
	uint64_t listed, taken;       /* * put into the set and taken out */
	uint64_t set_inserts;
	uint64_t set_cas_failures;
	uint64_t set_lock_acquisitions;
	uint64_t set_lock_waits;
	uint64_t set_scanned;
	uint64_t set_grace_periods;
	uint64_t set_helped;
};

/*
 * From one snapshot: the counters as sl_stats_read() gives them (unless stats
 * is NULL), and those of the first nrows span classes, in rows of row_size =
 * sizeof(struct sl_class_stats) bytes.  Returns how many span classes there
 * are, or 0 if it does not know row_size or stats->size.
 */
unsigned sl_stats_classes(struct sl_stats *stats, struct sl_class_stats *rows,
    unsigned nrows, size_t row_size);

/* What the calling thread alone has done; each only grows.  Two readings with
 * one operation between them tell which path it took. */
struct sl_thread_stats {
	size_t size;           /* set by the caller, as in struct sl_stats */
	uint64_t refills;      /* an mcache's span was exhausted */
	uint64_t spans_taken;  /* from the page heap */
	uint64_t spans_given;  /* ... and back */
	uint64_t remote_frees; /* slots that another thread owned, or nobody */
	uint64_t set_inserts;  /* spans put on mcentral */
};

/* Returns 0, or EINVAL when stats->size is not a size this library knows.
 * All 0 in a thread that has not allocated.  Allocates nothing. */
int sl_stats_thread(struct sl_thread_stats *stats);

/*
 * The conservation check: every span is in exactly one place, and the free
 * slots and live objects of each add up.  Call it only while no other thread
 * is inside the allocator.  Returns true when all holds; otherwise writes
 * the first fault found as one line to `why` (at most why_len bytes).
 * live_objects and live_bytes (either may be NULL) get what is allocated.
 */
bool sl_heap_check(
    char *why, size_t why_len, uint64_t *live_objects, uint64_t *live_bytes);

/* Live objects of the first n span classes, of shared blocks the tiny objects
 * in them.  Call it as sl_heap_check().  Returns how many classes there are. */
unsigned sl_heap_live(uint64_t *objects, unsigned n);

/*
 * Go's mallocgc without its collector: `size` bytes, zeroed if needzero.
 * noscan objects below 16 bytes share a 16-byte block and are aligned to
 * the largest power of two that divides their size, at most 8; others are
 * aligned as their size class is (the 24-byte class only to 8).  A size of
 * 0 returns one address shared by all.  Returns NULL with errno = ENOMEM.
 * Free with sl_free() or free().
 */
void *sl_mallocgc(size_t size, bool noscan, bool needzero);

/*
 * What a collector has to know of a type: where its pointers are.  size and
 * ptrdata are multiples of 8; bit i of gcdata (the lowest of the first byte is
 * 0) says that the word at 8 * i is a pointer.
 */
struct sl_type {
	size_t size;
	size_t ptrdata; /* bytes, from the first, with all pointers; 0: none */
	const uint8_t *gcdata; /* a bit for each word of these */
	const char *name;      /* for people; may be NULL */
};

/*
 * Go's mallocgc(size, type, needzero): one object of the type, or as many side
 * by side as fit into size.  Objects without pointers (type NULL, or ptrdata
 * 0) are noscan.  For others the heap bitmap gets two bits per word, which no
 * other call does.  errno = EINVAL: a type that cannot be.
 */
void *sl_mallocgc_type(size_t size, const struct sl_type *type, bool needzero);

/* The heap bitmap at a word of an object with a type: is it a pointer, and does
 * the object have pointers at this word or after it?  Addresses of other
 * objects have whatever bits were there before, or none. */
enum { SL_HEAPBIT_POINTER = 1, SL_HEAPBIT_SCAN = 16 };
unsigned sl_heap_bits(const void *p);
void sl_free(void *ptr);

/*
 * How full a full span must become free again before it goes back to
 * mcentral: percent of its slots, 0 (the first free) to 100 (only when it is
 * empty).  From SPANLAB_OPTIONS=relink=PERCENT, read at the first allocation.
 */
unsigned sl_relink_percent(void);

/*
 * The options in effect, as SPANLAB_OPTIONS would ask for them: all of them,
 * or those that are not at their defaults.  Writes at most len bytes with the
 * end, and returns the length that there would be with room for all of it.
 */
size_t sl_options_text(bool all, char *buf, size_t len);

/*
 * Epoch mode (SPANLAB_OPTIONS=epoch=MIB): what is freed stays taken until the
 * sweep generation advances, as in Go, whose collector finds it then.  It
 * advances after so many MiB were allocated, and by this call.  Returns false
 * when not in epoch mode, or if it could not be done now since other threads
 * are at it.
 */
bool sl_epoch_advance(void);

/* "spanlab-<variant> <version>": proves which malloc answered. */
const char *sl_identity(void);

/*
 * Write all counters to the file, from one snapshot, as a JSON object, whose
 * members spanlab(3) lists.  Allocates nothing.  SPANLAB_OPTIONS=
 * stats=json:PATH does so at the end of the program.  Returns 0 or an errno.
 */
int sl_stats_write(const char *path);

/*
 * With SPANLAB_OPTIONS=profile=BYTES: write the profile so far to the file, in
 * the text format of heap profiles that pprof reads.  Returns 0 or an errno;
 * EINVAL if there is no profile.
 */
int sl_profile_write(const char *path);

/*
 * The file of SPANLAB_OPTIONS=trace=PATH: chunks, one after the other, in the
 * byte order of the machine.  A chunk is a struct sl_trace_chunk and so many
 * bytes.  Each thread writes its own chunks, so records are in order within a
 * thread only: sort by `order` first.  Records of several processes may be in
 * one file (a fork without %p in the name): `pid` of the chunk tells.
 */
#define SL_TRACE_MAGIC "SLT1"

enum sl_trace_chunk_kind {
	SL_TRACE_RECORDS = 1,
	SL_TRACE_MAPS, /* text: /proc/self/maps at the end of the process */
};

struct sl_trace_chunk {
	char magic[4];  /* SL_TRACE_MAGIC, without a 0 */
	uint32_t kind;  /* enum sl_trace_chunk_kind */
	uint32_t pid;   /* of the process */
	uint32_t bytes; /* that follow */
};

enum sl_trace_kind {
	SL_TRACE_MALLOC = 1,
	SL_TRACE_CALLOC,  /* the same, zeros were asked for */
	SL_TRACE_FREE,    /* size is what could be used */
	SL_TRACE_REALLOC, /* one record, moved or not */
};

/* One call.  Calls that failed, and frees of NULL, have none. */
struct sl_trace_record {
	uint64_t order;     /* of two about one object, the first is less */
	uint64_t object;    /* its address: its name until it is freed */
	uint64_t old;       /* realloc: its address before; else 0 */
	uint64_t size;      /* bytes asked for */
	uint32_t thread;    /* from 1; 0 is all past their last destructor */
	uint8_t kind;       /* enum sl_trace_kind */
	uint8_t align_log2; /* asked for; 0 if nothing special was */
	uint16_t depth;     /* so many return addresses follow, 8 bytes each,
	                      * the innermost first (trace-stacks=1) */
};

#ifdef __cplusplus
}
#endif

#endif /* SPANLAB_H */
