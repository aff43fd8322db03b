#!/bin/sh
# The first process in an engine's namespaces. It makes the root file system that the daemon sees, starts the
# daemon there and ends with it, unless it is to be started anew; then the kernel kills whatever that left (containerd, shims, containers) and
# drops every mount.
#
#   namespaces.sh NAME ROOTFS RUN DATA folder|tmpfs ADDRESS none|new|NETWORK-NAMESPACE CGROUP|none \
#     DAEMON ARGUMENT...
#
# With a CGROUP, all that runs in the namespaces is in that folder of each hierarchy, and sees nothing outside.
set -eu

main() {
  if [ "$7" = new ]; then found_network "$@"; fi
  if [ "$8" != none ] && [ -z "${entered:-}" ]; then enter_cgroup "$@"; fi
  name=$1 rootfs=$2 run=$3 data=$4 kind=$5 address=$6 network=$7 cgroup=$8
  shift 8
  unset entered
  if [ "$network" != none ]; then exec 9< "$network"; fi
  root=$run/$name/root
  layers=$run/$name/layers
  if [ "$kind" = tmpfs ]; then mount -t tmpfs tmpfs "$data"; fi
  mount -t tmpfs -o mode=755 tmpfs "$layers"
  if [ "$rootfs" = / ]; then mount_machine; else mount_rootfs; fi
  mount_private
  enter_root
  echo "$name" > /proc/sys/kernel/hostname
  make_network
  run_daemon "$@"
}

# What several engines share is a bridge in a network namespace of its own, where no firewall of anyone's is.
# Each of them holds it open as file 9, so the kernel removes it with the last of them. The first one gives
# the namespace it was started in and goes on in another.
found_network() {
  exec 9< /proc/self/ns/net
  ip link add shared type bridge
  ip link set shared up
  name=$1 rootfs=$2 run=$3 data=$4 kind=$5 address=$6
  shift 7
  exec unshare --net /bin/sh "$0" "$name" "$rootfs" "$run" "$data" "$kind" "$address" /proc/self/fd/9 "$@"
}

# Its folder of each hierarchy becomes the root of what it sees. A new cpuset has no CPU and takes no process
# until it has what its parent has.
enter_cgroup() {
  for hierarchy in $(hierarchies); do
    mkdir -p "$hierarchy/$8"
    for file in cpuset.cpus cpuset.mems; do
      if [ -f "$hierarchy/cgroup.clone_children" ] && [ -f "$hierarchy/$file" ]; then
        cat "$hierarchy/$file" > "$hierarchy/$8/$file"
      fi
    done
    echo $$ > "$hierarchy/$8/cgroup.procs"
  done
  exec unshare --cgroup env entered=yes /bin/sh "$0" "$@"
}

# Version 2 has one hierarchy, version 1 a folder for each. Where both are mounted, crun takes only version 1
# and refuses to see the other.
hierarchies() {
  if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
    echo /sys/fs/cgroup
    return
  fi
  for hierarchy in /sys/fs/cgroup/*; do
    if [ -L "$hierarchy" ] || [ -f "$hierarchy/cgroup.controllers" ]; then continue; fi
    if [ -f "$hierarchy/cgroup.procs" ]; then echo "$hierarchy"; fi
  done
}

# The machine as it is, except for the places where a daemon would leave something.
mount_machine() {
  mount --rbind / "$root"
  mount_layer etc "$root/etc" "$root/etc"
  mount_layer opt "$root/opt" "$root/opt"
}

# Engines of one suite share its root file system. /tmp is the machine's, so that a test can bind-mount a
# folder it has made.
mount_rootfs() {
  mount_layer root "$rootfs" "$root"
  mkdir -p "$root$data"
  mount --rbind /dev "$root/dev"
  mount --bind /tmp "$root/tmp"
  mount --bind "$data" "$root$data"
}

# What is written to TARGET goes to a tmpfs; what is not written is read from LOWER.
mount_layer() { # NAME LOWER TARGET
  mkdir -p "$layers/$1/upper" "$layers/$1/work"
  mount -t overlay -o "lowerdir=$2,upperdir=$layers/$1/upper,workdir=$layers/$1/work" overlay "$3"
}

# Not to be shared: /run has the shims' sockets and network namespaces, /etc/docker the machine's own
# daemon.json and the engine's key. /sys shows the links of the network namespace it was mounted in, so it is
# mounted anew; without the machine's securityfs in it dockerd does not see AppArmor, whose profiles would
# stay in the kernel. The cgroups must be mounted back, or dockerd ends with "Devices cgroup isn't mounted".
mount_private() {
  mount -t proc proc "$root/proc"
  mount -t sysfs sysfs "$root/sys"
  if [ "$cgroup" = none ]; then mount --rbind /sys/fs/cgroup "$root/sys/fs/cgroup"; else mount_cgroup; fi
  # Podman keeps its locks there.
  mount -t tmpfs tmpfs "$root/dev/shm"
  mount -t tmpfs -o mode=755 tmpfs "$root/run"
  mkdir -p "$root$run"
  mount --bind "$run" "$root$run"
  mkdir -p "$root/etc/docker"
  mount -t tmpfs tmpfs "$root/etc/docker"
}

# With version 2 a folder whose children have limits may hold no process itself.
mount_cgroup() {
  target=$root/sys/fs/cgroup
  if [ "$(hierarchies)" = /sys/fs/cgroup ]; then
    mount --bind "/sys/fs/cgroup/$cgroup" "$target"
    mkdir "$target/init"
    echo $$ > "$target/init/cgroup.procs"
    return
  fi
  mount -t tmpfs -o mode=755 tmpfs "$target"
  for link in /sys/fs/cgroup/*; do
    if [ -L "$link" ]; then cp -P "$link" "$target"; fi
  done
  for hierarchy in $(hierarchies); do
    mkdir "$target/${hierarchy##*/}"
    mount --bind "$hierarchy/$cgroup" "$target/${hierarchy##*/}"
  done
}

enter_root() {
  mkdir "$root/run/old"
  cd "$root"
  pivot_root . run/old
  cd /
  umount -l /run/old
  rmdir /run/old
}

# Swarm wants an address that is not loopback. There is no route out on purpose, so that what asks for a
# registry fails at once instead of waiting. The other end is this engine's own when it is alone, and else a
# port of the bridge.
make_network() {
  ip link set lo up
  if [ "$network" = none ]; then
    ip link add eth0 type veth peer name eth0-peer
    ip link set eth0-peer up
  else
    port=port-${address##*.}
    ip link add eth0 type veth peer name "$port" netns /proc/self/fd/9
    nsenter --net=/proc/self/fd/9 ip link set "$port" master shared up
  fi
  ip addr add "$address/24" dev eth0
  ip link set eth0 up
}

# The shell stays as init and reaps what is orphaned; the daemon itself does not. A `wait` also returns when a
# signal came. After a SIGHUP the daemon is started anew when it has ended, among what it has left.
run_daemon() {
  trap 'kill -TERM "$daemon"' TERM
  trap 'again=yes' HUP
  again=yes
  while [ "$again" = yes ]; do
    again=no
    "$@" 9<&- &
    daemon=$!
    while kill -0 "$daemon" 2> /dev/null; do
      wait "$daemon" || :
    done
  done
}

main "$@"
