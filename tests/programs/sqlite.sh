#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# sqlite.sh - SQLite: 120 000 rows, indexes, aggregates, integrity check.

. "$(dirname "$0")/lib.sh"
not_in_quick
need sqlite3 sqlite3

work() {
	cat >work.sql <<'EOF'
pragma cache_size = -20000;
create table item (id integer primary key, k integer, name text, body blob);
create table link (a integer, b integer, w real);
begin;
with recursive n(i, x) as (
	select 1, 12345
	union all
	select i + 1, (x * 1103515245 + 12345) % 2147483648 from n
	where i < 120000
)
insert into item select i, x % 5000, 'name-' || x || '-' || i,
    substr('0123456789abcdef0123456789abcdef0123456789abcdef', 1, x % 48)
    from n;
insert into link select id, k * 24 + 1, k / 7.0 from item where id % 2 = 0;
commit;
create index item_k on item (k, name);
create index item_name on item (name);
create index link_b on link (b, a);
select count(*), sum(k), min(name), max(name), sum(length(body)) from item;
select k, count(*) c, max(name) from item group by k order by c desc, k
    limit 20;
select count(*), round(sum(w), 3) from item join link on item.id = link.b;
select group_concat(name, ',') from (
    select name from item where k between 10 and 12 order by name);
update item set name = name || '+' || k where k % 3 = 0;
delete from item where k % 11 = 5;
with recursive reach(id, depth) as (
	select 1, 0
	union
	select link.b, depth + 1 from reach join link on link.a = reach.id
	where depth < 20
)
select count(*), sum(id) from reach;
select upper(hex(substr(group_concat(body, ''), 1, 200))) from item;
select json_group_array(json_object('id', id, 'name', name))
    from (select id, name from item order by id limit 2000);
pragma integrity_check;
vacuum;
analyze;
pragma integrity_check;
select count(*) from item where name like '%77%';
EOF
	sqlite3 -batch -bail data.db <work.sql
	sqlite3 -batch data.db .dump | sha256sum
	# Sorts and joins too large for the cache, in memory.
	sqlite3 -batch -bail data.db 'pragma temp_store = 2;' \
	    'select sum(a.k * b.k % 7) from item a join item b
	     on a.id = b.id + 1;' \
	    'select name from item order by body, name desc limit 50;'
}

compare_all sqlite3
