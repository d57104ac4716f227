/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page_style.c - the looks of report.html: one style sheet, light and dark.
 *
 * Called by page.c.  The page loads nothing from anywhere.
 */
#include "harness/driver/page.h"
#include "harness/driver/plot_svg.h"

static const char sheet[] =
    "*{box-sizing:border-box}\n"
    "html{color-scheme:light dark;scroll-behavior:smooth}\n"
    "body{margin:0;background:var(--ground);color:var(--ink);"
    "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,"
    "'Noto Sans',sans-serif}\n"
    "main,header{max-width:84rem;margin:0 auto;padding:0 1.25rem}\n"
    "header{padding-top:2rem}header p{max-width:none}\n"
    "h1{font-size:1.9rem;line-height:1.2;margin:0 0 .4rem}\n"
    "h2{font-size:1.4rem;margin:2.6rem 0 .6rem;padding-top:.8rem;"
    "border-top:1px solid var(--line)}\n"
    "h3{font-size:1.05rem;margin:1.4rem 0 .4rem}\n"
    "p{margin:.4rem 0;max-width:56rem}\n"
    ".soft{color:var(--soft)}\n"
    "a{color:var(--link)}\n"
    "a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{"
    "outline:3px solid var(--link);outline-offset:2px}\n"
    ".skip{position:absolute;left:-99rem}\n"
    ".skip:focus{left:1rem;top:1rem;background:var(--ground);"
    "padding:.5rem}\n"
    "nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.35rem;"
    "margin:1rem 0;padding:0}\n"
    "nav a{display:block;padding:.15rem .7rem;border-radius:1rem;"
    "border:1px solid var(--line);text-decoration:none;"
    "color:var(--ink)}\n"
    "nav a:hover{border-color:var(--link)}\n"
    ".badge{display:inline-block;font-size:.8rem;font-weight:600;"
    "line-height:1.4;padding:.05rem .55rem;border-radius:1rem;"
    "border:1px solid currentColor;vertical-align:middle;"
    "margin-left:.4rem}\n"
    ".badge.quiet{color:var(--soft)}\n"
    ".badge.warn{color:var(--bad)}\n"
    ".notes{border-left:4px solid var(--line);padding:.1rem 0 .1rem "
    "1rem;margin:1rem 0}\n"
    ".notes.warn{border-color:var(--bad)}\n"
    ".notes ul{margin:.2rem 0;padding-left:1.1rem}\n"
    ".notes li{max-width:62rem;margin:.15rem 0}\n"
    "figure{margin:1rem 0}\n"
    "figure svg{display:block;width:100%;height:auto;color:var(--ink)}\n"
    "figure svg text,figure svg tspan,figure svg g{"
    "font-family:system-ui,-apple-system,'Segoe UI',Roboto,"
    "'Noto Sans',sans-serif}\n"
    "figcaption{color:var(--soft);font-size:.9rem}\n"
    ".panels{display:grid;grid-template-columns:1fr 1fr;gap:.4rem 1.6rem}\n"
    ".panels figure{margin:.5rem 0;min-width:0}\n"
    ".panels .wide{grid-column:1/-1}\n"
    ".panels [data-panel^=malloc],.panels [data-panel^=claim]{"
    "grid-column:1}\n"
    ".curves{display:grid;grid-template-columns:repeat(auto-fill,"
    "minmax(22rem,1fr));gap:.4rem 1.2rem;align-items:end}\n"
    ".curves figure{margin:.3rem 0;min-width:0;position:relative}\n"
    ".curves .tip{position:absolute;z-index:1;bottom:3.9rem;right:1rem;"
    "background:var(--ground);border:1px solid var(--line);"
    "border-radius:.3rem;padding:.2rem .5rem;font-size:.8rem;"
    "line-height:1.25;pointer-events:none;white-space:nowrap;"
    "font-variant-numeric:tabular-nums}\n"
    ".tip div{display:flex;gap:.8em}.tip b{margin-left:auto}\n"
    ".panels figcaption b,.curves figcaption b{color:var(--ink)}\n"
    ".panel text{fill:var(--ink)}\n"
    ".panel path{fill:none;stroke:var(--soft)}\n"
    ".panel .grid{stroke:var(--grid)}.panel .xname{fill:var(--soft)}\n"
    ".panel .shade rect{fill:var(--shade)}\n"
    ".panel .shade text{fill:var(--soft)}\n"
    ".panel .s path{stroke:var(--c);stroke-linejoin:round}\n"
    ".panel .s .line{stroke-width:var(--w);stroke-dasharray:var(--d,none)}\n"
    ".panel .s .bar{stroke-width:1.6;opacity:.5}\n"
    ".panel .s .band{fill:var(--c);stroke:none;opacity:.13}\n"
    ".panel .s .lead{stroke-width:.8}\n"
    ".panel .s .fit{stroke-width:1.4;stroke-dasharray:1.5 3}\n"
    ".panel .s .amdahl{stroke-width:.9;stroke-dasharray:8 3}\n"
    ".panel .s .knee{stroke-width:1.8}\n"
    "figure .lawkey{margin-left:1.2em;white-space:nowrap}\n"
    "figure .lawkey svg{display:inline;width:34px;height:12px;"
    "vertical-align:-1px}\n"
    ".lawkey path{fill:none;stroke:currentColor}\n"
    ".lawkey .fit{stroke-width:1.4;stroke-dasharray:1.5 3}\n"
    ".lawkey .amdahl{stroke-width:.9;stroke-dasharray:8 3}\n"
    ".lawkey .knee{stroke-width:1.8}\n"
    ".panel .s .mark{fill:var(--c);stroke-width:.8}\n"
    ".panel .open .mark{fill:var(--ground);stroke-width:1.3}\n"
    ".panel .s .name{fill:var(--c)}.panel [hidden]{display:none}\n"
    ".panel .cursor path{stroke:var(--ink);stroke-width:1.2;"
    "stroke-dasharray:3 3;pointer-events:none}\n"
    ".panel:focus-visible{outline:3px solid var(--link)}\n"
    "button{font:inherit;font-size:.85rem;color:inherit;background:none;"
    "border:1px solid var(--line);border-radius:1rem;cursor:pointer;"
    "padding:.15rem .7rem;margin:.1rem .4rem .1rem 0}\n"
    "button:hover{border-color:var(--link)}\n"
    "button:focus-visible{outline:3px solid var(--link)}\n"
    ".switches button[aria-pressed=true]{background:var(--shade);"
    "border-color:var(--soft)}\n"
    ".values button{border:0;padding:0;margin:0;font-weight:600;"
    "font-size:inherit}\n"
    ".values .off{opacity:.45}\n"
    ".values .off button{text-decoration:line-through}\n"
    ".values th small{display:block;font-weight:400;color:var(--soft);"
    "white-space:normal;max-width:9rem;margin-left:auto;line-height:1.15}\n"
    ".values{font-size:.86rem}\n"
    ".values td,.values th{padding:.1rem .35rem}\n"
    ".live>.scroll{position:sticky;bottom:0;background:var(--ground);"
    "box-shadow:0 -.3rem .8rem #0002}\n"
    "@media screen and (max-width:50rem){.panels{"
    "grid-template-columns:minmax(0,1fr)}"
    ".panels .wide{overflow-x:auto}.wide svg{min-width:44rem}}\n"
    ".scroll{overflow-x:auto;margin:.6rem 0}\n"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums;"
    "font-size:.92rem}\n"
    "th,td{padding:.22rem .45rem;text-align:right;vertical-align:top;"
    "border-bottom:1px solid var(--line);white-space:nowrap}\n"
    "th{font-weight:600}\n"
    "thead th{border-bottom:2px solid var(--line);"
    "vertical-align:bottom}\n"
    "th[scope=row],.words td,.words th{text-align:left}\n"
    "th.t[scope=row]{text-align:right}\n"
    ".words td{white-space:normal}\n"
    ".words td:last-child{overflow-wrap:anywhere}\n"
    ".words th{vertical-align:top}\n"
    "tr.first>*{border-top:2px solid var(--line)}\n"
    "tr.over>*{background:var(--shade)}\n"
    "td small{display:block;color:var(--soft);font-size:.8rem;"
    "line-height:1.1}\n"

    "td.fast{box-shadow:inset 0 0 0 99px var(--fast)}\n"
    "td.slow{box-shadow:inset 0 0 0 99px var(--slow)}\n"
    "td.base,td.certain{font-weight:600}\n"
    ".winners th,.winners td{text-align:left}.winners th:nth-child(2){"
    "text-align:right}\n"
    "details{margin:.5rem 0}\n"
    "summary{cursor:pointer;padding:.2rem 0}\n"
    ".key{display:inline-block;width:.75em;height:.75em;"
    "border-radius:50%;margin-right:.4em}\n"
    ".key.open{background:none!important;border:.16em solid}\n"
    "pre{overflow-x:auto;padding:.7rem 1rem;background:var(--shade);"
    "border-radius:.4rem;white-space:pre-wrap;overflow-wrap:anywhere}\n"
    "footer{margin:3rem 0 2rem;color:var(--soft);font-size:.9rem}\n"
    "@page{size:A4 landscape;margin:11mm}\n"
    "@media print{nav,.skip,.switches{display:none}details>*{display:block}"
    "html,body{font-size:8.5pt}main,header{max-width:none;padding:0}"
    ".scroll{overflow:visible}.panel{max-height:8.5cm}"
    "figure,tr{break-inside:avoid}h2,h3{break-after:avoid}"
    "section{margin-top:1rem}}\n";

