#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# plugin.sh - code that runs before main, after exit, and in plugins that come
# and go: all of it allocates, and frees what others allocated.

. "$(dirname "$0")/lib.sh"
not_in_quick
: "${CC:=cc}"
: "${SL_TEST_GXX:=g++}"
need "${CC%% *}" gcc
need "$SL_TEST_GXX" g++

prepare() {
	cat >plugin.c <<'EOF'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *made;
static void *table[300];
static __thread char *own;
static pthread_key_t key;

__attribute__((constructor)) static void
begin(void)
{
	made = strdup("made in a constructor");
	for (int i = 0; i < 300; i++)
		table[i] = calloc(1, i * 37 + 1);
	pthread_key_create(&key, free);
}

__attribute__((destructor)) static void
end(void)
{
	char *more = malloc(5000);

	memset(more, 1, 5000);
	for (int i = 0; i < 300; i++)
		free(table[i]);
	free(more);
	free(made);
	pthread_key_delete(key);
}

/* The caller frees it. */
char *
plugin_work(int n)
{
	char *text = malloc(100);

	free(own);
	own = malloc(n % 3000 + 1);
	free(pthread_getspecific(key));
	pthread_setspecific(key, malloc(n % 100 + 1));
	snprintf(text, 100, "%s, %d", made, n);
	return text;
}

void
plugin_rest(void)
{
	free(own);
	own = NULL;
	free(pthread_getspecific(key));
	pthread_setspecific(key, NULL);
}
EOF
	cat >object.cc <<'EOF'
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>

/* glibc keeps such a plugin until the threads that have one are gone. */
struct Own {
	std::map<int, std::string> m;
	Own() { for (int i = 0; i < 50; i++) m[i] = std::string(i * 9, 'x'); }
	~Own() { std::string last(4000, 'y'); m[-1] = last; }
};
static thread_local Own own;
static std::shared_ptr<Own> early = std::make_shared<Own>();

extern "C" char *
plugin_work(int n)
{
	own.m[n % 50] += "z";
	early->m[n] = "early";
	char *text = static_cast<char *>(malloc(10));
	snprintf(text, 10, "%zu", early->m.size() % 7);
	return text;
}

extern "C" void
plugin_rest(void)
{
}
EOF
	cat >host.c <<'EOF'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *before_all, *in_constructor, *from_main;

static void
first(void)
{
	before_all = malloc(123);
	strcpy(before_all, "before all");
}

__attribute__((section(".preinit_array"), used))
static void (*const preinit)(void) = first;

__attribute__((constructor(101))) static void
construct(void)
{
	in_constructor = strdup("in a constructor");
	before_all = realloc(before_all, 70000);
}

__attribute__((destructor(101))) static void
destruct(void)
{
	char *p = calloc(1, 100000);

	printf("%s, %s, at last %d\n", before_all, in_constructor, p[99999]);
	fflush(stdout);
	free(before_all);
	free(in_constructor);
	free(p);
}

static void
later_still(void)
{
	free(from_main);
	printf("registered at exit\n");
}

static void
at_exit(void)
{
	char *p = strdup("at exit");

	atexit(later_still);
	printf("%s\n", p);
	free(p);
}

static unsigned long
sum_of(const char *s)
{
	unsigned long sum = 0;

	while (*s)
		sum = sum * 31 + (unsigned char)*s++;
	return sum;
}

static void *
load_and_unload(void *arg)
{
	const char *const *name = arg;
	unsigned long sum = 0;

	for (int i = 0; i < 150; i++) {
		void *h = dlopen(name[i % 2], RTLD_NOW | RTLD_LOCAL);
		char *(*fn)(int) = h ? (char *(*)(int))dlsym(h, "plugin_work")
				     : NULL;
		void (*rest)(void) =
		    h ? (void (*)(void))dlsym(h, "plugin_rest") : NULL;

		if (!fn || !rest) {
			fprintf(stderr, "%s\n", dlerror());
			exit(1);
		}
		for (int k = 0; k < 20; k++) {
			char *text = fn(k);

			sum += name[2] ? sum_of(text) : 0;
			free(text);
		}
		rest();
		dlclose(h);
	}
	return (void *)(sum % 1000);
}

int
main(void)
{
	const char *name[3] = {"./plugin.so", "./plugin.so", "count"};
	const char *both[3] = {"./plugin.so", "./object.so", NULL};
	pthread_t t[4];
	void *sum;

	from_main = malloc(1000);
	atexit(at_exit);
	printf("%lu\n", (unsigned long)load_and_unload(name));
	load_and_unload(both);
	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, load_and_unload, i % 2 ? both : name);
	for (int i = 0; i < 4; i++) {
		pthread_join(t[i], &sum);
		printf("%lu\n", (unsigned long)sum);
	}
	return 0;
}
EOF
	# shellcheck disable=SC2086 # a compiler with its flags
	$CC -O1 -fPIC -shared -o plugin.so plugin.c
	"$SL_TEST_GXX" -O1 -fPIC -shared -o object.so object.cc
	# shellcheck disable=SC2086 # as above
	$CC -O1 -fno-builtin -pthread -o host host.c
}

work() {
	cd "$prepared"
	./host
}

compare_all
