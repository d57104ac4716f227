# SPDX-License-Identifier: BSD-2-Clause
# variants/local.mk - what goes into a release besides the variants' sources,
# which are in the table.

EXTRA_DIST += \
	%D%/README.md \
	%D%/spanlist.h \
	%D%/tagstack.h \
	%D%/variants.m4
