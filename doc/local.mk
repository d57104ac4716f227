# SPDX-License-Identifier: BSD-2-Clause
# doc/local.mk - manual pages and the other documents.

dist_man_MANS = \
	%D%/spanlab.1 \
	%D%/spanlab.3 \
	%D%/spanlab-vmp.1 \
	%D%/spanlab-vmp.7 \
	%D%/spanlab_variant.7

dist_doc_DATA = LICENSE NEWS README.md
# What is in the files of a sweep, for other programs.
schemadir = $(pkgdatadir)/schema
dist_schema_DATA = \
	%D%/schema/README.md \
	%D%/schema/cell.schema.json \
	%D%/schema/costs.schema.json \
	%D%/schema/data.csv-metadata.json \
	%D%/schema/failed-cell.schema.json \
	%D%/schema/host.schema.json \
	%D%/schema/instructions.schema.json \
	%D%/schema/map.schema.json \
	%D%/schema/observed.schema.json \
	%D%/schema/paper-report.schema.json \
	%D%/schema/paper-store.schema.json \
	%D%/schema/sweep.schema.json

EXTRA_DIST += %D%/adding-a-variant.md HACKING.md %D%/go-map.md results/README.md

# The recorded runs that README quotes.
EXTRA_DIST += \
	results/h-rcu/README.md \
	results/h-rcu/data.csv \
	results/h-rcu/sweep.json \
	results/vmp-speed/speed.md \
	results/vmp-validate/report.html \
	results/vmp-validate/validate.json \
	results/vmp-validate/validate.md \
	results/mcentral/recorded/data.csv.xz \
	results/mcentral/recorded/map.csv \
	results/mcentral/recorded/map.md \
	results/mcentral/recorded/map.svg \
	results/mcentral/recorded/sweep.json \
	results/papers/recorded/cells.tar.xz \
	results/papers/recorded/report.html \
	results/papers/recorded/report.json \
	results/papers/recorded/report.md \
	results/papers/recorded/store.json \
	results/peers/recorded/costs.csv \
	results/peers/recorded/costs.md \
	results/peers/recorded/data.csv.xz \
	results/peers/recorded/sweep.json \
	results/observer/README.md \
	results/observer/observer.csv \
	results/reference/cells.tar.xz \
	results/reference/data.csv \
	results/reference/plots/garbage.svg \
	results/reference/plots/garbage.variants.svg \
	results/reference/plots/larson.svg \
	results/reference/plots/larson.variants.svg \
	results/reference/plots/pairs.svg \
	results/reference/plots/pairs.variants.svg \
	results/reference/plots/pinned-churn-2048.svg \
	results/reference/plots/pinned-churn-2048.variants.svg \
	results/reference/plots/pinned-churn-512.svg \
	results/reference/plots/pinned-churn-512.variants.svg \
	results/reference/plots/pinned-churn-64.svg \
	results/reference/plots/pinned-churn-64.variants.svg \
	results/reference/plots/threadtest.svg \
	results/reference/plots/threadtest.variants.svg \
	results/reference/plots/xmalloc-1024.svg \
	results/reference/plots/xmalloc-1024.variants.svg \
	results/reference/plots/xmalloc-64.svg \
	results/reference/plots/xmalloc-64.variants.svg \
	results/reference/plots/xmalloc-mixed.svg \
	results/reference/plots/xmalloc-mixed.variants.svg \
	results/reference/report.html \
	results/reference/results.md \
	results/reference/sweep.json
