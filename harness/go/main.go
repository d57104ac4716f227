// SPDX-License-Identifier: BSD-2-Clause
//
// main.go - spanlab-bench-go: workloads of spanlab-bench on Go's own allocator.
//
// Run by spanlab as the allocator `go`; one process is one trial, as with
// spanlab-bench, and the JSON has the same form.  Where a C program frees,
// this one forgets: the object is unreachable from there on, and a collection
// finds it dead.  SPANLAB_OPTIONS=gogc=N says at how much garbage one begins,
// in percent of what lives; with gogc=off only a limit to memory brings one.

package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// Exit statuses, as those of spanlab-bench.
const (
	exitUsage     = 2
	exitCheck     = 3
	exitAllocator = 4
)

func quit(status int, format string, args ...any) {
	fmt.Fprintf(os.Stderr, "spanlab-bench-go: "+format+"\n", args...)
	os.Exit(status)
}

// setCollector obeys SPANLAB_OPTIONS and returns what is in force.
func setCollector() string {
	percent := 100
	for _, o := range strings.Split(os.Getenv("SPANLAB_OPTIONS"), ",") {
		value := strings.TrimPrefix(o, "gogc=")
		n, err := strconv.Atoi(value)
		switch {
		case o == "":
		case value == o:
			quit(exitUsage, "SPANLAB_OPTIONS: there is no option '%s' (gogc=N or gogc=off)", o)
		case value == "off":
			percent = -1
		case err != nil || n < 1 || n > 100000:
			quit(exitUsage, "SPANLAB_OPTIONS: gogc is 1 to 100000, or off: '%s'", value)
		default:
			percent = n
		}
	}
	debug.SetGCPercent(percent)
	if percent < 0 {
		debug.SetMemoryLimit(memoryLimit())
		return "gogc=off"
	}
	return "gogc=" + strconv.Itoa(percent)
}

// whoami is asked before a sweep begins whether the options are understood.
func whoami(options string) {
	out, _ := json.Marshal(map[string]any{
		"allocator":   "go",
		"path":        executable(),
		"identity":    runtime.Version(),
		"options":     os.Getenv("SPANLAB_OPTIONS"),
		"options_all": options,
		"is_spanlab":  false,
	})
	fmt.Println(string(out))
}

// parseParams reads "size=64 batch=512 ops=0"; "mixed" is -1.
func parseParams(text string) map[string]int64 {
	params := map[string]int64{}
	for _, p := range strings.Fields(text) {
		key, value, _ := strings.Cut(p, "=")
		n, err := strconv.ParseInt(value, 10, 64)
		if value == "mixed" {
			n = -1
		} else if err != nil {
			quit(exitUsage, "--params: '%s' is not KEY=NUMBER", p)
		}
		params[key] = n
	}
	return params
}

func main() {
	var c config
	var params, out, format, expect string
	var who bool
	var has string

	flag.StringVar(&c.name, "workload", "", "which")
	flag.StringVar(&params, "params", "", "its parameters, as spanlab-bench --list-json prints them")
	flag.IntVar(&c.threads, "threads", 1, "goroutines, each locked to a thread of its own")
	flag.Float64Var(&c.seconds, "seconds", 0.3, "the window of the trial")
	flag.Float64Var(&c.scale, "scale", 1, "multiplies ops")
	flag.Uint64Var(&c.seed, "seed", 1, "of the random numbers")
	flag.StringVar(&out, "benchmark_out", "/dev/stdout", "where the JSON goes")
	flag.StringVar(&format, "benchmark_out_format", "json", "json")
	flag.StringVar(&expect, "expect", "go", "exit with 4 if it is another allocator")
	flag.BoolVar(&who, "whoami", false, "which allocator answers, as JSON")
	flag.StringVar(&has, "has", "", "print those of these workloads, A,B,..., that there are")
	flag.Parse()
	if flag.NArg() > 0 {
		quit(exitUsage, "unknown argument %s", flag.Arg(0))
	}
	if has != "" {
		for _, name := range strings.Split(has, ",") {
			if kindOf(name) != nil {
				fmt.Println(name)
			}
		}
		return
	}
	options := setCollector()
	if who {
		whoami(options)
		return
	}
	if expect != "go" {
		quit(exitAllocator, "expected %s, but this is go", expect)
	}
	c.kind = kindOf(c.name)
	if c.kind == nil {
		quit(exitUsage, "there is no workload '%s' here", c.name)
	}
	if format != "json" || c.threads < 1 || c.threads > threadsMax ||
		!(c.seconds > 0) || !(c.scale > 0) {
		quit(exitUsage, "a value is out of range (--help)")
	}
	c.params = parseParams(params)
	for _, key := range append([]string{"ops"}, c.kind.params...) {
		if _, ok := c.params[key]; !ok {
			quit(exitUsage, "%s: --params lacks %s", c.name, key)
		}
	}
	r := run(&c)
	record(&c, r, options, params, out)
	if !r.ok {
		quit(exitCheck, "%s", r.why)
	}
}
