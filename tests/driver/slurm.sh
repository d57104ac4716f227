#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# slurm.sh - a sweep as a Slurm job array, under a slurmctld, two slurmd and a
# munged of the test's own: the same cells as run here, tasks that are lost and
# taken up, what Slurm refuses, and nodes that differ.
#
# Run by make check, once, as root: slurmd runs what other users submit, and
# refuses to start as one of them.

# The processes that know the configuration of this test: daemons, what they
# started, and what was submitted.
ours() {
	env -u SLURM_CONF grep -lszxF "SLURM_CONF=$1/slurm.conf" \
	    /proc/[0-9]*/environ | cut -d/ -f3
}

# stop_all FOLDER
stop_all() {
	# shellcheck disable=SC2046 # words are wanted
	kill -TERM $(ours "$1") 2>/dev/null
	for _ in $(seq 50); do
		[ -n "$(ours "$1")" ] || break
		sleep 0.1
	done
	# shellcheck disable=SC2046
	kill -KILL $(ours "$1") 2>/dev/null
	rm -rf "$1"
}

# --watch PID FOLDER: ends them when PID is gone, and the folder with them.
if [ "${1:-}" = --watch ]; then
	while kill -0 "$2" 2>/dev/null; do
		sleep 1
	done
	stop_all "$3/slurm"
	rm -rf "$3"
	exit
fi

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

# --- Daemons --------------------------------------------------------------

PATH=$PATH:/usr/sbin:/sbin
lacking=
for program in munged:munge slurmctld:slurmctld slurmd:slurmd \
    sbatch:slurm-client; do
	command -v "${program%:*}" >/dev/null ||
	    lacking="$lacking ${program#*:}"
done

# Without Slurm the program says what is missing, wherever it is.
mkdir "$tap_tmp/bin"
for p in sh awk basename sleep cat env sed tr grep head cp; do
	ln -s "$(command -v $p)" "$tap_tmp/bin/$p"
done
few="--workloads larson,pairs --allocators mutex,ck --rounds 2"
small="$few --threads 1,2"
saved=$PATH
PATH=$tap_tmp/bin
# shellcheck disable=SC2086 # words are wanted
run 3 "no Slurm" sweep --engine slurm $small --output "$tap_tmp/none"
PATH=$saved
says "$err" 'no sbatch here (Debian package: slurm-client)' \
    "... says what is missing"
that "... creates nothing" [ ! -e "$tap_tmp/none" ]
for bad in "--engine pbs" "--slurm-options x" "--task 1" \
    "--engine slurm --budget 5" "--engine slurm --rounds 9..20"; do
	# shellcheck disable=SC2086
	run 2 "sweep $bad" sweep $bad --output "$tap_tmp/none"
done

if [ -n "$lacking" ]; then
	skip "a job array" "not installed (Debian packages):$lacking"
	done_testing
fi
if [ "$(id -u)" -ne 0 ]; then
	skip "a job array" "slurmd must be started by root"
	done_testing
fi

