// SPDX-License-Identifier: BSD-2-Clause
// page_seen.js - moves over the pictures of what was observed, in a browser,
// and writes down what came of it.
//
// Put behind the page's own script by page.sh.
(function () {
'use strict';
const facts = [];
const fact = (what, good) => facts.push(`${good ? 'yes' : 'NO'}: ${what}`);
const group = document.querySelector('.group');
const figure = key => group.querySelector(`[data-curve=${key}]`);
const svg = key => figure(key).querySelector('svg');
const line = (key, a) => svg(key).querySelector(
    `[data-a="${a}"] .line`).getAttribute('d');
const tip = key => figure(key).querySelector('.tip');
const key = (e, k) => e.dispatchEvent(new KeyboardEvent('keydown', {key: k}));
const hover = (e, part) => {
	const box = e.getBoundingClientRect();
	e.dispatchEvent(new PointerEvent('pointermove',
	    {clientX: box.left + box.width * part, clientY: box.top + 40}));
};
try {
	fact('no tip at first', [...group.querySelectorAll('.tip')].every(
	    t => t.hidden));
	hover(svg('malloc-all'), 0.05);
	fact('the pointer at the left shows the median',
	    tip('malloc-all').textContent.startsWith('percentile 50'));
	const fast = () => (30 + 2 * group.querySelector('output').textContent)
	    .toFixed(1); // as in fake-bench
	fact('... of each series', ['mutex', 'glibc'].every(
	    name => tip('malloc-all').textContent.includes(name + fast())));
	fact('... in the other paths too', !tip('free-own').hidden);
	fact('... and not over time', tip('resident-over-time').hidden);
	for (let i = 0; i < 4; i++)
		key(svg('malloc-all'), 'ArrowRight');
	fact('four to the right is the 90th',
	    tip('malloc-all').textContent.startsWith('percentile 90'));
	key(svg('malloc-all'), 'ArrowRight');
	fact('... and then the 95th, in the next bucket',
	    tip('malloc-all').textContent.includes('201'));
	svg('malloc-all').dispatchEvent(new PointerEvent('pointerleave'));
	fact('without the pointer no tip is left', tip('malloc-all').hidden &&
	    !group.querySelector('.curves .cursor path'));

	const panel = group.querySelector('[data-panel=malloc-p50] svg');
	hover(panel, 0.99);
	fact('the thread count of panels is that of curves', [
	    ...group.querySelectorAll('output')].every(
	    o => o.textContent === '8'));
	hover(svg('malloc-hit'), 0.05);
	fact('... with its values', fast() === '46.0' &&
	    tip('malloc-hit').textContent.includes('46.0'));
	const eight = line('malloc-all', 0);
	key(panel, 'Home');
	fact('... and its curves', line('malloc-all', 0) !== eight);
	fact('the panel of logarithmic values has them so',
	    panel.dataset.log === '1');
	fact('nothing is said to lack', [...group.querySelectorAll('.none')].every(
	    t => t.hasAttribute('hidden')));
	for (const a of [0, 1])
		group.querySelector(`tr[data-a="${a}"] button`).click();
	fact('without a series it is said', !group.querySelector('.none[hidden]'));
	group.querySelector('tr[data-a="1"] button').click();
	fact('a series is hidden among curves too',
	    svg('malloc-all').querySelector('[data-a="0"]').hasAttribute('hidden'));
	hover(svg('malloc-all'), 0.05);
	fact('... and in the tip', !tip('malloc-all').textContent.includes('mutex'));
	fact('every coordinate is a number',
	    !/NaN|Infinity|undefined/.test(group.innerHTML));
} catch (e) {
	facts.push('NO: ' + e);
}
const pre = document.createElement('pre');
pre.id = 'facts';
pre.textContent = '\n' + facts.join('\n') + '\nend of facts\n';
document.body.append(pre);
}());
