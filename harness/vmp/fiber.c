/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fiber.c - virtual threads' stacks and thread-local data; see fiber.h.
 * Called by both engines.
 */
#define _GNU_SOURCE 1
#include "harness/vmp/fiber.h"

#include <asm/prctl.h>
#include <link.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel lets programs set the address themselves (Linux 5.9). */
#define HWCAP2_FSGSBASE_BIT (1ul << 1)

enum { GUARD_BYTES = 4096, DONOR_STACK_BYTES = 32 << 10 };

/* Saves what a function must keep on the old stack, its address in *from, and
 * takes it from the new one. */
__asm__(".text\n"
	".type vmp_fiber_switch, @function\n"
	"vmp_fiber_switch:\n\t"
	"pushq %rbp\n\tpushq %rbx\n\tpushq %r12\n\t"
	"pushq %r13\n\tpushq %r14\n\tpushq %r15\n\t"
	"movq %rsp, (%rdi)\n\t"
	"movq %rsi, %rsp\n\t"
	"popq %r15\n\tpopq %r14\n\tpopq %r13\n\t"
	"popq %r12\n\tpopq %rbx\n\tpopq %rbp\n\t"
	"ret\n"
	".size vmp_fiber_switch, .-vmp_fiber_switch\n"
	".type vmp_fiber_entry, @function\n"
	"vmp_fiber_entry:\n\t"
	"movq %rbx, %rdi\n\t"
	"callq *%r12\n\t"
	"ud2\n"
	".size vmp_fiber_entry, .-vmp_fiber_entry\n");

void vmp_fiber_switch(void **from, void *to);
void vmp_fiber_entry(void);

/* VMP_FSGSBASE=0: as where they cannot, for tests. */
bool
fiber_is_fast(void)
{
	static int fast = -1;
	const char *forced;

	if (fast < 0) {
		forced = getenv("VMP_FSGSBASE");
		fast = (forced == NULL || strcmp(forced, "0") != 0) &&
		       (getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE_BIT) != 0;
	}
	return fast;
}

static void
set_tls(uintptr_t tls)
{
	if (fiber_is_fast())
		__asm__ volatile("wrfsbase %0" : : "r"(tls) : "memory");
	else
		(void)syscall(SYS_arch_prctl, ARCH_SET_FS, tls);
}

/* Lends its thread-local data, and sleeps. */
static void *
donor(void *lent)
{
	sem_post(lent);
	for (;;)
		pause();
	return NULL;
}

bool
fiber_make(struct fiber *f)
{
	static sem_t lent;
	pthread_attr_t attr;
	pthread_t thread;
	char *p;

	p = mmap(NULL, FIBER_STACK_BYTES + GUARD_BYTES, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED || mprotect(p, GUARD_BYTES, PROT_NONE) != 0)
		return false;
	f->stack = p + GUARD_BYTES;
	if (sem_init(&lent, 0, 0) != 0 || pthread_attr_init(&attr) != 0)
		return false;
	pthread_attr_setstacksize(&attr, DONOR_STACK_BYTES);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &attr, donor, &lent) != 0)
		return false;
	while (sem_wait(&lent) != 0)
		;
	pthread_attr_destroy(&attr);
	f->tls = (uintptr_t)thread;
	return true;
}

/* The program's: what a new thread's data is made from, and where it lies by
 * the thread's number. */
static struct {
	const char *image;
	size_t image_bytes, bytes;
	intptr_t at;
} program_tls;

static int
find_tls(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	(void)arg;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];

		if (h->p_type != PT_TLS || info->dlpi_tls_data == NULL)
			continue;
		program_tls.image =
		    (const char *)(info->dlpi_addr + h->p_vaddr);
		program_tls.image_bytes = h->p_filesz;
		program_tls.bytes = h->p_memsz;
		program_tls.at = (char *)info->dlpi_tls_data -
				 (char *)(uintptr_t)pthread_self();
	}
	return 1; /* the program is the first, and enough */
}

void
fiber_renew(struct fiber *f)
{
	size_t n = program_tls.image_bytes;
	char *to = (char *)f->tls + program_tls.at;

	memcpy(to, program_tls.image, n);
	memset(to + n, 0, program_tls.bytes - n);
}

void
fiber_start(struct fiber *f, void (*main)(void *), void *arg)
{
	void **sp = (void **)(void *)(f->stack + FIBER_STACK_BYTES);

	*--sp = NULL; /* so that main begins on an aligned stack */
	*--sp = NULL;
	*--sp = (void *)vmp_fiber_entry;
	*--sp = NULL;         /* rbp */
	*--sp = arg;          /* rbx */
	*--sp = (void *)main; /* r12 */
	*--sp = NULL;         /* r13 */
	*--sp = NULL;         /* r14 */
	*--sp = NULL;         /* r15 */
	f->sp = sp;
}

void
fiber_adopt(struct fiber *self)
{
	self->tls = (uintptr_t)pthread_self();
	self->stack = NULL;
	(void)dl_iterate_phdr(find_tls, NULL);
}

void
fiber_switch(struct fiber *from, struct fiber *to)
{
	set_tls(to->tls);
	vmp_fiber_switch(&from->sp, to->sp);
}
