// SPDX-License-Identifier: BSD-2-Clause
//
// record.go - what is measured beside time, and the JSON that comes of it.
//
// Called by main.go and trial.go.  Names are those of harness/record.c where
// the figure is the same; go_ are Go's own.

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type sample struct {
	mallocs, live    uint64 // objects, since the program began and now
	collections      uint32
	pauseNs          uint64
	faults           int64
	volSw, involSw   int64
	heapBytes, rssKB float64
}

// takeSample stops the world; settled: it first collects what is dead.
func takeSample(settled bool) sample {
	var m runtime.MemStats
	var u syscall.Rusage
	if settled {
		runtime.GC()
		runtime.GC() // what finalizers and pools held
	}
	runtime.ReadMemStats(&m)
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return sample{
		mallocs:     m.Mallocs,
		live:        m.Mallocs - m.Frees,
		collections: m.NumGC,
		pauseNs:     m.PauseTotalNs,
		faults:      u.Minflt,
		volSw:       u.Nvcsw,
		involSw:     u.Nivcsw,
		heapBytes:   float64(m.HeapSys),
		rssKB:       statusKiB("VmRSS:"),
	}
}

// field is the number behind a key in a file of lines; -1: there is none.
func field(file, key string) float64 {
	text, _ := os.ReadFile(file)
	for _, line := range strings.Split(string(text), "\n") {
		f := strings.Fields(line)
		if len(f) >= 2 && f[0] == key {
			if n, err := strconv.ParseFloat(f[1], 64); err == nil {
				return n
			}
		}
	}
	return -1
}

func statusKiB(key string) float64 {
	return field("/proc/self/status", key)
}

func resetPeak() {
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
}

func peakKiB() float64 {
	return statusKiB("VmHWM:")
}

// memoryLimit is half of what is available, of the machine or of the cgroup:
// without a limit a window full of garbage might not fit.
func memoryLimit() int64 {
	limit := field("/proc/meminfo", "MemAvailable:") * 1024
	group, _ := os.ReadFile("/proc/self/cgroup")
	dir := strings.TrimPrefix(strings.TrimSpace(string(group)), "0::")
	text, err := os.ReadFile(filepath.Join("/sys/fs/cgroup", dir, "memory.max"))
	if err == nil {
		n, err := strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
		if err == nil && n < limit {
			limit = n
		}
	}
	if limit < 64<<20 {
		limit = 64 << 20
	}
	return int64(limit / 2)
}

func executable() string {
	path, err := os.Executable()
	if err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	if err != nil {
		quit(exitUsage, "where is this program? %v", err)
	}
	return path
}

func context(c *config, options, params string) map[string]any {
	host, _ := os.Hostname()
	words := func(n int) string { return strconv.Itoa(n) }
	return map[string]any{
		"date":                time.Now().Format(time.RFC3339),
		"host_name":           host,
		"executable":          executable(),
		"num_cpus":            runtime.NumCPU(),
		"allocator":           "go",
		"allocator_identity":  runtime.Version(),
		"allocator_path":      executable(),
		"options":             os.Getenv("SPANLAB_OPTIONS"),
		"options_all":         options,
		"variant_reclamation": "garbage collection: what C frees is made unreachable",
		"compiler":            runtime.Version(),
		"gomaxprocs":          words(c.threads),
		"seed":                strconv.FormatUint(c.seed, 10),
		"seconds":             strconv.FormatFloat(c.seconds, 'g', -1, 64),
		"scale":               strconv.FormatFloat(c.scale, 'g', -1, 64),
		"cpus_online":         words(runtime.NumCPU()),
		"cpus_allowed":        words(runtime.NumCPU()),
		"pin":                 "none",
		"params_" + c.name:    params,
		"spanlab_schema":      "1",
		"library_build_type":  "release",
	}
}

func record(c *config, r *result, options, params, out string) {
	name := c.name + "/T:" + strconv.Itoa(c.threads) +
		"/iterations:1/repeats:1/manual_time"
	trial := map[string]any{
		"name": name, "run_name": name, "run_type": "iteration",
		"family_index": 0, "per_family_instance_index": 0,
		"repetitions": 1, "repetition_index": 0, "iterations": 1,
		"real_time": r.makespan * 1e3, "time_unit": "ms",
		"threads":            c.threads,
		"mallocs":            r.mallocs,
		"frees":              r.frees,
		"makespan_s":         r.makespan,
		"ops_per_s":          float64(r.mallocs) / r.makespan,
		"min_thread_ops":     r.minOps,
		"max_thread_ops":     r.maxOps,
		"pinned_threads":     0,
		"oversubscribed":     c.threads > runtime.NumCPU(),
		"minor_faults":       r.after.faults - r.before.faults,
		"vol_switches":       r.after.volSw - r.before.volSw,
		"invol_switches":     r.after.involSw - r.before.involSw,
		"check_ok":           r.ok,
		"live_objects_delta": r.liveDelta,
		"rss_peak_kib":       r.rssPeak,
		"rss_after_kib":      r.drained.rssKB,
		"heap_mapped_bytes":  r.after.heapBytes,
		"go_collections":     r.after.collections - r.before.collections,
		"go_pause_ns":        r.after.pauseNs - r.before.pauseNs,
		"go_mallocs":         r.after.mallocs - r.before.mallocs,
	}
	for key, value := range trial {
		if b, ok := value.(bool); ok {
			trial[key] = map[bool]int{false: 0, true: 1}[b]
		}
	}
	if !r.ok {
		trial["error_occurred"] = true
		trial["error_message"] = r.why
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(map[string]any{
		"context":    context(c, options, params),
		"benchmarks": []any{trial},
	}); err != nil {
		quit(exitUsage, "%v", err)
	}
	if err := os.WriteFile(out, text.Bytes(), 0o666); err != nil {
		quit(1, "%v", err)
	}
}
