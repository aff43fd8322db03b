import { buildFlags } from '../flags/build.js'
import { bool, list, text } from '../flags/flag.js'

/** What only BuildKit has, beside what the classic builder has as well. */
export const flags = {
  ...buildFlags,
  allow: list('Allow extra privileged entitlement (e.g., "network.host", "security.insecure", "device")', {
    type: 'stringArray',
  }),
  annotation: list('Add annotation to the image', { type: 'stringArray' }),
  attest: list('Attestation parameters (format: "type=sbom,generator=image")', { type: 'stringArray' }),
  'build-context': list('Additional build contexts (e.g., name=path)', { type: 'stringArray' }),
  builder: text('The builder: "default", which is the Engine itself'),
  'cache-from': list('External cache sources (e.g., "user/app:cache", "type=local,src=path/to/dir")', {
    type: 'stringArray',
  }),
  'cache-to': list('Cache export destinations (e.g., "user/app:cache", "type=local,dest=path/to/dir")', {
    type: 'stringArray',
  }),
  call: text('Set method for evaluating build ("check", "outline", "targets") (default "build")', {
    initial: 'build',
  }),
  check: bool('Shorthand for "--call=check"'),
  debug: bool('Show warnings with all that is known of them', 'D'),
  load: bool('Shorthand for "--output=type=docker"'),
  'metadata-file': text('Write build result metadata to a file'),
  'no-cache-filter': list('Do not cache specified stages', { type: 'stringArray' }),
  output: list('Output destination (format: "type=local,dest=path")', { short: 'o', type: 'stringArray' }),
  progress: text(
    'Set type of progress output ("auto", "none", "plain", "quiet", "rawjson", "tty"). Use plain to show container output (default "auto")',
    { initial: 'auto' },
  ),
  provenance: text('Shorthand for "--attest=type=provenance"'),
  push: bool('Shorthand for "--output=type=registry"'),
  sbom: text('Shorthand for "--attest=type=sbom"'),
  secret: list('Secret to expose to the build (format: "id=mysecret[,src=/local/secret]")', {
    type: 'stringArray',
  }),
  ssh: list(
    'SSH agent socket or keys to expose to the build (format: "default|<id>[=<socket>|<key>[,<key>]]")',
    {
      type: 'stringArray',
    },
  ),
}
