# shellcheck shell=bash
# A Slurm of one's own: its daemons as whoever sources this, on the loopback alone, and all their files
# in one folder.
#   slurm_up FOLDER NODES   starts it and returns once each node, of one core, waits for work
#   slurm_down              ends it

slurm_up() {
  slurm_folder=$1
  local nodes=$2 host user node port=$((20000 + $$ % 5000 * 2))
  host=$(uname -n) user=$(id -un)
  export SLURM_CONF=$slurm_folder/slurm.conf
  mkdir -p "$slurm_folder/spool"
  mkdir -m 700 "$slurm_folder/munge"
  # MUNGE signs what the daemons say to each other; its key is of no use elsewhere.
  (umask 077 && head -c 64 /dev/urandom >"$slurm_folder/munge/key")
  munged --force --socket="$slurm_folder/munge/socket" --key-file="$slurm_folder/munge/key" \
    --seed-file="$slurm_folder/munge/seed" --pid-file="$slurm_folder/munged.pid" \
    --log-file="$slurm_folder/munge/log" 2>/dev/null || return
  {
    echo "ClusterName=loopback"
    echo "SlurmctldHost=$host(127.0.0.1)"
    echo "SlurmctldPort=$port"
    echo "CommunicationParameters=NoInAddrAny,NoCtldInAddrAny"
    # What was requeued begins again as soon as the credentials of its first start are void.
    echo "AuthInfo=socket=$slurm_folder/munge/socket,cred_expire=5"
    echo "SlurmUser=$user"
    echo "SlurmdUser=$user"
    echo "StateSaveLocation=$slurm_folder/spool"
    echo "SlurmctldPidFile=$slurm_folder/slurmctld.pid"
    echo "SlurmctldLogFile=$slurm_folder/slurmctld.log"
    echo "SlurmdSpoolDir=$slurm_folder/spool/%n"
    echo "SlurmdPidFile=$slurm_folder/%n.pid"
    echo "SlurmdLogFile=$slurm_folder/%n.log"
    echo "SlurmdParameters=config_overrides"
    echo "ProctrackType=proctrack/linuxproc"
    echo "TaskPlugin=task/none"
    echo "SchedulerParameters=batch_sched_delay=0,sched_min_interval=10000,sched_interval=1"
    for ((node = 1; node <= nodes; node++)); do
      echo "NodeName=node$node NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + node)) CPUs=1"
    done
    echo "PartitionName=all Nodes=ALL Default=YES"
  } >"$SLURM_CONF"
  # From version 24 on a slurmd wants a control group unless it is told, in words that earlier ones
  # don't know.
  if [ "$(slurmd -V | sed 's/[^0-9]*\([0-9]*\).*/\1/')" -ge 24 ]; then
    echo "CgroupPlugin=disabled" >"$slurm_folder/cgroup.conf"
  fi
  slurmctld -c || return
  for ((node = 1; node <= nodes; node++)); do
    mkdir "$slurm_folder/spool/node$node"
    slurmd -N "node$node" || return
  done
  for ((node = 0; node < 300; node++)); do
    [ "$(sinfo --noheader --states=idle --format=%D 2>/dev/null)" != "$nodes" ] || return 0
    sleep 0.1
  done
  tail -n 5 "$slurm_folder"/*.log
  return 1
}

slurm_down() {
  local file ids=() i
  for file in "$slurm_folder"/*.pid; do
    [ ! -s "$file" ] || ids+=("$(cat "$file")")
  done
  kill "${ids[@]}" 2>/dev/null
  for ((i = 0; i < 100; i++)); do
    kill -0 "${ids[@]}" 2>/dev/null || return 0
    sleep 0.1
  done
}
