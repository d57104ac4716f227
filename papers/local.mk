# SPDX-License-Identifier: BSD-2-Clause
# papers/local.mk - the publications, which spanlab reads where they are.

EXTRA_DIST += %D%/README.md
nobase_dist_pkgdata_DATA = \
	%D%/control/README.md \
	%D%/control/claims \
	%D%/control/experiment \
	%D%/control/paper.bib \
	%D%/counters/README.md \
	%D%/counters/claims \
	%D%/counters/experiment \
	%D%/counters/paper.bib \
	%D%/go-mcentral/README.md \
	%D%/go-mcentral/claims \
	%D%/go-mcentral/experiment \
	%D%/go-mcentral/paper.bib \
	%D%/hart/README.md \
	%D%/hart/claims \
	%D%/hart/experiment \
	%D%/hart/paper.bib \
	%D%/hoard/README.md \
	%D%/hoard/claims \
	%D%/hoard/experiment \
	%D%/hoard/paper.bib \
	%D%/hyaline/README.md \
	%D%/hyaline/claims \
	%D%/hyaline/experiment \
	%D%/hyaline/paper.bib \
	%D%/larson/README.md \
	%D%/larson/claims \
	%D%/larson/experiment \
	%D%/larson/paper.bib \
	%D%/magazines/README.md \
	%D%/magazines/claims \
	%D%/magazines/experiment \
	%D%/magazines/paper.bib \
	%D%/michael/README.md \
	%D%/michael/claims \
	%D%/michael/experiment \
	%D%/michael/paper.bib \
	%D%/mimalloc-bench/README.md \
	%D%/mimalloc-bench/claims \
	%D%/mimalloc-bench/experiment \
	%D%/mimalloc-bench/paper.bib \
	%D%/smpalloc/README.md \
	%D%/smpalloc/claims \
	%D%/smpalloc/experiment \
	%D%/smpalloc/paper.bib \
	%D%/snmalloc/README.md \
	%D%/snmalloc/claims \
	%D%/snmalloc/experiment \
	%D%/snmalloc/paper.bib \
	%D%/supermalloc/README.md \
	%D%/supermalloc/claims \
	%D%/supermalloc/experiment \
	%D%/supermalloc/paper.bib \
	%D%/urcu/README.md \
	%D%/urcu/claims \
	%D%/urcu/experiment \
	%D%/urcu/paper.bib \
	%D%/usl/README.md \
	%D%/usl/claims \
	%D%/usl/experiment \
	%D%/usl/paper.bib