static void
colours(struct sl_page *p, bool dark)
{
	sl_text_addf(&p->t,
	    "--ground:%s;--ink:%s;--soft:%s;--line:%s;--grid:%s;--shade:%s;"
	    "--link:%s;--bad:%s;--fast:%s;--slow:%s;",
	    dark ? "#15171a" : "#ffffff", dark ? "#e8e6e3" : "#222222",
	    dark ? "#a5a29d" : "#666666", dark ? "#3a3d42" : "#d8d8d8",
	    dark ? "#34373c" : "#d8d8d8", dark ? "#1f2226" : "#f1efe9",
	    dark ? "#6cb6ff" : "#0b5cad", dark ? "#ff9d7a" : "#b3390a",
	    dark ? "#0072b240" : "#0072b21f", dark ? "#d55e0040" : "#d55e0021");
	for (size_t i = 0; i < SL_LOOKS; i++)
		sl_text_addf(&p->t, "--%s:#%06x;", sl_looks[i].key,
		    dark ? sl_looks[i].dark : sl_looks[i].light);
}

void
sl_page_style(struct sl_page *p)
{
	sl_text_add(&p->t, "<style>\n:root{");
	colours(p, false);
	sl_text_add(
	    &p->t, "}\n@media screen and (prefers-color-scheme:dark){:root{");
	colours(p, true);
	sl_text_add(&p->t, "}}\n");
	sl_text_add(&p->t, sheet);
	sl_text_add(&p->t, "</style>\n");
}
