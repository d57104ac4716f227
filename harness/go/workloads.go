// SPDX-License-Identifier: BSD-2-Clause
//
// workloads.go - the workloads, each as the file of its name in
// harness/workloads has it.
//
// Called by trial.go.  Parameters come from spanlab-bench, which has their
// defaults.

package main

import (
	"runtime"
	"strings"
	"sync/atomic"
)

type kind struct {
	params  []string
	prepare func(t *trial)
	setup   func(w *worker)
	run     func(w *worker)
	drain   func(w *worker)
}

// By what names begin with; parameters may follow behind a colon.
var kinds = []struct {
	prefix string
	kind   *kind
}{
	{"pairs", &kind{params: []string{"size"}, run: dropRun}},
	{"pair-", &kind{params: []string{"size"}, run: dropRun}},
	{"garbage", &kind{params: []string{"size"}, run: dropRun}},
	{"threadtest", &kind{[]string{"size", "objects", "total"}, nil,
		threadtestSetup, threadtestRun, nil}},
	{"larson", &kind{[]string{"min", "max", "chunks", "rounds"},
		larsonPrepare, nil, larsonRun, larsonDrain}},
	{"xmalloc-", &xmalloc},
	{"prod-con", &xmalloc},
	{"remote-", &xmalloc},
	{"pinned-churn-", &kind{[]string{"size", "spans", "batch", "hold", "remote"},
		nil, churnSetup, churnRun, churnDrain}},
}

var xmalloc = kind{[]string{"size", "batch", "cells", "marks"},
	xmallocPrepare, nil, xmallocRun, xmallocDrain}

func kindOf(name string) *kind {
	for _, k := range kinds {
		if strings.HasPrefix(name, k.prefix) {
			return k.kind
		}
	}
	return nil
}

// --- pairs, garbage -------------------------------------------------------

const dropsPerLook = 1024

func dropRun(w *worker) {
	size := w.param("size")
	look := dropsPerLook
	if strings.HasPrefix(w.trial.config.name, "garbage") {
		look = 256
	}
	for w.goesOn() {
		for i := 0; i < look; i++ {
			*(*byte)(alloc(size)) = 1
		}
		w.mallocs += uint64(look)
		w.frees += uint64(look)
	}
}

// --- threadtest -----------------------------------------------------------

func threadtestSetup(w *worker) {
	w.state = make([]object, w.share(w.param("objects"), w.param("total")))
}

func threadtestRun(w *worker) {
	size := w.param("size")
	obj := w.state.([]object)
	for w.goesOn() {
		for i := range obj {
			obj[i] = w.malloc(size)
		}
		for i := range obj {
			w.forget(obj[i], size)
			obj[i] = nil
		}
	}
}

// --- larson ---------------------------------------------------------------

const operationsPerLook = 256

type slot struct {
	p    object
	size int
}

type larson struct {
	slots                        []slot
	min, max, chunks, operations int
}

func (l *larson) draw(r *rng) int {
	if l.max > l.min {
		return l.min + r.below(l.max-l.min)
	}
	return l.min
}

// All slots are one after the other for each thread, and dealt out at random.
func larsonPrepare(t *trial) {
	p := t.config.params
	l := &larson{min: int(p["min"]), max: int(p["max"]), chunks: int(p["chunks"])}
	l.operations = l.chunks * int(p["rounds"])
	l.slots = make([]slot, l.chunks*t.config.threads)
	var r rng
	r.init(t.config.seed, 0, threadsMax)
	for i := range l.slots {
		s := &l.slots[i]
		s.size = l.draw(&r)
		s.p = alloc(s.size)
		stamp(s.p, s.size)
	}
	t.untimed += uint64(len(l.slots))
	for i := len(l.slots) - 1; i > 0; i-- {
		j := r.below(i + 1)
		l.slots[i], l.slots[j] = l.slots[j], l.slots[i]
	}
	t.shared = l
}

// generation runs in a thread of its own, which ends with it: the goroutine
// is locked to it and never lets go.
func (l *larson) generation(w *worker, mine []slot, done chan<- bool) {
	runtime.LockOSThread()
	for n := 0; (l.operations == 0 || n < l.operations) && w.goesOn(); n += operationsPerLook {
		for i := 0; i < operationsPerLook; i++ {
			s := &mine[w.rng.below(len(mine))]
			w.forget(s.p, s.size)
			s.p = nil
			s.size = l.draw(&w.rng)
			s.p = w.malloc(s.size)
		}
	}
	done <- true
}

func larsonRun(w *worker) {
	l := w.trial.shared.(*larson)
	mine := l.slots[l.chunks*w.index : l.chunks*(w.index+1)]
	done := make(chan bool)
	for w.goesOn() {
		go l.generation(w, mine, done)
		<-done
	}
}

func larsonDrain(w *worker) {
	l := w.trial.shared.(*larson)
	for i := l.chunks * w.index; i < l.chunks*(w.index+1); i++ {
		w.forget(l.slots[i].p, l.slots[i].size)
		l.slots[i].p = nil
	}
}

// --- xmalloc --------------------------------------------------------------

var mixedSizes = []int{8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512,
	768, 1024, 1536, 2048}

type pair struct {
	ring *ring
	done atomic.Bool
}

func pairs(t *trial) int {
	if t.config.threads > 1 {
		return t.config.threads / 2
	}
	return 1
}

func xmallocPrepare(t *trial) {
	p := make([]pair, pairs(t))
	for i := range p {
		p[i].ring = newRing(int(t.config.params["cells"]), int(t.config.params["batch"]))
	}
	t.shared = p
}

