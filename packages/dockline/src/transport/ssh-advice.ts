interface Said {
  readonly code: number | null
  readonly said: string
  /** Whether there is no such program. */
  readonly isMissing: boolean
  readonly host: string
  /** Whether ssh was given a key or a password of the caller. */
  readonly hasSecrets: boolean
}

/** What to do about it, by what ssh or the docker command over there has said. */
export function sshAdvice({ code, said, isMissing, host, hasSecrets }: Said): string | undefined {
  if (isMissing) return 'is an ssh client installed?'
  if (/host key verification failed|host identification has changed/i.test(said)) {
    return `check the key of ${host} with \`ssh ${host}\` and accept it there`
  }
  if (/permission denied.*(socket|docker api)/i.test(said))
    return `is the user over there in the docker group?`
  if (/permission denied/i.test(said) && hasSecrets) {
    return `does ${host} accept ssh.key or ssh.password? a key with a passphrase needs ssh.passphrase`
  }
  if (/permission denied/i.test(said)) {
    return `does \`ssh ${host}\` work without a password? keys come from an agent, ~/.ssh/config or ssh: { options }`
  }
  if (/could not resolve hostname/i.test(said)) return 'check the host in DOCKER_HOST or the host option'
  if (/raw stream connection|cannot connect to the docker daemon/i.test(said)) {
    return 'is the Docker Engine running over there?'
  }
  if (code === 127 || /command not found/i.test(said)) {
    return `is the docker command (18.09 or later) in the PATH of \`ssh ${host} docker version\`?`
  }
  return undefined
}
