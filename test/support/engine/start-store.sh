#!/usr/bin/env bash
# A distributed object store on loopback, from Debian packages: Ceph with 1 monitor, 1 manager, 3 storage nodes (each object on three, two are
# enough) and 2 gateways that speak S3. Can be repeated; prints READY. `start-store.sh --stop FOLDER` ends what it started, and nothing else.
# Usage: start-store.sh FOLDER   Env: PORT (of the first gateway; the second has the next), MONITOR_PORT, ACCESS_KEY, SECRET_KEY
# Needs: ceph-mon ceph-osd ceph-mgr radosgw ceph-common curl. Nobody else may use this machine: the storage network has no authentication.
set -euo pipefail
STOP=0
[ "${1:-}" = "--stop" ] && { STOP=1; shift; }
S=$(mkdir -p "$1" && cd "$1" && pwd)
C=$S/ceph.conf P=$S/pid
mkdir -p "$P" "$S/log" "$S/run"
# A pid counts only while it is still a process of this folder.
alive() { local p; p=$(cat "$P/$1" 2>/dev/null) && kill -0 "$p" 2>/dev/null && tr '\0' ' ' <"/proc/$p/cmdline" | grep -qF -- "$S/"; }
if [ $STOP = 1 ]; then
  for f in gateway0 gateway1 node0 node1 node2 manager monitor; do alive $f && kill "$(cat "$P/$f")" || true; done
  for _ in $(seq 60); do n=0; for f in $(ls "$P"); do alive "$f" && n=1 || true; done; [ $n = 0 ] && break; sleep .5; done
  for f in $(ls "$P"); do alive "$f" && kill -9 "$(cat "$P/$f")" || true; done
  echo STOPPED
  exit 0
fi
spawn() { local n=$1; shift; alive "$n" && return 0; setsid nohup "$@" >>"$S/log/$n.out" 2>&1 </dev/null & echo $! >"$P/$n"; }
if [ ! -f "$C" ]; then
  cat >"$C.new" <<X
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon_initial_members = a
mon_host = [v2:127.0.0.1:$MONITOR_PORT,v1:127.0.0.1:$((MONITOR_PORT + 1))]
public_network = 127.0.0.0/8
ms_bind_port_min = $((MONITOR_PORT + 10))
ms_bind_port_max = $((MONITOR_PORT + 120))
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
# The gateway's default is "secure", which needs an authentication; without one it waits for ever.
ms_mon_client_mode = crc
keyring = $S/keyring
log_file = $S/log/\$name.log
admin_socket = $S/run/\$name.asok
run_dir = $S/run
crash_dir = $S/run
osd_pool_default_size = 3
osd_pool_default_min_size = 2
osd_pool_default_pg_num = 8
osd_pool_default_pgp_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_max_pg_per_osd = 1000
mon_data = $S/mon.a
mgr_data = $S/mgr.x
osd_data = $S/osd.\$id
osd_objectstore = bluestore
bluestore_block_size = 4294967296
bluestore_block_create = true
osd_memory_target = 939524096
osd_heartbeat_grace = 6
osd_heartbeat_interval = 2
mon_osd_min_down_reporters = 1
mon_osd_down_out_interval = 30
mon_data_avail_crit = 1
mon_data_avail_warn = 2
rgw_data = $S/\$name
rgw_thread_pool_size = 64
rgw_enable_usage_log = false
rgw_enable_ops_log = false
debug_rgw = 0/0
debug_ms = 0/0
X
  : >"$S/keyring"
  mv "$C.new" "$C"
fi
export CEPH_CONF=$C
FSID=$(awk '/^fsid/{print $3}' "$C")
CE="ceph -c $C --connect-timeout 20"
if [ ! -d "$S/mon.a/store.db" ]; then
  monmaptool --create --clobber --fsid "$FSID" --addv a "[v2:127.0.0.1:$MONITOR_PORT,v1:127.0.0.1:$((MONITOR_PORT + 1))]" "$S/monmap" >/dev/null
  rm -rf "$S/mon.a"
  mkdir -p "$S/mon.a"
  ceph-mon -c "$C" --mkfs -i a --monmap "$S/monmap"
fi
spawn monitor ceph-mon -c "$C" -i a -f
for _ in $(seq 60); do $CE mon stat >/dev/null 2>&1 && break; sleep .5; done
$CE mon stat >/dev/null
mkdir -p "$S/mgr.x"
spawn manager ceph-mgr -c "$C" -i x -f
for n in 0 1 2; do
  if [ ! -f "$S/osd.$n/ready" ]; then
    rm -rf "$S/osd.$n"
    mkdir -p "$S/osd.$n"
    U=$(cat "$S/osd.$n.uuid" 2>/dev/null || cat /proc/sys/kernel/random/uuid)
    echo "$U" >"$S/osd.$n.uuid"
    $CE osd new "$U" "$n" >/dev/null
    ceph-osd -c "$C" -i "$n" --mkfs --osd-uuid "$U" >>"$S/log/node$n.out" 2>&1
    touch "$S/osd.$n/ready"
  fi
  spawn "node$n" ceph-osd -c "$C" -i "$n" -f
done
up() { $CE osd stat -f json 2>/dev/null | grep -o '"num_up_osds":[0-9]*' | cut -d: -f2; }
for _ in $(seq 120); do [ "$(up)" = 3 ] && break; sleep .5; done
[ "$(up)" = 3 ] || { echo "only some storage nodes are up, see $S/log" >&2; exit 1; }
for r in 0 1; do
  mkdir -p "$S/client.rgw.$r"
  # Without tcp_nodelay each answer with a body waits for a delayed acknowledgement, 40 ms.
  spawn "gateway$r" radosgw -c "$C" -n "client.rgw.$r" -f --rgw-frontends "beast endpoint=127.0.0.1:$((PORT + r)) tcp_nodelay=1"
  for _ in $(seq 240); do curl -s -o /dev/null "http://127.0.0.1:$((PORT + r))/" && break; sleep .5; done
  curl -sf -o /dev/null "http://127.0.0.1:$((PORT + r))/" || { tail -n 5 "$S/log/gateway$r.out" >&2; exit 1; }
done
radosgw-admin -c "$C" user info --uid=latchkey >/dev/null 2>&1 ||
  radosgw-admin -c "$C" user create --uid=latchkey --display-name=Latchkey --access-key="$ACCESS_KEY" --secret-key="$SECRET_KEY" >/dev/null
echo READY