// A pair of a worker; an odd one at the end joins the first.
func pairOf(w *worker) *pair {
	p := w.trial.shared.([]pair)
	if w.index/2 < len(p) {
		return &p[w.index/2]
	}
	return &p[0]
}

func fillBatch(w *worker, c *cell) {
	size := w.param("size")
	marks := w.param("marks") != 0
	for i := range c.ptr {
		n := size
		if size < 0 {
			n = mixedSizes[w.rng.below(len(mixedSizes))]
		}
		c.size[i] = n
		if marks {
			c.ptr[i] = w.malloc(n)
		} else {
			c.ptr[i] = alloc(n)
			*(*byte)(c.ptr[i]) = 1
			w.mallocs++
		}
	}
	c.count = len(c.ptr)
}

func emptyBatch(w *worker, c *cell) {
	marks := w.param("marks") != 0
	for i := 0; i < c.count; i++ {
		if marks {
			w.forget(c.ptr[i], c.size[i])
		} else {
			w.frees++
		}
		c.ptr[i] = nil
	}
}

func produce(w *worker, p *pair) {
	for w.goesOn() {
		c := p.ring.fill()
		if c == nil {
			runtime.Gosched()
			continue
		}
		fillBatch(w, c)
		p.ring.publish(c)
	}
	p.done.Store(true)
}

func consume(w *worker, p *pair) {
	for w.goesOn() {
		isDone := p.done.Load()
		if c := p.ring.drain(); c != nil {
			emptyBatch(w, c)
			p.ring.release(c)
		} else if isDone {
			return
		} else {
			runtime.Gosched()
		}
	}
}

func xmallocRun(w *worker) {
	p := pairOf(w)
	threads := w.trial.config.threads
	switch {
	case threads == 1:
		for w.goesOn() {
			c := p.ring.fill()
			fillBatch(w, c)
			p.ring.publish(c)
			c = p.ring.drain()
			emptyBatch(w, c)
			p.ring.release(c)
		}
	case w.index%2 == 0 && w.index+1 < threads:
		produce(w, p)
	default:
		consume(w, p)
	}
}

func xmallocDrain(w *worker) {
	if w.index%2 == 0 {
		return
	}
	r := pairOf(w).ring
	for c := r.drain(); c != nil; c = r.drain() {
		emptyBatch(w, c)
		r.release(c)
	}
}

// --- pinned-churn ---------------------------------------------------------

const spanBytes = 8192

type churn struct {
	obj    []object // pinned ones that stay, then the others
	pinned int
	batch  int
	at     int
	ring   *ring // to the right neighbour
}

func (c *churn) isNewSpan(p object) bool {
	for _, q := range c.obj[:c.pinned] {
		if uintptr(q)/spanBytes == uintptr(p)/spanBytes {
			return false
		}
	}
	return true
}

func churnSetup(w *worker) {
	size := w.param("size")
	c := &churn{obj: make([]object, w.param("spans")*(spanBytes/size))}
	for i := range c.obj {
		p := w.malloc(size)
		c.obj[i] = p
		if c.pinned < w.param("spans") && c.isNewSpan(p) {
			c.obj[i] = c.obj[c.pinned]
			c.obj[c.pinned] = p
			c.pinned++
		}
	}
	others := len(c.obj) - c.pinned
	c.batch = w.param("batch")
	if c.batch == 0 || c.batch > others {
		c.batch = others
	}
	if w.param("remote") != 0 {
		c.ring = newRing(4, c.batch)
	}
	w.state = c
}

// The next to be replaced; fewer than a batch at the end of the table.
func (c *churn) next() []object {
	others := c.obj[c.pinned:]
	if c.at >= len(others) {
		c.at = 0
	}
	from := c.at
	c.at += c.batch
	if c.at > len(others) {
		c.at = len(others)
	}
	return others[from:c.at]
}

func pause(turns int) {
	for i := 0; i < turns; i++ {
		runtime.KeepAlive(i)
	}
}

func churnOwn(w *worker, c *churn) {
	size, hold := w.param("size"), w.param("hold")
	for w.goesOn() {
		obj := c.next()
		for i := range obj {
			w.forget(obj[i], size)
			obj[i] = nil
		}
		for i := range obj {
			obj[i] = w.malloc(size)
		}
		pause(hold)
	}
}

func forgetNeighbours(w *worker) bool {
	left := w.index - 1
	if left < 0 {
		left = w.trial.config.threads - 1
	}
	r := w.trial.workers[left].state.(*churn).ring
	cell := r.drain()
	if cell == nil {
		return false
	}
	for i := 0; i < cell.count; i++ {
		w.forget(cell.ptr[i], w.param("size"))
		cell.ptr[i] = nil
	}
	r.release(cell)
	return true
}

func giveAndRenew(w *worker, c *churn) bool {
	cell := c.ring.fill()
	if cell == nil {
		return false
	}
	obj := c.next()
	cell.count = len(obj)
	for i := range obj {
		cell.ptr[i] = obj[i]
		obj[i] = w.malloc(w.param("size"))
	}
	c.ring.publish(cell)
	return true
}

func churnRun(w *worker) {
	c := w.state.(*churn)
	if c.ring == nil {
		churnOwn(w, c)
		return
	}
	for w.goesOn() {
		gave := giveAndRenew(w, c)
		if forgetNeighbours(w) || gave {
			pause(w.param("hold"))
		} else {
			runtime.Gosched()
		}
	}
}

func churnDrain(w *worker) {
	c := w.state.(*churn)
	for c.ring != nil && forgetNeighbours(w) {
	}
	for i := range c.obj {
		w.forget(c.obj[i], w.param("size"))
		c.obj[i] = nil
	}
}
