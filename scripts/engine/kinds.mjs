// @ts-check
// What there is to know of each kind of engine: its packages, how its daemon is run, how a suite names it.

/**
 * @typedef {object} DaemonOptions
 * @property {string} host unix:///…
 * @property {string} data the data root
 * @property {string} cgroup of all its containers, under the root of each hierarchy
 * @property {string | undefined} tls a folder of certificates
 * @property {string | undefined} [feature] of dockerd, as in 'containerd-snapshotter=true'
 * @property {boolean | undefined} [liveRestore] whether containers run on while dockerd does not
 */

/**
 * @typedef {object} Kind
 * @property {string} name for people
 * @property {string} daemon its process
 * @property {readonly string[]} machinePackages of this machine
 * @property {readonly string[]} rootPackages of a root file system of its own
 * @property {string | undefined} [rootScript] sh runs it in that root file system, once its packages are there
 * @property {boolean} ownCgroup it is to see a cgroup as the root of all, because it takes no other for its containers
 * @property {(options: DaemonOptions) => string[]} command
 */

/**
 * Adds git, which BuildKit runs for the contexts that are repositories. Debian's package depends on all of Perl and on the
 * manual, which no clone needs. The script therefore installs its other dependencies, and takes out of the package the
 * parts that fetch, check out and update submodules.
 */
const ADD_GIT = `
cd /tmp
apt-cache depends git | sed -n 's/^  Depends: //p' | grep -vxE 'perl|liberror-perl|git-man' \\
  | xargs apt-get install --yes --quiet --no-install-recommends
apt-get download --quiet git
core=./usr/lib/git-core
dpkg-deb --fsys-tarfile git_*.deb | tar --extract --directory / \\
  ./usr/bin/git ./usr/share/git-core/templates $core/git-remote-http $core/git-remote-https \\
  $core/git-submodule $core/git-sh-setup $core/git-sh-i18n $core/git-sh-i18n--envsubst
rm git_*.deb
git --version
`

/** @type {Kind} */
const DOCKER = {
  name: 'Docker',
  daemon: 'dockerd',
  machinePackages: ['docker.io', 'iptables', 'iproute2', 'procps', 'busybox-static'],
  // docker-cli is what the dockline command is compared with. procps is for `docker top`: the Engine runs the
  // ps of its own root file system.
  rootPackages: [
    'docker.io',
    'docker-cli',
    'docker-buildx',
    'iptables',
    'iproute2',
    'mount',
    'procps',
    'ca-certificates',
    'busybox-static',
  ],
  rootScript: ADD_GIT,
  ownCgroup: false,
  command: ({ host, data, cgroup, tls, feature, liveRestore }) => [
    'dockerd',
    `--host=${host}`,
    `--data-root=${data}`,
    `--cgroup-parent=/${cgroup}`,
    // The systemd driver would ask the machine's systemd for cgroups, and leave them with it.
    '--exec-opt=native.cgroupdriver=cgroupfs',
    ...(tls === undefined ? [] : tlsArguments(tls)),
    ...(feature === undefined ? [] : [`--feature=${feature}`]),
    ...(liveRestore ? ['--live-restore'] : []),
  ],
}

/** crun and conmon run the containers, netavark connects them, aardvark knows their names, catatonit is their init. */
const PODMAN_PACKAGES = [
  ...['podman', 'crun', 'conmon', 'netavark', 'aardvark-dns', 'catatonit'],
  ...['iptables', 'iproute2', 'procps', 'busybox-static'],
]

/** @type {Kind} */
const PODMAN = {
  name: 'Podman',
  daemon: 'podman',
  machinePackages: PODMAN_PACKAGES,
  rootPackages: [...PODMAN_PACKAGES, 'nftables', 'mount', 'ca-certificates'],
  ownCgroup: true,
  command: ({ host, data, tls, feature }) => {
    if (tls !== undefined) throw new Error('Podman has no TLS of its own: start it without --tls')
    if (feature !== undefined) throw new Error('Podman has no features to choose: start it without --feature')
    return [
      'podman',
      `--root=${data}`,
      '--runroot=/run/containers/storage',
      '--cgroup-manager=cgroupfs',
      '--events-backend=file',
      '--network-backend=netavark',
      '--runtime=crun',
      ...['system', 'service', '--time=0', host],
    ]
  },
}

/** @param {string} folder */
function tlsArguments(folder) {
  return [
    '--host=tcp://127.0.0.1:2376',
    '--tlsverify',
    `--tlscacert=${folder}/ca.pem`,
    `--tlscert=${folder}/server-cert.pem`,
    `--tlskey=${folder}/server-key.pem`,
  ]
}

/**
 * 'machine' is Docker of this machine and 'sid' Docker of Debian sid; 'podman' and 'podman-sid' are the same of Podman.
 * @param {string} suite
 * @returns {{ kind: Kind, debian: string | undefined }} debian: none when it is this machine
 */
export function kindOf(suite) {
  if (suite === 'machine') return { kind: DOCKER, debian: undefined }
  if (suite === 'podman') return { kind: PODMAN, debian: undefined }
  if (suite.startsWith('podman-')) return { kind: PODMAN, debian: suite.slice('podman-'.length) }
  return { kind: DOCKER, debian: suite }
}
