import { join } from 'node:path'
import { publicPackages } from './workspace.ts'

/** What a user of the published packages can import: `@evergrant/core`, `@evergrant/core/source`, … */
export function publicEntryPoints(): readonly string[] {
  return publicPackages().flatMap(({ name, manifest }) =>
    Object.keys(manifest.exports ?? {}).map(entry => join(name, entry)),
  )
}

/** An identifier for an entry point: `evergrant_core_source`. */
export function identifierOf(entryPoint: string): string {
  return entryPoint.replaceAll(/[^a-z0-9]+/gi, '_').replace(/^_/, '')
}
