import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Entry points (`./source`), and for each the file of every condition. */
export type Exports = Readonly<Record<string, Readonly<Record<string, string>>>>

/** The parts of a package.json that the scripts look at. */
export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly type?: string
  readonly license?: string
  readonly engines?: Record<string, string>
  readonly scripts?: Record<string, string>
  readonly exports?: Exports
  readonly publishConfig?: { readonly exports?: Exports }
  readonly dependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
}

export interface WorkspacePackage {
  readonly name: string
  /** Absolute. */
  readonly directory: string
  /** Below the repository: `packages/core`. */
  readonly path: string
  readonly manifest: Manifest
}

const root = join(import.meta.dirname, '../..')

/** The packages and apps of a repository (default: this one), in the order of their paths. */
export function workspacePackages(repository: string = root): readonly WorkspacePackage[] {
  return ['packages', 'apps']
    .map(group => join(repository, group))
    .filter(group => existsSync(group))
    .flatMap(group => readdirSync(group).map(name => join(group, name)))
    .filter(directory => existsSync(join(directory, 'package.json')))
    .map(directory => readPackage(repository, directory))
    .toSorted((left, right) => left.path.localeCompare(right.path))
}

/** The packages that are published. */
export function publicPackages(): readonly WorkspacePackage[] {
  return workspacePackages().filter(({ manifest }) => manifest.private !== true)
}

/** Everything that has tests: the packages, the apps, and these scripts. */
export function testedPackages(): readonly WorkspacePackage[] {
  return [...workspacePackages(), readPackage(root, join(root, 'scripts'))]
}

function readPackage(repository: string, directory: string): WorkspacePackage {
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest
  return { name: manifest.name, directory, path: relative(repository, directory), manifest }
}

/** Every source file below a package's `src`, absolute. */
export function sourceFiles(directory: string): readonly string[] {
  const source = join(directory, 'src')
  if (!existsSync(source)) return []
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter(file => /\.(ts|tsx|mts|js|mjs)$/.test(file))
    .map(file => join(source, file))
}
