#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# gxx.sh - G++ compiles a program of templates, and that program runs.

. "$(dirname "$0")/lib.sh"
not_in_quick
: "${SL_TEST_GXX:=g++}"
need "$SL_TEST_GXX" g++

work() {
	cat >work.cc <<'EOF'
#include <algorithm>
#include <functional>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <regex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

struct alignas(256) Wide {
	char c[256];
};

static std::uint64_t
churn(unsigned seed)
{
	std::map<std::string, std::vector<std::shared_ptr<std::string>>> m;
	std::uint64_t x = seed, sum = 0;

	for (int i = 0; i < 60000; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		auto &v = m["key" + std::to_string(x >> 52)];
		v.push_back(std::make_shared<std::string>(x >> 33 & 127, 'x'));
		if (v.size() > 20)
			v.erase(v.begin(), v.begin() + 10);
	}
	for (auto &p : m)
		for (auto &s : p.second)
			sum = sum * 31 + s->size();
	return sum;
}

int
main()
{
	std::vector<std::future<std::uint64_t>> f;

	for (unsigned i = 1; i <= 4; i++)
		f.push_back(std::async(std::launch::async, churn, i));
	for (auto &r : f)
		std::cout << r.get() << "\n";
	for (int i = 0; i < 1000; i++) {
		auto w = std::make_unique<Wide>();
		if (reinterpret_cast<std::uintptr_t>(w.get()) % 256)
			std::cout << "misaligned\n";
	}
	std::regex re("([a-z]+)-([0-9]+)");
	std::smatch got;
	std::string s = "alpha-12 beta-345";
	while (std::regex_search(s, got, re)) {
		std::cout << got[1] << got[2] << "\n";
		s = got.suffix();
	}
	try {
		std::vector<char> big(std::size_t(-1) / 4);
		std::cout << "no\n";
	} catch (const std::bad_alloc &) {
		std::cout << "bad_alloc\n";
	}
}
EOF
	"$SL_TEST_GXX" -std=c++17 -O1 -pthread -S -o out/work.s work.cc
	"$SL_TEST_GXX" -pthread -o work out/work.s
	./work
}

compare_all "$($SL_TEST_GXX -print-prog-name=cc1plus)"
