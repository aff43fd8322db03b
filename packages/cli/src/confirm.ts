import type { Cli } from './cli.js'

/** Asks on stdout, as docker does. Only y is yes, with blanks around it or without, and so an empty stdin is no. */
export async function confirm(cli: Cli, question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline')
  cli.write(`${question} [y/N] `)
  const lines = createInterface({ input: cli.stdin })
  try {
    for await (const line of lines) return line.trim().toLowerCase() === 'y'
    return false
  } finally {
    lines.close()
    // Otherwise an unread terminal would keep this process alive.
    cli.stdin.pause()
  }
}
