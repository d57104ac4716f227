/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fields.h - whether a JSON object has the members that it should, each of its
 * type, and no others.
 *
 * Used by check_plan.c and check_cell.c.
 */
#ifndef SL_DRIVER_FIELDS_H
#define SL_DRIVER_FIELDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum sl_json_type {
	SL_FIELD_TEXT,
	SL_FIELD_TIME,   /* "2026-01-31T12:00:00Z" */
	SL_FIELD_DIGEST, /* 16 hex digits, or empty */
	SL_FIELD_AMOUNT, /* a number, not negative */
	SL_FIELD_COUNT,  /* ... and an integer */
	SL_FIELD_LEVEL,  /* an amount, or -1: not known */
	SL_FIELD_FLAG,
	SL_FIELD_LIST,
	SL_FIELD_TEXTS, /* a list of these */
	SL_FIELD_OBJECT,
};

struct sl_json_field {
	const char *name; /* NULL: the last */
	enum sl_json_type type;
	bool may_lack;
	bool may_be_null;
};

/* Lists of them: a member that must be there, that may be missing, that may be
 * null. */
#define SL_MUST(name, type)                                                    \
	{                                                                      \
		name, SL_FIELD_##type, false, false                            \
	}
#define SL_MAY(name, type)                                                     \
	{                                                                      \
		name, SL_FIELD_##type, true, false                             \
	}
#define SL_OR_NULL(name, type)                                                 \
	{                                                                      \
		name, SL_FIELD_##type, false, true                             \
	}
#define SL_FIELDS_END                                                          \
	{                                                                      \
		NULL, SL_FIELD_TEXT, false, false                              \
	}

/* False with one line in `why`; `where` names the object. */
bool sl_fields_valid(json_t *o, const char *where,
    const struct sl_json_field *fields, char *why, size_t why_len);

#endif /* SL_DRIVER_FIELDS_H */
