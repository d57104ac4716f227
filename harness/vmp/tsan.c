/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tsan.c - what code compiled with -fsanitize=thread calls, by gcc and clang.
 * Called by guests alone; ThreadSanitizer's own library is not linked.
 *
 * The compiler's names and types: they are declared nowhere but here.
 */
#include <string.h>

#include "harness/vmp/engine.h"

#define PC __builtin_return_address(0)

typedef unsigned __int128 a128;
typedef uint64_t a64;
typedef uint32_t a32;
typedef uint16_t a16;
typedef uint8_t a8;

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

void
__tsan_init(void)
{
}

void
__tsan_func_entry(void *pc)
{
	(void)pc;
}

void
__tsan_func_exit(void)
{
}

/* --- plain and volatile accesses ---------------------------------------- */

#define BEFORE(name, n, kind)                                                  \
	void name(void *p)                                                     \
	{                                                                      \
		vmp_step((uintptr_t)p, n, kind, PC);                           \
	}
/* A volatile store is made by the guest: it cannot wait in a buffer. */
#define PLAIN(n)                                                               \
	BEFORE(__tsan_read##n, n, VMP_READ)                                    \
	BEFORE(__tsan_write##n, n, VMP_WRITE)                                  \
	BEFORE(__tsan_read_write##n, n, VMP_WRITE)                             \
	BEFORE(__tsan_unaligned_read##n, n, VMP_READ)                          \
	BEFORE(__tsan_unaligned_write##n, n, VMP_WRITE)                        \
	BEFORE(__tsan_unaligned_read_write##n, n, VMP_WRITE)                   \
	BEFORE(__tsan_volatile_read##n, n, VMP_LOAD)                           \
	BEFORE(__tsan_volatile_write##n, n, VMP_STORE_SC)                      \
	BEFORE(__tsan_unaligned_volatile_read##n, n, VMP_LOAD)                 \
	BEFORE(__tsan_unaligned_volatile_write##n, n, VMP_STORE_SC)
PLAIN(1)
PLAIN(2)
PLAIN(4)
PLAIN(8)
PLAIN(16)

void
__tsan_read_range(void *p, unsigned long n)
{
	if (n != 0)
		vmp_step((uintptr_t)p, n, VMP_READ, PC);
}

void
__tsan_write_range(void *p, unsigned long n)
{
	if (n != 0)
		vmp_step((uintptr_t)p, n, VMP_WRITE, PC);
}

/* guest.h leads the C library's functions of these names here. */
static void
copies(void *to, const void *from, size_t n, const void *pc)
{
	if (n == 0)
		return;
	vmp_step((uintptr_t)from, n, VMP_READ, pc);
	vmp_step((uintptr_t)to, n, VMP_WRITE, pc);
}

void *
__tsan_memcpy(void *to, const void *from, size_t n)
{
	copies(to, from, n, PC);
	return memcpy(to, from, n);
}

void *
__tsan_memmove(void *to, const void *from, size_t n)
{
	copies(to, from, n, PC);
	return memmove(to, from, n);
}

void *
__tsan_memset(void *to, int c, size_t n)
{
	if (n != 0)
		vmp_step((uintptr_t)to, n, VMP_WRITE, PC);
	return memset(to, c, n);
}

/* --- atomic operations -------------------------------------------------- */

#define FETCH(bits, name, result)                                              \
	a##bits __tsan_atomic##bits##_##name(                                  \
	    volatile a##bits *p, a##bits v, int order)                         \
	{                                                                      \
		a##bits old;                                                   \
                                                                               \
		(void)order;                                                   \
		vmp_step((uintptr_t)p, sizeof(v), VMP_RMW, PC);                \
		old = *p;                                                      \
		*p = (a##bits)(result);                                        \
		vmp_values((uint64_t)old, (uint64_t)*p, true);                 \
		return old;                                                    \
	}

#define SWAP(bits, name)                                                       \
	int __tsan_atomic##bits##_compare_exchange_##name(                     \
	    volatile a##bits *p, a##bits *e, a##bits v, int order, int fail)   \
	{                                                                      \
		a##bits old;                                                   \
                                                                               \
		(void)order;                                                   \
		(void)fail;                                                    \
		vmp_step((uintptr_t)p, sizeof(v), VMP_RMW, PC);                \
		old = *p;                                                      \
		vmp_values((uint64_t)old, (uint64_t)v, old == *e);             \
		if (old == *e) {                                               \
			*p = v;                                                \
			return 1;                                              \
		}                                                              \
		*e = old;                                                      \
		return 0;                                                      \
	}

#define ATOMIC(bits)                                                           \
	a##bits __tsan_atomic##bits##_load(                                    \
	    const volatile a##bits *p, int order)                              \
	{                                                                      \
		uint64_t own;                                                  \
		a##bits v;                                                     \
                                                                               \
		(void)order;                                                   \
		vmp_step((uintptr_t)p, sizeof(v), VMP_LOAD, PC);               \
		if (vmp_buffer_load((uintptr_t)p, sizeof(v), &own))            \
			v = (a##bits)own;                                      \
		else                                                           \
			v = *p;                                                \
		vmp_values((uint64_t)v, (uint64_t)v, true);                    \
		return v;                                                      \
	}                                                                      \
	void __tsan_atomic##bits##_store(                                      \
	    volatile a##bits *p, a##bits v, int order)                         \
	{                                                                      \
		bool sc = order == __ATOMIC_SEQ_CST || sizeof(v) > 8;          \
                                                                               \
		vmp_step((uintptr_t)p, sizeof(v),                              \
		    sc ? VMP_STORE_SC : VMP_STORE, PC);                        \
		vmp_values((uint64_t)*p, (uint64_t)v, true);                   \
		if (sc ||                                                      \
		    !vmp_buffer_store((uintptr_t)p, sizeof(v), (uint64_t)v))   \
			*p = v;                                                \
	}                                                                      \
	FETCH(bits, exchange, v)                                               \
	FETCH(bits, fetch_add, old + v)                                        \
	FETCH(bits, fetch_sub, old - v)                                        \
	FETCH(bits, fetch_and, old &v)                                         \
	FETCH(bits, fetch_or, old | v)                                         \
	FETCH(bits, fetch_xor, old ^ v)                                        \
	FETCH(bits, fetch_nand, ~(old & v))                                    \
	SWAP(bits, strong)                                                     \
	SWAP(bits, weak)                                                       \
	a##bits __tsan_atomic##bits##_compare_exchange_val(                    \
	    volatile a##bits *p, a##bits e, a##bits v, int order, int fail)    \
	{                                                                      \
		a##bits old;                                                   \
                                                                               \
		(void)order;                                                   \
		(void)fail;                                                    \
		vmp_step((uintptr_t)p, sizeof(v), VMP_RMW, PC);                \
		old = *p;                                                      \
		vmp_values((uint64_t)old, (uint64_t)v, old == e);              \
		if (old == e)                                                  \
			*p = v;                                                \
		return old;                                                    \
	}
ATOMIC(8)
ATOMIC(16)
ATOMIC(32)
ATOMIC(64)
ATOMIC(128)

void
__tsan_atomic_thread_fence(int order)
{
	if (order == __ATOMIC_SEQ_CST)
		vmp_step(0, 0, VMP_FENCE, PC);
}

void
__tsan_atomic_signal_fence(int order)
{
	(void)order;
}
