// @ts-check

/** Of the shell that a scene plays in. */
export const PROMPT = '$'
/** Of a shell in a container. */
const INNER_PROMPT = '/ #'

/**
 * @typedef {object} Scene
 * @property {string} file that the picture is drawn in
 * @property {string} title
 * @property {{ columns: number, rows: number }} window
 * @property {{ name: string, script: string }[]} [containers] that run before it begins
 * @property {(session: import('./session.mjs').Session) => Promise<void>} play ends when the screen is worth a picture
 */

/** What is typed, and the prompt that comes after it. */
const LINES = [
  ['dockline run -d --name web -m 64m -p 127.0.0.1:8080:80 busybox httpd -f', PROMPT],
  [`echo 'Hello through a pipe' | dockline exec -i web sh -c 'cat > index.html'`, PROMPT],
  ['dockline run -it --rm --network container:web busybox', INNER_PROMPT],
  ['ls --color', INNER_PROMPT],
  ['wget -qO- localhost', INNER_PROMPT],
  ['exit', PROMPT],
  ['head -c 1000000 /dev/urandom | dockline run -i --rm busybox wc -c', PROMPT],
  [`dockline exec web sh -c 'exit 7'; echo "exit code $?"`, PROMPT],
  ['dockline cp web:/index.html - | tar -xO', PROMPT],
  // It measures for a second. Only then is the list below free of 'Less than a second', which is too wide.
  ['dockline stats --no-stream', PROMPT],
  ['dockline ps', PROMPT],
]

/** @type {Scene} */
const terminal = {
  file: 'docs/terminal.svg',
  title: 'dockline',
  window: { columns: 102, rows: 27 },
  async play(session) {
    for (const [line = '', prompt = ''] of LINES) await session.type(line, prompt)
  },
}

/**
 * Works in waves: in each second for as many tenths as the number says. What it has done is kept in memory, up to the end
 * of a wave.
 */
const WORKER = `
  clock() { read -r up _ < /proc/uptime; now=\${up%.*}\${up#*.}; }
  while :; do
    for tenths in 1 1 2 3 4 6 7 7 6 4 3 2; do
      head -c 3m /dev/zero >> /dev/shm/done
      clock; end=$((now + tenths * 10))
      while [ $now -lt $end ]; do clock; done
      usleep $((1000000 - tenths * 100000))
    done
    : > /dev/shm/done
  done`

/** Is asked by some at once, and then by nobody for a while. */
const WEB = `
  echo hello > index.html
  httpd
  ask() { for each in $(seq 100); do wget -qO /dev/null localhost; usleep 40000; done; }
  while :; do
    ask & ask & ask & ask & wait
    sleep 6
  done`

/** @type {Scene} */
const stats = {
  file: 'docs/stats.svg',
  title: 'dockline stats --chart',
  window: { columns: 100, rows: 27 },
  containers: [
    { name: 'worker', script: WORKER },
    { name: 'web', script: WEB },
  ],
  async play(session) {
    session.press('dockline stats --chart worker web\r')
    await session.until('four charts as wide as there is room', (lines) => {
      const axes = lines.join('\n').match(/└─{35}▶/g) ?? []
      return axes.length === 4
    })
  },
}

export const SCENES = [terminal, stats]
