import { isDeepStrictEqual } from 'node:util'
import type { Exports, WorkspacePackage } from './workspace.ts'

/** The export condition that leads to the sources. They are not published, so neither is the condition. */
const sourceCondition = 'evergrant-src'

/** Checks a package.json; returns one sentence for each breach. */
export function checkManifest({ path, manifest }: WorkspacePackage): string[] {
  const problems: string[] = []
  const want = (isRight: boolean, what: string): void =>
    void (isRight || problems.push(`${path}/package.json: ${what}.`))
  want(manifest.type === 'module', '"type" must be "module"')
  want(manifest.license === 'MIT', '"license" must be "MIT"')
  want(manifest.engines?.['node'] === '>=20.19', '"engines.node" must be ">=20.19"')
  for (const script of ['build', 'typecheck', 'lint', 'test']) {
    want(manifest.scripts?.[script] !== undefined, `the script "${script}" is missing`)
  }
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    const isPinned = name.startsWith('@evergrant/')
      ? version === 'workspace:*'
      : /^(?:npm:(?:@[\w-]+\/)?[\w-]+@)?\d+\.\d+\.\d+/.test(version)
    want(isPinned, `${name} must be pinned exactly, not ${version}`)
  }
  if (manifest.private !== true && manifest.exports !== undefined) {
    const published = manifest.publishConfig?.exports
    const isRight = isDeepStrictEqual(published, withoutSources(manifest.exports))
    want(isRight, `"publishConfig.exports" must be "exports" without "${sourceCondition}"`)
  }
  return problems
}

function withoutSources(exports: Exports): Exports {
  return Object.fromEntries(
    Object.entries(exports).map(([entry, conditions]) => [
      entry,
      Object.fromEntries(Object.entries(conditions).filter(([condition]) => condition !== sourceCondition)),
    ]),
  )
}
