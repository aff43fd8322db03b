// @ts-check
// The order of the guide: the sidebar shows it, and "previous" and "next" follow it.

/** @type {readonly import('vitepress').DefaultTheme.SidebarItem[]} */
export const GUIDE = [
  group('Guide', {
    '/getting-started': 'Getting started',
    '/containers': 'Containers',
    '/sandboxes': 'Sandboxes',
    '/scopes': 'Scopes',
    '/terminal': 'Terminals',
    '/images': 'Images',
    '/builds': 'Builds',
    '/networks': 'Networks',
    '/volumes': 'Volumes',
    '/events': 'Events',
    '/swarm': 'Swarm',
    '/errors': 'Errors',
  }),
  group('Which Engine', {
    '/connecting': 'Connecting',
    '/contexts': 'Contexts',
    '/tls': 'TLS',
    '/ssh': 'ssh',
    '/credentials': 'Credentials',
    '/podman': 'Podman',
  }),
  group('The command', { '/command-line': 'The command line' }),
  group('For tools', { '/syntax': "Docker's strings" }),
  group('Coming from', {
    '/coming-from-dockerode': 'dockerode',
    '/coming-from-docker-py': 'docker-py',
  }),
  group('Recipes', {
    '/recipes/': 'All recipes',
    '/recipes/sandbox': 'A sandbox for untrusted code',
    '/recipes/ci-runner': 'A CI runner',
    '/recipes/terminal': 'A terminal',
    '/recipes/web-terminal': 'A web terminal',
    '/recipes/web-panel': 'A web panel',
    '/recipes/dev-environment': 'A dev environment',
    '/recipes/test-containers': 'Test containers',
    '/recipes/image-publisher': 'An image publisher',
    '/recipes/swarm-deployer': 'A Swarm deployer',
    '/recipes/volume-backup': 'Backup of volumes',
    '/recipes/fleet': 'A fleet over contexts',
    '/recipes/log-shipper': 'A log shipper',
    '/recipes/metrics': 'Metrics',
  }),
  group('More', { '/reference/': 'API reference', '/changelog': 'Changelog' }),
]

/**
 * @param {string} text
 * @param {Readonly<Record<string, string>>} pages title by link
 * @returns {import('vitepress').DefaultTheme.SidebarItem}
 */
function group(text, pages) {
  return { text, items: Object.entries(pages).map(([link, title]) => ({ text: title, link })) }
}
