#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# new.sh - C++'s operators new and delete, all forms, through libstdc++: plain
# and array, sized, aligned, nothrow, new handlers, polymorphic resources.

. "$(dirname "$0")/lib.sh"
not_in_quick
: "${SL_TEST_GXX:=g++}"
need "$SL_TEST_GXX" g++

prepare() {
	cat >work.cc <<'EOF'
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory_resource>
#include <new>
#include <thread>
#include <vector>

#define CHECK(x) \
	do { \
		if (!(x)) { \
			printf("line %d: %s\n", __LINE__, #x); \
			exit(1); \
		} \
	} while (0)

static bool
aligned(void *p, std::size_t a)
{
	return p && reinterpret_cast<std::uintptr_t>(p) % a == 0;
}

static void
plain(std::size_t n)
{
	void *p = operator new(n), *q = operator new[](n);

	CHECK(aligned(p, n < 16 ? 8 : 16) && aligned(q, n < 16 ? 8 : 16));
	CHECK(p != q);
	memset(p, 1, n);
	memset(q, 2, n);
	operator delete(p);
	operator delete[](q);
	p = operator new(n, std::nothrow);
	q = operator new[](n, std::nothrow);
	CHECK(p && q);
	operator delete(p, std::nothrow);
	operator delete[](q, std::nothrow);
	p = operator new(n);
	q = operator new[](n);
	operator delete(p, n);
	operator delete[](q, n);
}

static void
with_alignment(std::size_t n, std::size_t align)
{
	auto a = static_cast<std::align_val_t>(align);
	void *p = operator new(n, a), *q = operator new[](n, a);

	CHECK(aligned(p, align) && aligned(q, align));
	memset(p, 1, n);
	memset(q, 2, n);
	operator delete(p, a);
	operator delete[](q, a);
	p = operator new(n, a, std::nothrow);
	q = operator new[](n, a, std::nothrow);
	CHECK(aligned(p, align) && aligned(q, align));
	operator delete(p, a, std::nothrow);
	operator delete[](q, a, std::nothrow);
	p = operator new(n, a);
	q = operator new[](n, a);
	operator delete(p, n, a);
	operator delete[](q, n, a);
}

static int handled;

static void
handler()
{
	if (++handled == 3)
		throw std::bad_alloc();
}

/* volatile: a compiler may take it for granted that this fails. */
static volatile std::size_t huge = PTRDIFF_MAX;

static void
failures()
{
	int caught = 0;

	CHECK(!operator new(huge, std::nothrow));
	CHECK(!operator new[](huge, std::align_val_t(64), std::nothrow));
	try {
		operator delete(operator new(huge));
	} catch (const std::bad_alloc &) {
		caught++;
	}
	try {
		operator delete(operator new(8,
		    std::align_val_t(std::size_t(1) << 62)));
	} catch (const std::bad_alloc &) {
		caught++;
	}
	std::set_new_handler(handler);
	try {
		operator delete(operator new(huge));
	} catch (const std::bad_alloc &) {
		caught++;
	}
	std::set_new_handler(nullptr);
	printf("caught %d, handled %d\n", caught, handled);
}

struct alignas(128) Wide {
	char c[384];
};

struct Big {
	std::vector<Wide> w;
	std::vector<std::unique_ptr<Big>> below;

	explicit Big(int depth) : w(depth + 1)
	{
		for (int i = 0; depth > 0 && i < 4; i++)
			below.push_back(std::make_unique<Big>(depth - 1));
		for (auto &x : w)
			CHECK(aligned(&x, 128));
	}
};

/* Made in static constructors, deleted in static destructors. */
static Big early(3);
static thread_local std::unique_ptr<Big> mine;

static void
cross()
{
	std::vector<int *> given;

	for (int i = 0; i < 10000; i++)
		given.push_back(new int[i % 100 + 1]{i});
	std::thread t([&] {
		mine = std::make_unique<Big>(3);
		for (auto p : given)
			delete[] p;
	});
	t.join();
}

int
main()
{
	std::pmr::unsynchronized_pool_resource pool;
	std::pmr::vector<std::pmr::string> strings(&pool);

	for (std::size_t n = 0; n < 70000; n = n * 5 / 4 + 1) {
		plain(n);
		for (std::size_t a = 1; a <= 1 << 16; a *= 2)
			with_alignment(n, a);
	}
	failures();
	cross();
	for (int i = 0; i < 2000; i++)
		strings.emplace_back(i % 300, 'x');
	printf("%zu strings\n", strings.size());
}
EOF
	"$SL_TEST_GXX" -std=c++17 -O1 -fno-builtin -pthread -o work work.cc
}

work() {
	"$prepared/work"
}

compare_all
