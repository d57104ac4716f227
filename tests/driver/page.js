// SPDX-License-Identifier: BSD-2-Clause
// page.js - turns every switch of a report in a browser and writes down, line
// by line, what came of it.
//
// Put behind the page's own script by page.sh.
(function () {
'use strict';
const facts = [];
const fact = (what, good) => facts.push(`${good ? 'yes' : 'NO'}: ${what}`);
const groups = [...document.querySelectorAll('.group')];
const [one, two] = groups;
const panel = g => g.querySelector('[data-panel=throughput] svg.panel');
const line = g => panel(g).querySelector('[data-a="0"] .line').getAttribute('d');
const press = (g, text) => [...g.querySelectorAll('button')].find(
    b => b.textContent.trim() === text).click();
const cells = g => [...g.querySelectorAll('tbody td')].map(
    td => td.textContent).join(' ');
const cursors = g => g.querySelectorAll('.cursor path').length;
const key = (e, k) => e.dispatchEvent(new KeyboardEvent('keydown', {key: k}));
const hover = (svg, part) => {
	const box = svg.getBoundingClientRect();
	svg.dispatchEvent(new PointerEvent('pointermove',
	    {clientX: box.left + box.width * part, clientY: box.top + 40}));
};
try {
	const panels = one.querySelectorAll('svg.panel').length;
	fact('there are panels', panels > 1);
	let before = cells(one);
	hover(panel(one), 0.08);
	fact('the pointer at the left shows one thread',
	    one.querySelector('output').textContent === '1');
	fact('... in every panel', cursors(one) === panels);
	fact('... and not in those of other workloads', cursors(two) === 0);
	fact('... and the values of all series', cells(one) !== before);
	before = cells(one);
	key(panel(one), 'End');
	fact('End shows the most threads',
	    one.querySelector('output').textContent === '8');
	fact('... and other values', cells(one) !== before);
	key(panel(one), 'ArrowLeft');
	fact('the left arrow goes one back',
	    one.querySelector('output').textContent === '4');
	panel(one).dispatchEvent(new PointerEvent('pointerleave'));
	fact('without the pointer no line is left', cursors(one) === 0);

	let d = line(one);
	const laws = () => [...panel(one).querySelectorAll('.fit,.knee')].map(
	    p => p.getAttribute('d')).join();
	const drawn = laws();
	fact('laws are drawn', panel(one).querySelectorAll('.fit').length === 6);
	press(one, 'values logarithmic');
	fact('values become logarithmic', line(one) !== d);
	fact('... in laws too', laws() !== drawn);
	fact('... in other workloads too', [...two.querySelectorAll('button')]
	    .some(b => b.dataset.axis === 'y' &&
		b.getAttribute('aria-pressed') === 'true'));
	fact('... with every coordinate a number',
	    !/NaN|Infinity/.test(one.innerHTML));
	press(one, 'values logarithmic');
	fact('... and linear again', line(one) !== '' && !/NaN/.test(line(one)));
	d = line(one);
	press(one, 'threads logarithmic');
	fact('threads become linear', line(one) !== d);
	press(one, 'threads logarithmic');
	fact('... and logarithmic again', line(one) === d);

	one.querySelector('tr[data-a="0"] button').click();
	fact('a series is hidden in every panel', groups.every(
	    g => [...g.querySelectorAll('.s[data-a="0"]')].every(
		s => s.hasAttribute('hidden'))));
	fact('... and others are not', !two.querySelector('.s[data-a="1"]')
	    .hasAttribute('hidden'));
	press(two, 'variants only');
	fact('only variants are left', [...one.querySelectorAll('.s')].every(
	    s => s.hasAttribute('hidden') === (s.dataset.a === '2')));
	press(two, 'all series');
	fact('all are there again', !one.querySelector('.s[hidden]'));
	fact('what was drawn again is what was drawn', line(one) === d);
	fact('... laws too', laws() === drawn);
} catch (e) {
	facts.push('NO: ' + e);
}
const pre = document.createElement('pre');
pre.id = 'facts';
pre.textContent = '\n' + facts.join('\n') + '\nend of facts\n';
document.body.append(pre);
}());
