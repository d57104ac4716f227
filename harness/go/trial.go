// SPDX-License-Identifier: BSD-2-Clause
//
// trial.go - the trial engine: setup, gate, timed run, drain.
//
// Called by main.go.  As harness/trial.c has it: the makespan is from the first
// start, behind a gate at which all have arrived, to the last end.  Workers are
// goroutines that are locked to threads, and there are as many Ps as workers,
// so that each has an mcache; what collects takes its part of these.  Threads
// are not bound to processors, as no Go program does that.

package main

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const threadsMax = 1024

type config struct {
	name    string
	kind    *kind
	params  map[string]int64
	threads int
	seconds float64
	scale   float64
	seed    uint64
}

// A worker's own; others read it between phases.
type worker struct {
	_       [64]byte
	mallocs uint64
	frees   uint64
	untimed uint64 // mallocs of prepare and setup
	quota   uint64 // mallocs; 0: until the deadline
	index   int
	trial   *trial
	state   any
	rng     rng
	start   int64
	end     int64
	_       [64]byte
}

type trial struct {
	config   *config
	workers  []worker
	shared   any
	base     time.Time
	deadline int64 // written before the gate opens
	untimed  uint64
	arrived  atomic.Int64
	open     atomic.Bool
}

type result struct {
	before, after, kept, drained sample
	mallocs, frees               uint64
	minOps, maxOps               uint64
	makespan                     float64
	liveDelta                    int64
	rssPeak                      float64
	ok                           bool
	why                          string
}

func (t *trial) now() int64 {
	return int64(time.Since(t.base))
}

func (w *worker) goesOn() bool {
	if w.quota > 0 {
		return w.mallocs < w.quota
	}
	return w.trial.now() < w.trial.deadline
}

func (w *worker) param(key string) int {
	return int(w.trial.config.params[key])
}

// share is a worker's part of objects that all have: each, or fewer so that
// there are no more than total (0: any number), but some.
func (w *worker) share(each, total int) int {
	const some = 4
	part := total / w.trial.config.threads
	if part < some {
		part = some
	}
	if total > 0 && part < each {
		return part
	}
	return each
}

func (t *trial) pass() {
	if t.arrived.Add(1) == int64(t.config.threads) {
		t.deadline = t.now() + int64(t.config.seconds*1e9)
		t.open.Store(true)
		return
	}
	for !t.open.Load() {
		runtime.Gosched()
	}
}

// all runs f in each worker's thread, and waits.
func (t *trial) all(f func(w *worker)) {
	var wg sync.WaitGroup
	for i := range t.workers {
		w := &t.workers[i]
		wg.Add(1)
		go func() {
			defer wg.Done()
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			f(w)
		}()
	}
	wg.Wait()
}

func newTrial(c *config) *trial {
	t := &trial{config: c, base: time.Now(), workers: make([]worker, c.threads)}
	for i := range t.workers {
		w := &t.workers[i]
		w.index = i
		w.trial = t
		w.rng.init(c.seed, 0, uint64(i))
		if ops := c.params["ops"]; ops > 0 {
			w.quota = uint64(float64(ops) * c.scale)
			if w.quota < 1 {
				w.quota = 1
			}
		}
	}
	return t
}

func (t *trial) addUp(r *result) {
	first, last := t.workers[0].start, t.workers[0].end
	r.minOps = ^uint64(0)
	for i := range t.workers {
		w := &t.workers[i]
		ops := w.mallocs
		if w.frees > ops {
			ops = w.frees
		}
		r.mallocs += w.mallocs
		r.frees += w.frees
		if ops < r.minOps {
			r.minOps = ops
		}
		if ops > r.maxOps {
			r.maxOps = ops
		}
		if w.start < first {
			first = w.start
		}
		if w.end > last {
			last = w.end
		}
		t.untimed += w.untimed
	}
	if last <= first {
		last = first + 1
	}
	r.makespan = float64(last-first) / 1e9
}

// check holds that the runtime has counted as many objects as the workload;
// that behind the run no more are alive than C would not have freed; and that
// all are dead when everything was forgotten.  Objects below 16 bytes share
// blocks, and Go counts them as dead at once.
func (t *trial) check(r *result, begun sample) {
	counted := r.mallocs + t.untimed
	made := r.drained.mallocs - begun.mallocs
	kept := int64(r.kept.live) - int64(begun.live)
	slack := int64(1000 + 64*t.config.threads)
	r.liveDelta = int64(r.drained.live) - int64(begun.live)
	r.ok = made >= counted && kept <= int64(counted-r.frees)+slack &&
		r.liveDelta <= slack
	r.why = fmt.Sprintf("%s: %d objects were counted, Go has made %d; %d live behind the run, of %d that were not forgotten; %+d at the end",
		t.config.name, counted, made, kept, counted-r.frees, r.liveDelta)
}

func run(c *config) *result {
	r := &result{}
	runtime.GOMAXPROCS(c.threads)
	resetPeak()
	begun := takeSample(true)
	t := newTrial(c)
	if c.kind.prepare != nil {
		c.kind.prepare(t)
	}
	if c.kind.setup != nil {
		t.all(c.kind.setup)
	}
	for i := range t.workers {
		w := &t.workers[i]
		w.untimed, w.mallocs, w.frees = w.mallocs, 0, 0
	}
	r.before = takeSample(false)
	t.all(func(w *worker) {
		t.pass()
		w.start = t.now()
		c.kind.run(w)
		w.end = t.now()
	})
	r.after = takeSample(false)
	t.addUp(r)
	r.rssPeak = peakKiB()
	r.kept = takeSample(true)
	if c.kind.drain != nil {
		t.all(c.kind.drain)
	}
	for i := range t.workers {
		t.workers[i].state = nil
	}
	t.shared = nil
	r.drained = takeSample(true)
	t.check(r, begun)
	return r
}
