/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mksizeclasses.c - prints core/sizeclass.h (Go: mksizeclasses.go).
 *
 * A program of the build tree, run by `make sizeclasses` and by the test that
 * compares its output with the file.  Go's algorithm: grow the size by a step
 * that depends on the size, give each class the smallest span that wastes at
 * most an eighth of itself at the tail, merge classes that yield the same
 * number of objects, and then use up the slack of each span.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	PAGE = 8192,
	MAX_SMALL = 32768,
	SMALL_MAX = 1024,
	SMALL_DIV = 8,
	LARGE_DIV = 128,
	CLASSES = 68,
	ROOM = 256
};

static unsigned size[ROOM], pages[ROOM], nclass = 1; /* class 0 is no size */

static unsigned
next_step(unsigned s, unsigned step)
{
	if ((s & (s - 1)) != 0)
		return step;
	if (s >= 2048)
		return 256;
	if (s >= 128)
		return s / 8;
	if (s >= 32)
		return 16;
	return step;
}

static void
make_classes(void)
{
	unsigned step = 8, s, span;

	for (s = 8; s <= MAX_SMALL; s += step) {
		step = next_step(s, step);
		span = PAGE;
		while (span % s > span / 8)
			span += PAGE;
		if (nclass > 1 && pages[nclass - 1] == span / PAGE &&
		    span / size[nclass - 1] == span / s) {
			size[nclass - 1] = s;
			continue;
		}
		size[nclass] = s;
		pages[nclass] = span / PAGE;
		nclass++;
	}
	for (unsigned c = 1; c < nclass; c++) {
		unsigned bytes = pages[c] * PAGE;
		unsigned best = bytes / (bytes / size[c]) / 128 * 128;

		if (best > size[c])
			size[c] = best;
	}
}

/* Multiplying by this and dropping 32 bits divides every offset in the span;
 * the bits dropped are less than this if nothing remains (Lemire, Kaser, Kurz:
 * Faster remainder by direct computation, 2019). */
static uint32_t
magic(unsigned c)
{
	uint32_t m = UINT32_MAX / size[c] + 1;

	for (uint64_t n = 0; n <= (uint64_t)pages[c] * PAGE; n++)
		if (n * m >> 32 != n / size[c] ||
		    ((uint32_t)(n * m) < m) != (n % size[c] == 0))
			abort();
	return m;
}

static unsigned
class_of(unsigned s)
{
	unsigned c = 1;

	while (size[c] < s)
		c++;
	return c;
}

static void
print_row(const char *type, const char *name, unsigned n,
    unsigned long (*value)(unsigned))
{
	printf("\nstatic const %s %s[%u] = {", type, name, n);
	for (unsigned i = 0; i < n; i++)
		printf("%s%lu,", i % 12 == 0 ? "\n\t" : " ", value(i));
	printf("\n};\n");
}

static unsigned long
v_size(unsigned i)
{
	return size[i];
}

static unsigned long
v_pages(unsigned i)
{
	return pages[i];
}

static unsigned long
v_magic(unsigned i)
{
	return i == 0 ? 0 : magic(i);
}

static unsigned long
v_class8(unsigned i)
{
	return i == 0 ? 0 : class_of(i * SMALL_DIV);
}

/* C wants 16-byte alignment from 16 bytes on; 24-byte slots have 8. */
static unsigned long
v_class8_c(unsigned i)
{
	return i == 0 ? 1 : class_of(i == 3 ? 32 : i * SMALL_DIV);
}

/* How many of these sizes a class has. */
static unsigned long
v_sizes8_c(unsigned c)
{
	unsigned n = 0;

	for (unsigned i = 0; i <= SMALL_MAX / SMALL_DIV; i++)
		n += v_class8_c(i) == c;
	return n;
}

static unsigned long
v_class128(unsigned i)
{
	return class_of(SMALL_MAX + i * LARGE_DIV);
}

int
main(void)
{
	make_classes();
	if (nclass != CLASSES)
		abort();
	printf("/* SPDX-License-Identifier: BSD-2-Clause */\n"
	       "/*\n"
	       " * sizeclass.h - Go's 68 size classes and their tables.\n"
	       " *\n"
	       " * Used by every room that knows a size.  Printed by\n"
	       " * core/mksizeclasses.c: change that, not this.\n"
	       " */\n"
	       "#ifndef SL_SIZECLASS_H\n"
	       "#define SL_SIZECLASS_H\n\n"
	       "/* clang-format off */\n\n"
	       "#include <stdint.h>\n\n"
	       "enum {\n"
	       "\tSL_PAGE_SHIFT = 13,\n"
	       "\tSL_PAGE_SIZE = 1 << SL_PAGE_SHIFT,\n"
	       "\tSL_NUM_SIZECLASSES = %u, /* class 0 stands for large */\n"
	       "\tSL_MAX_SMALL = %u,\n"
	       "\tSL_SMALL_MAX = %u, /* sizes below are looked up by 8 */\n"
	       "\tSL_CLASS_SMALL_MAX = %u, /* class of that size */\n"
	       "\tSL_SMALL_DIV = %u,\n"
	       "\tSL_LARGE_DIV = %u, /* and those above by 128 */\n"
	       "\tSL_TINY_SIZE = 16, /* block shared by tiny objects */\n"
	       "\tSL_TINY_CLASS = 2,\n"
	       "};\n",
	    nclass, MAX_SMALL, SMALL_MAX, class_of(SMALL_MAX), SMALL_DIV,
	    LARGE_DIV);
	print_row("uint16_t", "sl_class_to_size", nclass, v_size);
	print_row("uint8_t", "sl_class_to_pages", nclass, v_pages);
	print_row("uint32_t", "sl_class_to_divmul", nclass, v_magic);
	printf("\n/* Index: (size + 7) / 8. */");
	print_row("uint8_t", "sl_size_to_class8", SMALL_MAX / SMALL_DIV + 1,
	    v_class8);
	printf(
	    "\n/* The same for C: 17..24 bytes go to the 32-byte class, which"
	    "\n * is 16-aligned, and 0 is an object of the smallest class. "
	    "*/");
	print_row("uint8_t", "sl_size_to_class8_c", SMALL_MAX / SMALL_DIV + 1,
	    v_class8_c);
	printf(
	    "\n/* How many entries of that a class has: they end with that of"
	    "\n * its own size. */");
	print_row("uint8_t", "sl_class_sizes8_c", class_of(SMALL_MAX) + 1,
	    v_sizes8_c);
	printf("\n/* Index: (size - 1024 + 127) / 128, in unsigned arithmetic. "
	       "*/");
	print_row("uint8_t", "sl_size_to_class128",
	    (MAX_SMALL - SMALL_MAX) / LARGE_DIV + 1, v_class128);
	printf("\n#endif /* SL_SIZECLASS_H */\n");
	return 0;
}
