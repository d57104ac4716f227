// SPDX-License-Identifier: BSD-2-Clause
// page.js - the linked panels of report.html: values under the pointer,
// logarithmic and linear axes, series hidden and shown.
//
// Put into the page by page.c, and run there by the reader's browser alone:
// it loads nothing.  Without it the page is the same, and stands still.
// Keys, on a panel: left, right, Home, End move through the thread counts.
(function () {
'use strict';
const SVG = 'http://www.w3.org/2000/svg';
const look = {x: true, y: false, hidden: new Set()};
const groups = [];

function make(parent, name, attributes, text) {
	const e = parent.namespaceURI === SVG ?
	    document.createElementNS(SVG, name) : document.createElement(name);
	for (const k in attributes)
		e.setAttribute(k, attributes[k]);
	if (text !== undefined)
		e.textContent = text;
	parent.appendChild(e);
	return e;
}

function number(v) {
	if (v === 0)
		return '0';
	const a = Math.abs(v);
	if (a < 0.01)
		return v < 0 ? '>-0.01' : '<0.01';
	return a >= 100 ? v.toFixed(0) : a >= 10 ? v.toFixed(1) : v.toFixed(2);
}

function tick(v) {
	return String(+v.toPrecision(6));
}

function stepOf(span, want) {
	const raw = span / want, ten = Math.pow(10, Math.floor(Math.log10(raw)));
	const part = raw / ten;
	return ten * (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10);
}

// Axes that hold every series in sight.
function makeAxes(panel, threads, shown) {
	const x = {log: look.x, ylog: look.y || panel.log};
	[x.left, x.right, x.top, x.bottom] = panel.box;
	x.min = look.x ? panel.x[0] : 0;
	x.max = look.x ? panel.x[1] : threads[threads.length - 1] * 1.06;
	let lo = Infinity, hi = -Infinity, least = Infinity;
	shown.forEach(a => panel.s[a].forEach(p => {
		if (!p)
			return;
		lo = Math.min(lo, p[1]);
		hi = Math.max(hi, p[2]);
		if (p[0] > 0)
			least = Math.min(least, p[0]);
		if (p[1] > 0)
			least = Math.min(least, p[1]);
	}));
	x.ylog = x.ylog && lo >= 0 && least < Infinity;
	if (x.ylog) {
		x.lo = least / 1.15;
		x.hi = hi * 1.25;
	} else {
		x.lo = Math.min(0, lo);
		x.hi = Math.max(0, hi);
		if (!(x.hi > x.lo))
			x.hi = x.lo + 1;
		x.hi += (x.hi - x.lo) * (panel.wide ? 0.09 : 0.05);
		if (x.lo < 0)
			x.lo -= (x.hi - x.lo) * 0.05;
	}
	const part = (v, from, to, log) => log ?
	    Math.log(v / from) / Math.log(to / from) : (v - from) / (to - from);
	x.px = n => x.left + (x.right - x.left) * part(n, x.min, x.max, x.log);
	x.py = v => x.bottom - (x.bottom - x.top) * part(v, x.lo, x.hi, x.ylog);
	return x;
}

function yTicks(x, wide) {
	const ticks = [];
	if (!x.ylog) {
		const step = stepOf(x.hi - x.lo, wide ? 6 : 4);
		for (let i = Math.ceil(x.lo / step); i * step <= x.hi; i++)
			ticks.push(i * step);
		return ticks;
	}
	const decades = Math.log10(x.hi / x.lo);
	const parts = decades > 4 ? [1] : decades > 1.6 ? [1, 3] :
	    decades > 0.5 ? [1, 2, 3, 5, 7] : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9];
	for (let e = Math.floor(Math.log10(x.lo)); e <= Math.log10(x.hi); e++)
		for (const p of parts) {
			const v = p * Math.pow(10, e);
			if (v >= x.lo && v <= x.hi)
				ticks.push(v);
		}
	return ticks;
}

// Values at the left, and both axes.
function drawTicks(panel, x) {
	const g = panel.svg.querySelector('.axes'), font = panel.font;
	g.replaceChildren();
	for (const v of yTicks(x, panel.wide)) {
		make(g, 'path', {class: 'grid', d: `M${x.left} ${x.py(v)}H${x.right}`});
		make(g, 'text', {x: x.left - 0.6 * font, y: x.py(v) + font * 0.35,
		    'text-anchor': 'end'}, tick(v));
	}
	make(g, 'path', {d: `M${x.left} ${x.top}V${x.bottom}H${x.right}`});
	return g;
}

function drawAxes(panel, threads, x) {
	const g = drawTicks(panel, x), font = panel.font;
	let last = Infinity;
	for (const n of threads.slice().reverse()) {
		const at = x.px(n);
		if (last - at < 2.2 * font)
			continue;
		last = at;
		make(g, 'path', {d: `M${at} ${x.bottom}v5`});
		make(g, 'text', {x: at, y: x.bottom + 8 + font,
		    'text-anchor': 'middle'}, n);
	}
	const shade = panel.svg.querySelector('.shade');
	if (shade) {
		const cpus = +shade.dataset.cpus;
		const from = Math.max(x.left,
		    x.px(x.log ? cpus * Math.pow(2, 0.3) : cpus + 0.5));
		shade.firstElementChild.setAttribute('x', from);
		shade.firstElementChild.setAttribute('width', x.right - from);
	}
}

function drawSeries(panel, threads, x, a) {
	const g = panel.series[a], by = +g.dataset.shift, m = g.dataset.m;
	let line = '', bars = '', marks = '', pen = 'M', end = null;
	const over = [], under = [];
	panel.s[a].forEach((p, i) => {
		if (!p || (x.ylog && !(p[0] > 0))) {
			pen = 'M';
			return;
		}
		const at = `${x.px(threads[i]) + by} ${x.py(p[0])}`;
		const low = x.ylog ? Math.max(p[1], x.lo) : p[1];
		line += pen + at;
		pen = 'L';
		marks += 'M' + at + m;
		bars += `M${x.px(threads[i]) + by} ${x.py(low)}V${x.py(p[2])}`;
		over.push(`${x.px(threads[i]) + by} ${x.py(p[2])}`);
		under.unshift(`${x.px(threads[i]) + by} ${x.py(low)}`);
		end = [x.px(threads[i]) + by, x.py(p[0])];
	});
	g.querySelector('.line').setAttribute('d', line);
	const bar = g.querySelector('.bar');
	if (bar.classList.contains('band'))
		bars = over.length ? `M${over.concat(under).join('L')}z` : '';
	bar.setAttribute('d', bars);
	g.querySelector('.mark').setAttribute('d', marks);
	for (const fit of g.querySelectorAll('.fit')) {
		const [al, be, ga, from, to] = fit.dataset.usl.split(' ').map(Number);
		let d = '', down = 'M';
		for (let i = 0; i <= 40; i++) {
			const n = from * Math.pow(to / from, i / 40);
			const v = ga * n / (1 + al * (n - 1) + be * n * (n - 1));
			const out = v > x.hi || v < x.lo;
			d += out ? '' : `${down}${x.px(n) + by} ${x.py(v)}`;
			down = out ? 'M' : 'L';
		}
		fit.setAttribute('d', d);
	}
	const knee = g.querySelector('.knee');
	if (knee) {
		const [n, v] = knee.dataset.at.split(' ').map(Number);
		knee.setAttribute('d', `M${x.px(n) + by} ${x.py(v)}` +
		    knee.getAttribute('d').replace(/^M[^a-z]*/, ''));
	}
	return end;
}

// Names at the ends of curves, from the top down, none over another.
function placeNames(panel, x, ends) {
	const step = panel.font * 1.22;
	ends.sort((a, b) => a.y - b.y);
	ends.forEach((e, i) => {
		e.at = i ? Math.max(e.y, ends[i - 1].at + step) : Math.max(e.y, x.top);
	});
	let floor = x.bottom;
	for (let i = ends.length - 1; i >= 0 && ends[i].at > floor; i--) {
		ends[i].at = floor;
		floor -= step;
	}
	for (const e of ends) {
		const name = e.g.querySelector('.name');
		if (!name)
			continue;
		name.setAttribute('y', e.at + panel.font * 0.35);
		e.g.querySelector('.lead').setAttribute('d',
		    `M${e.x + 5} ${e.y}L${x.right + 14} ${e.at}`);
	}
}

function draw(group) {
	for (const panel of group.panels) {
		const shown = Object.keys(panel.series).filter(
		    a => !look.hidden.has(+a));
		const x = panel.axes = makeAxes(panel, group.threads, shown);
		const ends = [];
		drawAxes(panel, group.threads, x);
		for (const a in panel.series) {
			const g = panel.series[a];
			g.toggleAttribute('hidden', look.hidden.has(+a));
			if (look.hidden.has(+a))
				continue;
			const end = drawSeries(panel, group.threads, x, a);
			if (end)
				ends.push({g: g, x: end[0], y: end[1]});
			for (const part of g.querySelectorAll('.name,.lead'))
				part.toggleAttribute('hidden', !end);
		}
		placeNames(panel, x, ends);
	}
	point(group, group.at, group.live);
}

// What was observed, at the thread count in sight: percentiles on an axis of
// nines, or memory over time.
function drawCurves(group) {
	for (const c of group.curves) {
		const [left, right, top, bottom] = c.box;
		const x = c.axes = {left: left, right: right, top: top, bottom: bottom};
		const at = c.xs.map(v => c.kind === 'q' ? -Math.log10(1 - v) : v);
		const curve = a => c.s[a][group.at];
		const shown = Object.keys(c.series).filter(a => !look.hidden.has(+a));
		const values = shown.flatMap(curve).filter(v => v > 0);
		x.ylog = (look.y || c.log) && values.length > 0;
		x.lo = x.ylog ? Math.min(...values) / 1.15 : 0;
		x.hi = (Math.max(...values, 0) || 1) * (x.ylog ? 1.25 : 1.05);
		x.px = i => c.x[2] + (c.x[3] - c.x[2]) *
		    (at[i] - c.x[0]) / (c.x[1] - c.x[0]);
		x.py = v => bottom - (bottom - top) * (x.ylog ?
		    Math.log(v / x.lo) / Math.log(x.hi / x.lo) : v / x.hi);
		drawTicks(c, x);
		c.svg.querySelector('.none').toggleAttribute('hidden',
		    values.length > 0);
		for (const a in c.series) {
			const g = c.series[a];
			let line = '', marks = '', pen = 'M';
			g.toggleAttribute('hidden', look.hidden.has(+a));
			curve(a).forEach((v, i) => {
				if (v === null || (x.ylog && !(v > 0))) {
					pen = 'M';
					return;
				}
				line += `${pen}${x.px(i)} ${x.py(v)}`;
				pen = 'L';
				if (isMarked(c, a, i, at[i]))
					marks += `M${x.px(i)} ${x.py(v)}${g.dataset.m}`;
			});
			g.querySelector('.line').setAttribute('d', line);
			g.querySelector('.mark').setAttribute('d', marks);
		}
	}
}

function isMarked(c, a, i, nines) {
	return c.kind === 'ms' ? (i + 5 * a) % 12 === 6 :
	    i === 0 || Math.abs(nines - Math.round(nines)) < 1e-6;
}

// The value of each series at one x, beside the figure; at no x, none.
function tip(group, c, i) {
	c.tip.replaceChildren();
	c.cursor.replaceChildren();
	c.tip.hidden = i === null;
	c.i = i;
	if (i === null)
		return;
	make(c.cursor, 'path',
	    {d: `M${c.axes.px(i)} ${c.axes.top}V${c.axes.bottom}`});
	make(c.tip, 'div', {}, c.kind === 'q' ? `percentile ${tick(100 * c.xs[i])}` :
	    `${number(c.xs[i])} ms`);
	Object.keys(c.series).filter(a => !look.hidden.has(+a) &&
	    c.s[a][group.at][i] !== null).sort((a, b) =>
	    c.s[b][group.at][i] - c.s[a][group.at][i]).forEach(a => {
		const row = make(c.tip, 'div', {});
		make(row, 'span', {}, c.series[a].querySelector('title').textContent);
		make(row, 'b', {}, number(c.s[a][group.at][i]));
	});
}

// All figures of one kind have one cursor; each its values.
function tips(group, kind, i) {
	for (const c of group.curves)
		if (c.kind === kind)
			tip(group, c, i);
}

function listenCurve(group, c) {
	const move = i => tips(group, c.kind, i);
	const known = i => Object.keys(c.series).some(
	    a => c.s[a][group.at][i] !== null);
	c.svg.setAttribute('tabindex', '0');
	c.svg.addEventListener('pointermove', e => {
		const at = place(c, e);
		let best = 0;
		c.xs.forEach((x, i) => {
			if (Math.abs(c.axes.px(i) - at) < Math.abs(c.axes.px(best) - at))
				best = i;
		});
		move(best);
	});
	c.svg.addEventListener('pointerleave', () => move(null));
	c.svg.addEventListener('focus', () => move(c.xs.findIndex((x, i) => known(i))));
	c.svg.addEventListener('blur', () => move(null));
	c.svg.addEventListener('keydown', e => {
		const by = {ArrowLeft: -1, ArrowRight: 1}[e.key];
		const to = c.i === null || by === undefined ? -1 : c.i + by;
		if (!known(to))
			return;
		e.preventDefault();
		move(to);
	});
}

// One thread count in every panel, and its values in the table.
function point(group, at, live) {
	group.at = at;
	group.live = live;
	group.root.classList.toggle('live', live);
	for (const output of group.outputs)
		output.textContent = group.threads[at];
	drawCurves(group);
	group.panels.forEach((panel, column) => {
		panel.cursor.replaceChildren();
		if (live) {
			const x = panel.axes;
			make(panel.cursor, 'path', {d:
			    `M${x.px(group.threads[at])} ${x.top}V${x.bottom}`});
		}
		for (const row of group.rows) {
			const p = panel.s[row.dataset.a][at];
			const cell = row.cells[column + 1];
			cell.textContent = p ? number(p[0]) : '-';
			cell.title = p ? `${number(p[1])} to ${number(p[2])}` : '';
		}
	});
}

// Where the pointer is, in the picture's units.
function place(panel, event) {
	const box = panel.svg.getBoundingClientRect();
	const view = panel.svg.viewBox.baseVal;
	return (event.clientX - box.left) * view.width / box.width;
}

function nearest(group, panel, event) {
	const at = place(panel, event);
	let best = 0;
	group.threads.forEach((n, i) => {
		if (Math.abs(panel.axes.px(n) - at) <
		    Math.abs(panel.axes.px(group.threads[best]) - at))
			best = i;
	});
	return best;
}

function listen(group, panel) {
	panel.svg.setAttribute('tabindex', '0');
	panel.svg.addEventListener('pointermove',
	    e => point(group, nearest(group, panel, e), true));
	panel.svg.addEventListener('pointerleave',
	    () => point(group, group.at, false));
	panel.svg.addEventListener('focus', () => point(group, group.at, true));
	panel.svg.addEventListener('blur', () => point(group, group.at, false));
	panel.svg.addEventListener('keydown', e => {
		const last = group.threads.length - 1;
		const to = {ArrowLeft: Math.max(0, group.at - 1), Home: 0, End: last,
		    ArrowRight: Math.min(last, group.at + 1)}[e.key];
		if (to === undefined)
			return;
		e.preventDefault();
		point(group, to, true);
	});
}

function update() {
	for (const group of groups) {
		draw(group);
		for (const b of group.root.querySelectorAll('button')) {
			const on = b.dataset.axis ? look[b.dataset.axis] :
			    b.dataset.a ? !look.hidden.has(+b.dataset.a) : null;
			if (on !== null)
				b.setAttribute('aria-pressed', on);
			if (b.dataset.a)
				b.closest('tr').classList.toggle('off', !on);
		}
	}
}

function addSwitches(group) {
	const bar = group.root.querySelector('.switches');
	const add = (text, data, act) => {
		const b = make(bar, 'button', {type: 'button'}, text);
		Object.assign(b.dataset, data);
		b.addEventListener('click', () => { act(); update(); });
	};
	add('threads logarithmic', {axis: 'x'}, () => { look.x = !look.x; });
	add('values logarithmic', {axis: 'y'}, () => { look.y = !look.y; });
	if (group.ours.includes(0) && group.ours.includes(1))
		add('variants only', {only: 'ours'}, () => group.ours.forEach(
		    (ours, a) => ours ? look.hidden.delete(a) : look.hidden.add(a)));
	add('all series', {only: 'all'}, () => look.hidden.clear());
}

function addButtons(group) {
	for (const row of group.rows) {
		const th = row.cells[0], a = +row.dataset.a;
		const b = document.createElement('button');
		b.type = 'button';
		b.dataset.a = a;
		b.title = 'hide or show in all panels';
		b.append(...th.childNodes);
		b.addEventListener('click', () => {
			if (!look.hidden.delete(a))
				look.hidden.add(a);
			update();
		});
		th.append(b);
	}
}

// What panels and figures of what was observed have in common.
function attach(panel, figure) {
	const svg = panel.svg = figure.querySelector('svg.panel');
	panel.font = +svg.getAttribute('font-size');
	panel.box = svg.dataset.box.split(' ').map(Number);
	panel.x = svg.dataset.x.split(' ').map(Number);
	panel.log = svg.dataset.log === '1';
	panel.series = {};
	svg.querySelectorAll('.s').forEach(
	    g => { panel.series[g.dataset.a] = g; });
	panel.cursor = make(svg, 'g', {class: 'cursor'});
}

function start(root) {
	const group = JSON.parse(root.querySelector('script').textContent);
	group.root = root;
	group.live = false;
	group.outputs = root.querySelectorAll('output');
	group.rows = [...root.querySelectorAll('tr[data-a]')];
	for (const panel of group.panels) {
		const f = root.querySelector(`[data-panel="${panel.key}"]`);
		panel.wide = f.classList.contains('wide');
		attach(panel, f);
		listen(group, panel);
	}
	for (const c of group.curves) {
		const f = root.querySelector(`[data-curve="${c.key}"]`);
		attach(c, f);
		c.kind = c.svg.dataset.kind;
		c.i = null;
		c.tip = make(f, 'div', {class: 'tip', hidden: ''});
		listenCurve(group, c);
	}
	addSwitches(group);
	addButtons(group);
	groups.push(group);
}

document.querySelectorAll('.group').forEach(start);
update();
}());
