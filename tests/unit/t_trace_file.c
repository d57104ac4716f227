/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_trace_file.c - the reader of traces, on files made by hand: what it takes,
 * what it refuses, and that its check finds an order that cannot be.
 * Run by make check, once.
 */
#include "tests/unit/unit.h"

/* It belongs to no library that this test is linked with. */
#include "harness/trace_file.c"

#include <unistd.h>

/* Two chunks, of two threads; the order of the records is not that of the
 * file. */
static struct {
	struct sl_trace_chunk head;
	struct sl_trace_record r[3];
	struct sl_trace_chunk head2;
	struct sl_trace_record r2[2];
	uint64_t stack[2];
} file;

static char path[64];

static struct sl_trace_chunk
chunk(size_t bytes)
{
	struct sl_trace_chunk c = {
	    "SLT1", SL_TRACE_RECORDS, 7, (uint32_t)bytes};

	return c;
}

static struct sl_trace_record
record(uint64_t order, unsigned kind, uint64_t object, uint64_t old)
{
	struct sl_trace_record r = {.order = order,
	    .object = object,
	    .old = old,
	    .size = 10,
	    .thread = 1,
	    .kind = (uint8_t)kind};

	return r;
}

/* a = malloc; b = calloc; a moves to c; b is freed; d takes b's place. */
static void
make(void)
{
	file.head = chunk(sizeof(file.r));
	file.r[0] = record(0, SL_TRACE_MALLOC, 0xa0, 0);
	file.r[1] = record(2, SL_TRACE_REALLOC, 0xc0, 0xa0);
	file.r[2] = record(4, SL_TRACE_MALLOC, 0xb0, 0);
	file.head2 = chunk(sizeof(file.r2) + sizeof(file.stack));
	file.r2[0] = record(1, SL_TRACE_CALLOC, 0xb0, 0);
	file.r2[1] = record(3, SL_TRACE_FREE, 0xb0, 0);
	file.r2[1].depth = 2;
	file.stack[0] = 0x1234;
	file.stack[1] = 0x5678;
}

static void
write_file(size_t bytes)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(&file, 1, bytes, f), bytes);
	assert_int_equal(fclose(f), 0);
}

static void
records_come_in_order(void **state)
{
	struct sl_trace_file t;
	uint64_t pc;
	size_t live;

	(void)state;
	make();
	write_file(sizeof(file));
	assert_true(sl_trace_file_read(&t, path));
	assert_int_equal(t.n, 5);
	for (size_t i = 0; i < t.n; i++) {
		assert_int_equal(t.events[i].record.order, i);
		assert_int_equal(t.events[i].pid, 7);
	}
	memcpy(&pc, t.events[3].stack + 8, sizeof(pc));
	assert_int_equal(pc, 0x5678);
	assert_true(sl_trace_file_check(&t, &live));
	assert_int_equal(live, 2);
	sl_trace_file_free(&t);
}

static void
refused(size_t bytes, const char *why)
{
	struct sl_trace_file t;

	write_file(bytes);
	assert_false(sl_trace_file_read(&t, path));
	if (strstr(t.error, why) == NULL)
		fail_msg("not '%s', but '%s'", why, t.error);
	sl_trace_file_free(&t);
}

static void
what_is_cut_off_is_refused(void **state)
{
	struct sl_trace_file t;

	(void)state;
	make();
	for (size_t n = 1; n < sizeof(file); n++)
		if (n != offsetof(__typeof__(file), head2))
			refused(n, "cut off");
	/* Here a file may end. */
	write_file(offsetof(__typeof__(file), head2));
	assert_true(sl_trace_file_read(&t, path));
	sl_trace_file_free(&t);
	/* Chunks that end within a record, and within its stack. */
	file.head.bytes -= 8;
	refused(sizeof(file), "at byte 96: a record is cut off");
	make();
	file.head2.bytes -= 8;
	refused(sizeof(file), "a call stack is cut off");
}

static void
nonsense_is_refused(void **state)
{
	struct sl_trace_file t;

	(void)state;
	make();
	file.head2.magic[0] = 'X';
	refused(sizeof(file), "at byte 136: not a chunk");
	make();
	file.r[1].kind = 0;
	refused(sizeof(file), "at byte 56: not a record");
	file.r[1].kind = SL_TRACE_REALLOC + 1;
	refused(sizeof(file), "not a record");
	make();
	file.r[1].old = 0;
	refused(sizeof(file), "not a record");
	make();
	file.r[0].old = 1;
	refused(sizeof(file), "not a record");
	make();
	file.r[0].object = 0;
	refused(sizeof(file), "not a record");
	assert_false(sl_trace_file_read(&t, "/nowhere/at/all"));
	assert_non_null(strstr(t.error, "cannot read it: "));
	sl_trace_file_free(&t);
}

static void
is_impossible(void)
{
	struct sl_trace_file t;

	write_file(sizeof(file));
	assert_true(sl_trace_file_read(&t, path));
	assert_false(sl_trace_file_check(&t, NULL));
	assert_non_null(strstr(t.error, "cannot be allocated or freed now"));
	sl_trace_file_free(&t);
	make();
}

static void
impossible_orders_are_found(void **state)
{
	(void)state;
	make();
	file.r2[1].order = 5; /* b is given out again before it is free */
	is_impossible();
	file.r[1].order = 0; /* two with one number */
	is_impossible();
	file.r2[1].object = 0xa0; /* freed, but it has moved */
	is_impossible();
	file.r[1].old = 0xa8; /* what moves was never allocated */
	is_impossible();
	file.r[1].object = 0xb0; /* moved to where b is */
	is_impossible();
	file.r2[0].kind = SL_TRACE_FREE; /* freed, and never allocated */
	is_impossible();
}

static int
make_file(void **state)
{
	int fd;

	(void)state;
	if (!unit_temporary(path, sizeof(path)))
		return 1;
	fd = mkstemp(path);
	return fd < 0 || close(fd) != 0;
}

static int
remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(records_come_in_order),
	    cmocka_unit_test(what_is_cut_off_is_refused),
	    cmocka_unit_test(nonsense_is_refused),
	    cmocka_unit_test(impossible_orders_are_found),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_file, remove_file);
}
