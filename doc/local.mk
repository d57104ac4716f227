# SPDX-License-Identifier: BSD-2-Clause
# doc/local.mk - manual pages and the other documents.

dist_man_MANS = \
	%D%/spanlab.1 \
	%D%/spanlab.3 \
	%D%/spanlab_variant.7

dist_doc_DATA = LICENSE NEWS README.md
EXTRA_DIST += HACKING.md papers/README.md results/README.md