# The socket of munged: its name is short, and all can pass to it.
slurm=$tap_tmp/slurm
if [ ${#slurm} -gt 80 ]; then
	skip "a job array" "TMPDIR is too long for a socket's name"
	done_testing
fi
chmod 755 "$tap_tmp"
mkdir "$slurm"
SLURM_CONF=$slurm/slurm.conf
export SLURM_CONF
trap 'stop_all "$slurm"; rm -rf "$tap_tmp"' EXIT
# For a test that is killed itself.
env -u SLURM_CONF setsid sh "$0" --watch $$ "$tap_tmp" </dev/null >/dev/null 2>&1 &

mkdir "$slurm/munge"
chmod 755 "$slurm" "$slurm/munge"
(umask 077 && head -c 128 /dev/urandom >"$slurm/munge.key")

# configure PORT
configure() {
	cat >"$slurm/slurm.conf" <<END
ClusterName=spanlab
SlurmctldHost=localhost
SlurmctldPort=$1
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$slurm/munge/socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
SwitchType=switch/none
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool-%n
SlurmctldPidFile=$slurm/ctld.pid
SlurmdPidFile=$slurm/%n.pid
SlurmctldTimeout=600
SlurmdTimeout=600
MessageTimeout=60
BatchStartTimeout=120
KillWait=30
MinJobAge=600
ReturnToService=2
PropagateResourceLimits=NONE
NodeName=n1 NodeHostname=localhost NodeAddr=127.0.0.1 Port=$(($1 + 1)) CPUs=1
NodeName=n2 NodeHostname=localhost NodeAddr=127.0.0.1 Port=$(($1 + 2)) CPUs=1
PartitionName=test Nodes=n1,n2 Default=YES State=UP
END
}

# Starts all four; whether both nodes are idle in the end.
start() {
	rm -rf "$slurm/state" "$slurm/spool-n1" "$slurm/spool-n2"
	mkdir "$slurm/state" "$slurm/spool-n1" "$slurm/spool-n2"
	munged -F -S "$slurm/munge/socket" --key-file="$slurm/munge.key" \
	    --log-file="$slurm/munge/log" --pid-file="$slurm/munge/pid" \
	    --seed-file="$slurm/munge/seed" >"$slurm/munged.out" 2>&1 &
	daemons=$!
	slurmctld -D -c >"$slurm/slurmctld.out" 2>&1 &
	daemons="$daemons $!"
	for n in n1 n2; do
		slurmd -D -c -N $n >"$slurm/$n.out" 2>&1 &
		daemons="$daemons $!"
	done
	for _ in $(seq 240); do
		if [ "$(sinfo --noheader --Node --format=%t 2>/dev/null |
		    grep -c '^idle')" -eq 2 ]; then
			return 0
		fi
		for pid in $daemons; do
			kill -0 "$pid" 2>/dev/null || return 1
		done
		sleep 0.5
	done
	return 1
}

# Somebody else may have the ports.
up=no
for try in 1 2 3; do
	configure $((20000 + ($$ * 7 + try * 1013) % 9000))
	if start; then
		up=yes
		break
	fi
	# shellcheck disable=SC2046 # words are wanted
	kill -KILL $(ours "$slurm") 2>/dev/null
	sleep 1
done
if [ $up = no ]; then
	for d in munged slurmctld n1 n2; do
		note "$d: $(tail -n 2 "$slurm/$d.out")"
	done
	skip "a job array" "Slurm's daemons do not start here"
	done_testing
fi

# --- The same cells -------------------------------------------------------

cells() {
	(cd "$1/cells" && ls)
}
seeds() {
	(cd "$1/cells" && grep '"seed"' ./*.json)
}

array="sweep --engine slurm $small"
# shellcheck disable=SC2086
run 0 "--dry-run" $array --dry-run --output "$tap_tmp/array"
says "$out" '^tasks  *4: sbatch .*--exclusive.*--array=1-4$' \
    "... says what would be submitted"
that "... creates nothing" [ ! -e "$tap_tmp/array" ]
# shellcheck disable=SC2086
run 0 "a sweep as a job array" $array --output "$tap_tmp/array"
says "$out" '^cells  *16 done, 0 failed, 0 missing$' "... is complete"
dir=$(sweep_of "$tap_tmp/array")
run 0 "... and valid: check" check "$dir"
# shellcheck disable=SC2086
run 0 "the same sweep here" sweep --engine local $small \
    --output "$tap_tmp/local"
cells "$dir" >"$tap_tmp/c1"
cells "$(sweep_of "$tap_tmp/local")" >"$tap_tmp/c2"
that "... has the same cells" cmp "$tap_tmp/c1" "$tap_tmp/c2"
seeds "$dir" >"$tap_tmp/s1"
seeds "$(sweep_of "$tap_tmp/local")" >"$tap_tmp/s2"
that "... with the same seeds" cmp "$tap_tmp/s1" "$tap_tmp/s2"
host=$(uname -n)
for f in "$dir"/cells/*.json; do
	grep -q "\"hostname\": \"$host\"" "$f" &&
	    grep -q '"node": "n[12]"' "$f" || echo "$f"
done >"$tap_tmp/homeless"
check "each cell says its host and node" "$tap_tmp/homeless"
# Task 1 is the first round of the first workload, with all that is compared.
that "a task has all allocators and thread counts of a workload and round" \
    [ "$(grep -l '"task": 1,' "$dir"/cells/* | sed 's/.*cells.//' |
    tr '\n' ' ')" = "larson.ck.T1.r1.json larson.ck.T2.r1.json \
larson.mutex.T1.r1.json larson.mutex.T2.r1.json " ]
for task in 1 2 3 4; do
	grep -l "\"task\": $task," "$dir"/cells/* | xargs grep -h '"node":' |
	    sort -u
done >"$tap_tmp/nodes"
that "... all on one node" [ "$(wc -l <"$tap_tmp/nodes")" -eq 4 ]
says "$dir/report.html" "$host: 16 cells on" "the page has the node"
says "$dir/report.html" 'Slurm job [0-9]' "... and the job"
that "no comparison was across hosts" \
    sh -c "! grep -q 'different' '$dir/results.md'"

# Instructions are counted by a task of their own, the last.
mkdir "$tap_tmp/valgrind"
cp "$srcdir/tests/driver/fake-valgrind" "$tap_tmp/valgrind/valgrind"
chmod +x "$tap_tmp/valgrind/valgrind"
saved=$PATH
PATH=$tap_tmp/valgrind:$PATH
run 0 "a preset that counts instructions" sweep --engine slurm --preset peers \
    --rounds 1 --threads 1 --workloads pair-16,remote-64 --allocators mutex,ck \
    --output "$tap_tmp/counts"
PATH=$saved
says "$out" '^tasks  *3: ' "... has a task for that"
dir=$(sweep_of "$tap_tmp/counts")
says "$dir/instructions/pair-16.mutex.json" '"per_operation"' \
    "... which has counted"
that "... all of them" [ "$(find "$dir/instructions" -name '*.json' |
    wc -l)" -eq 4 ]
dir=$(sweep_of "$tap_tmp/array")

# --- What is refused ------------------------------------------------------

# shellcheck disable=SC2086
run 2 "a partition that is not there" $array \
    --slurm-options "--partition=none" --output "$tap_tmp/bad"
says "$err" 'invalid partition' "... sbatch's own words"
that "... and no folder is left" [ -z "$(sweep_of "$tap_tmp/bad")" ]
# shellcheck disable=SC2086
run 2 "an option that is not there" $array --slurm-options "--bogus" \
    --output "$tap_tmp/bad"
says "$err" "unrecognized option '--bogus'" "... sbatch's own words"
for bad in '--array=1' '--wrap=true' '$(true)'; do
	# shellcheck disable=SC2086
	run 2 "--slurm-options $bad" $array --slurm-options "$bad" \
	    --output "$tap_tmp/bad"
done
run 2 "--resume with another engine" sweep --resume "$dir" --engine local
says "$err" 'made with --engine slurm' "... says which"
run 2 "a task that is not there" sweep --resume "$dir" --task 5
run 2 "a task of a sweep that ran here" sweep \
    --resume "$(sweep_of "$tap_tmp/local")" --task 1

whole=$dir

# --- Tasks that are lost --------------------------------------------------

# queue STATES
queue() {
	squeue --noheader --array --states="$1" --name="spanlab-$(basename \
	    "$dir")" --format="%F_%K"
}

# begin RESULTS STATE: a sweep of four tasks of two cells in the background, one
# after the other; the first is in that state.
begin() {
	# shellcheck disable=SC2086
	"$SPANLAB" sweep --engine slurm $few --threads 1 --timeout 3000 \
	    --slurm-options --nodelist=n1 \
	    --output "$1" >"$out" 2>"$err" &
	sweep=$!
	for _ in $(seq 1200); do
		dir=$(sweep_of "$1")
		if [ -n "$dir" ] && queue "$2" | grep -q '_1$'; then
			return
		fi
		sleep 0.1
	done
	not_ok "a sweep in the background begins"
	note_file "$err"
}

# Others look for what hangs for 600 seconds (failures.sh).
export FAKE_HANG=3600
# Tasks 1 and 3 are of larson, which does not end on one of the allocators.
export FAKE_TROUBLE=larson.ck.T1=hang
begin "$tap_tmp/lost" RUNNING
job=$(queue RUNNING)
job=${job%_1}
that "a task is cancelled while it waits" scancel "${job}_3"
that "... and the one that runs" scancel "${job}_1"
status=0
wait $sweep || status=$?
that "tasks that are lost: exit status 3" [ "$status" -eq 3 ]
says "$err" "^spanlab: task 1 (round 1: larson) was lost: CANCELLED on n1, " \
    "... says which, and where it was"
says "$err" "^spanlab: task 3 (round 2: larson) was lost: " "... all of them"
kept=$(good_cells "$dir")
says "$err" "2 tasks of job $job were lost; $kept of 8 cells are kept" \
    "... and what is kept ($kept)"
that "... which has all of the others" [ "$kept" -ge 4 ]
says "$err" "spanlab sweep --resume $dir" "... and how to go on"
(cd "$dir/cells" && cksum ./*.json) >"$tap_tmp/sums"
unset FAKE_TROUBLE
run 0 "... --resume" sweep --resume "$dir"
says "$out" 'tasks 1,3$' "... submits those tasks"
says "$out" "^measured  *$((8 - kept)) cells" "... measures what they had to"
(cd "$dir/cells" && cut -d' ' -f3 "$tap_tmp/sums" | xargs cksum) \
    >"$tap_tmp/sums2"
that "... kept cells are as they were" cmp "$tap_tmp/sums" "$tap_tmp/sums2"

# The one that waits is told to stop: so are the tasks.
export FAKE_TROUBLE=larson.ck.T1=hang
begin "$tap_tmp/stop" RUNNING
kill -TERM $sweep
status=0
wait $sweep || status=$?
unset FAKE_TROUBLE
that "SIGTERM: exit status 130" [ "$status" -eq 130 ]
says "$err" 'cancelling job' "... cancels the job"
that "... no task is left" [ -z "$(queue PENDING,RUNNING,COMPLETING)" ]
that "... no cell has failed by it" [ "$(count "$dir" .failed.json)" -eq 0 ]
run 0 "... --resume" sweep --resume "$dir"
says "$out" '^cells  *8 done, 0 failed, 0 missing$' "... is complete"

# The one that waits is killed: the job goes on, and --resume takes it up.
export FAKE_WAIT=3
begin "$tap_tmp/kill" RUNNING
kill -KILL $sweep
wait $sweep 2>/dev/null
unset FAKE_WAIT
run 0 "SIGKILL: --resume" sweep --resume "$dir"
says "$out" 'is still at work: taken up' "... takes up the job"
that "... and submits no other" sh -c "! grep -q ': tasks [0-9]' '$out'"
says "$out" '^cells  *8 done, 0 failed, 0 missing$' "... is complete"

# --- Nodes that differ ----------------------------------------------------

# Another host has run half of a block, and another type of host a round.
cp -r "$whole" "$tap_tmp/mixed"
sed -i "s/\"hostname\": \"$host\"/\"hostname\": \"elsewhere\"/" \
    "$tap_tmp/mixed/cells/larson.ck.T1.r1.json"
sed -i 's/"cpu_model": "[^"]*"/"cpu_model": "Abacus"/' \
    "$tap_tmp"/mixed/cells/pairs.*.r2.json
run 0 "report of cells from three hosts" report "$tap_tmp/mixed"
says "$tap_tmp/mixed/report.html" \
    'In 1 of 8 rounds of a point the allocators ran on different hosts' \
    "... warns of ratios across hosts"
says "$tap_tmp/mixed/report.html" \
    'In 2 of 4 points .* different types (cpu_model is ' \
    "... and of rounds on different types"
says "$tap_tmp/mixed/results.md" 'Warning: .* different types' \
    "... in the text too"
that "... the table has each cell's host" \
    [ "$(grep -c '^larson,ck,1,1,ok,.*,elsewhere,' \
    "$tap_tmp/mixed/data.csv")" -eq 1 ]

# What another node left of a block is measured again with the rest.
rm "$tap_tmp/mixed/cells/larson.mutex.T1.r1.json"
run 0 "--resume of a block that began on another node" \
    sweep --resume "$tap_tmp/mixed"
says "$out" '^cells  *16 done, 0 failed, 0 missing$' "... is complete"
that "... it is all from one node now" \
    sh -c "! grep -l elsewhere '$tap_tmp'/mixed/cells/*"

done_testing
