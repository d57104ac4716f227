// SPDX-License-Identifier: BSD-2-Clause
//
// object.go - objects, their marks, random numbers and rings of batches.
//
// Used by workloads.go.  An object is bytes without pointers, and known by the
// address of its first: a table of them has one word for each, which the
// collector reads.  Marks and random numbers are those of harness/stamp.h and
// rng.h.

package main

import (
	"math/bits"
	"sync/atomic"
	"unsafe"
)

type object = unsafe.Pointer

// alloc is not inlined, or the compiler would see that some never leave the
// function, and put them on the stack.
//
//go:noinline
func alloc(size int) object {
	return object(&make([]byte, size)[0])
}

func (w *worker) malloc(size int) object {
	w.mallocs++
	p := alloc(size)
	stamp(p, size)
	return p
}

// forget is what stands for free: the caller then drops its reference.
func (w *worker) forget(p object, size int) {
	stampCheck(p, size)
	w.frees++
}

func mark(p object, size int) uint64 {
	return (uint64(uintptr(p)) ^ uint64(size)<<48) * 0x9e3779b97f4a7c15
}

func stamp(p object, size int) {
	m := mark(p, size)
	if size >= 8 {
		*(*uint64)(p) = m
		*(*uint64)(unsafe.Add(p, size-8)) = m
		return
	}
	for i := 0; i < size; i++ {
		*(*byte)(unsafe.Add(p, i)) = byte(m >> (8 * i))
	}
}

func stampCheck(p object, size int) {
	m := mark(p, size)
	good := true
	if size < 8 {
		for i := 0; i < size; i++ {
			good = good && *(*byte)(unsafe.Add(p, i)) == byte(m>>(8*i))
		}
	} else {
		good = *(*uint64)(unsafe.Add(p, size-8)) == m &&
			(size < 16 || *(*uint64)(p) == m)
	}
	if !good {
		quit(exitCheck, "the mark of an object of %d bytes at %p is broken", size, p)
	}
}

// --- random numbers: xoroshiro128+, seeded by splitmix64 ------------------

type rng struct {
	s [2]uint64
}

func mix(state *uint64) uint64 {
	*state += 0x9e3779b97f4a7c15
	z := *state
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

func (r *rng) init(seed, round, who uint64) {
	x := seed
	x = mix(&x) ^ round
	x = mix(&x) ^ who
	r.s[0] = mix(&x)
	r.s[1] = mix(&x) | 1
}

func (r *rng) next() uint64 {
	a, b := r.s[0], r.s[1]
	sum := a + b
	b ^= a
	r.s[0] = bits.RotateLeft64(a, 24) ^ b ^ (b << 16)
	r.s[1] = bits.RotateLeft64(b, 37)
	return sum
}

func (r *rng) below(n int) int {
	return int(((r.next() >> 32) * uint64(n)) >> 32)
}

// --- rings ----------------------------------------------------------------

// A batch on its way.  turn says whose it is: 2k is the producer's in the kth
// use of the cell, 2k+1 a consumer's.
type cell struct {
	turn  atomic.Uint64
	count int
	ptr   []object
	size  []int
	_     [64]byte
}

// One producer, one consumer or more.
type ring struct {
	cells  []cell
	filled uint64 // producer only
	_      [64]byte
	taken  atomic.Uint64
	_      [64]byte
}

func newRing(cells, batch int) *ring {
	r := &ring{cells: make([]cell, cells)}
	ptr, size := make([]object, cells*batch), make([]int, cells*batch)
	for i := range r.cells {
		r.cells[i].ptr = ptr[i*batch : (i+1)*batch]
		r.cells[i].size = size[i*batch : (i+1)*batch]
	}
	return r
}

// fill returns an empty cell, or nil; publish gives it to the consumers.
func (r *ring) fill() *cell {
	c := &r.cells[r.filled%uint64(len(r.cells))]
	if c.turn.Load() != r.filled/uint64(len(r.cells))*2 {
		return nil
	}
	return c
}

func (r *ring) publish(c *cell) {
	r.filled++
	c.turn.Add(1)
}

// drain returns a full cell, or nil; release gives it back, empty.
func (r *ring) drain() *cell {
	for {
		at := r.taken.Load()
		c := &r.cells[at%uint64(len(r.cells))]
		if c.turn.Load() != at/uint64(len(r.cells))*2+1 {
			if r.taken.Load() == at {
				return nil
			}
			continue
		}
		if r.taken.CompareAndSwap(at, at+1) {
			return c
		}
	}
}

func (r *ring) release(c *cell) {
	c.turn.Add(1)
}
