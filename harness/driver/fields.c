/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fields.c - whether a JSON object has the members that it should.
 *
 * Called by check_plan.c and check_cell.c.
 */
#include "harness/driver/fields.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* `form` with 0 for a digit and all else as it is. */
static bool
has_form(const char *s, const char *form)
{
	for (; *s && *form; s++, form++)
		if (*form == '0' ? *s < '0' || *s > '9' : *s != *form)
			return false;
	return *s == *form;
}

static bool
is_digest(const char *s)
{
	return *s == '\0' ||
	       (strlen(s) == 16 && strspn(s, "0123456789abcdef") == 16);
}

static bool
are_texts(const json_t *list)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
	{
		if (!json_is_string(v))
			return false;
	}
	return json_is_array(list);
}

/* NULL, or what it should be. */
static const char *
lacks(const json_t *v, enum sl_json_type type)
{
	const char *s = json_string_value(v);
	double x = json_is_number(v) ? json_number_value(v) : (double)NAN;

	switch (type) {
	case SL_FIELD_TEXT:
		return s ? NULL : "a text";
	case SL_FIELD_TIME:
		return s && has_form(s, "0000-00-00T00:00:00Z") ? NULL
								: "a time";
	case SL_FIELD_DIGEST:
		return s && is_digest(s) ? NULL : "a digest";
	case SL_FIELD_AMOUNT:
		return x >= 0 ? NULL : "a number from 0";
	case SL_FIELD_COUNT:
		return json_is_integer(v) && x >= 0 ? NULL
						    : "an integer from 0";
	case SL_FIELD_LEVEL:
		return x >= -1 ? NULL : "a number from 0, or -1";
	case SL_FIELD_FLAG:
		return json_is_boolean(v) ? NULL : "true or false";
	case SL_FIELD_LIST:
		return json_is_array(v) ? NULL : "a list";
	case SL_FIELD_TEXTS:
		return are_texts(v) ? NULL : "a list of texts";
	case SL_FIELD_OBJECT:
		break;
	}
	return json_is_object(v) ? NULL : "an object";
}

static bool
is_known(const struct sl_json_field *fields, const char *key)
{
	while (fields->name && strcmp(fields->name, key))
		fields++;
	return fields->name != NULL;
}

bool
sl_fields_valid(json_t *o, const char *where,
    const struct sl_json_field *fields, char *why, size_t why_len)
{
	const struct sl_json_field *f;
	const char *key, *wanted;
	json_t *member;

	if (!json_is_object(o)) {
		snprintf(why, why_len, "%s is not an object", where);
		return false;
	}
	for (f = fields; f->name; f++) {
		const json_t *v = json_object_get(o, f->name);

		if (!v && !f->may_lack) {
			snprintf(
			    why, why_len, "%s: %s is missing", where, f->name);
			return false;
		}
		if (!v || (json_is_null(v) && f->may_be_null))
			continue;
		wanted = lacks(v, f->type);
		if (wanted) {
			snprintf(why, why_len, "%s: %s is not %s", where,
			    f->name, wanted);
			return false;
		}
	}
	json_object_foreach(o, key, member)
	{
		if (!is_known(fields, key)) {
			snprintf(why, why_len,
			    "%s: there is no such member: %s", where, key);
			return false;
		}
	}
	return true;
}
