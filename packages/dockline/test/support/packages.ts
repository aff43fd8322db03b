const SCRIPT = new URL('../../../../scripts/engine/packages.mjs', import.meta.url)

/** Installs those Debian packages that are missing. Needs root, as the throwaway Engines do. */
export async function needPackages(names: readonly string[]): Promise<void> {
  const packages = (await import(SCRIPT.href)) as {
    needPackages(names: readonly string[], progress: object): Promise<void>
  }
  await packages.needPackages(names, {})
}
