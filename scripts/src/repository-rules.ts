import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, relative } from 'node:path'
import { checkManifest } from './manifest-rules.ts'
import { sourceFiles } from './workspace.ts'
import type { WorkspacePackage } from './workspace.ts'

/** What a package is, and what it may import of ours outside its tests. */
interface Role {
  readonly kind: 'foundation' | 'adapter' | 'tool'
  readonly mayImport: readonly string[]
  /** Runs in a browser or an edge runtime: imports no module of Node.js, with `node:` or without. */
  readonly isPortable: boolean
}

const foundation = (mayImport: readonly string[], isPortable = true): Role => ({
  kind: 'foundation',
  mayImport,
  isPortable,
})
const serverAdapter: Role = { kind: 'adapter', mayImport: ['core', 'server'], isPortable: false }
const clientAdapter: Role = { kind: 'adapter', mayImport: ['core', 'browser'], isPortable: true }

/** Every package and its place. A new package is entered here, and in the table of adapters if it is one. */
export const roles: Readonly<Record<string, Role>> = {
  core: foundation([]),
  providers: foundation(['core']),
  stores: foundation(['core'], false),
  server: foundation(['core']),
  browser: foundation(['core']),
  timeline: foundation(['core']),
  emulator: { kind: 'tool', mayImport: [], isPortable: false },
  testing: { kind: 'tool', mayImport: [], isPortable: false },
  express: serverAdapter,
  next: serverAdapter,
  hono: { ...serverAdapter, isPortable: true },
  fastify: serverAdapter,
  authjs: { ...serverAdapter, mayImport: ['core', 'providers', 'server'] },
  react: clientAdapter,
  apollo: clientAdapter,
  urql: clientAdapter,
  'graphql-request': clientAdapter,
  axios: clientAdapter,
  undici: { ...clientAdapter, isPortable: false },
}

/** Files that may import modules of Node.js in a portable package: what entry points for Node.js alone are made of. */
const nodeEntryPoints: ReadonlySet<string> = new Set([
  'packages/server/src/node/client-left.ts',
  'packages/server/src/node/close-gracefully.ts',
  'packages/server/src/node/cookies-with-head.ts',
  'packages/server/src/node/event-streams.ts',
  'packages/server/src/node/finish-request.ts',
  'packages/server/src/node/node-listener.ts',
  'packages/server/src/node/request-like.ts',
  'packages/server/src/node/send-response.ts',
  'packages/server/src/node/to-request.ts',
  'packages/server/src/transport/node-body.ts',
  'packages/server/src/transport/node-transport.ts',
])

/** Which application exercises an adapter, and the end-to-end test that proves it. */
export const adapterProofs: Readonly<Record<string, { readonly app: string; readonly test: string }>> = {
  express: { app: 'apps/express', test: 'src/gateway.e2e.test.ts' },
  next: { app: 'apps/next', test: 'src/page.e2e.test.ts' },
  react: { app: 'apps/react', test: 'src/page.e2e.test.ts' },
  apollo: { app: 'apps/graphql', test: 'src/page-subscription.e2e.test.ts' },
  urql: { app: 'apps/graphql', test: 'src/page-subscription.e2e.test.ts' },
  'graphql-request': { app: 'apps/graphql', test: 'src/page-subscription.e2e.test.ts' },
  axios: { app: 'apps/graphql', test: 'src/demo.e2e.test.ts' },
  undici: { app: 'apps/graphql', test: 'src/demo.e2e.test.ts' },
  authjs: { app: 'apps/authjs', test: 'src/page.e2e.test.ts' },
}

/** Adapters that have no application yet. The list only shrinks. */
const withoutApp: ReadonlySet<string> = new Set()

const scope = '@evergrant/'
const importPattern = /(?:from\s*|import\s*\(\s*|import\s+|require\(\s*)['"]([^'"]+)['"]/g

/** Checks every rule; returns one sentence for each breach. */
export function checkRepository(packages: readonly WorkspacePackage[]): string[] {
  const libraries = packages.filter(({ path }) => path.startsWith('packages/'))
  return [
    ...libraries.flatMap(checkPackage),
    ...packages.flatMap(checkDeclared),
    ...libraries.flatMap(library => checkProof(library, packages)),
    ...packages.flatMap(checkManifest),
  ]
}

function checkPackage(library: WorkspacePackage): string[] {
  const role = roles[shortName(library)]
  if (role === undefined) return [`${library.path}: enter the package in scripts/src/repository-rules.ts.`]
  return sourceFiles(library.directory).flatMap(file => checkFile(library, role, file))
}

function checkFile(library: WorkspacePackage, role: Role, file: string): string[] {
  if (isTest(file)) return []
  const path = join(library.path, relative(library.directory, file))
  const own = shortName(library)
  return importsOf(file).flatMap(specifier => {
    if (isBuiltin(specifier)) {
      const isAllowed = !role.isPortable || nodeEntryPoints.has(path)
      return isAllowed ? [] : [`${path} imports ${specifier}, but ${own} must run without Node.js.`]
    }
    if (!specifier.startsWith(scope))
      return leavesPackage(library, file, specifier)
        ? [`${path} imports ${specifier}, outside its package.`]
        : []
    const target = specifier.slice(scope.length).split('/')[0] ?? ''
    if (role.mayImport.includes(target)) return []
    const reason =
      role.kind === 'adapter' && roles[target]?.kind === 'adapter'
        ? 'adapters never import each other'
        : 'dependencies point downward only'
    return [`${path} imports ${specifier}: ${reason}.`]
  })
}

/** What a package's sources import must come with it for everybody who installs it. */
function checkDeclared({ directory, path, manifest }: WorkspacePackage): string[] {
  const declared = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }))
  return sourceFiles(directory).flatMap(file => {
    if (isTest(file)) return []
    return importsOf(file)
      .filter(specifier => /^[@a-z]/i.test(specifier) && !isBuiltin(specifier))
      .filter(specifier => !declared.has(packageOf(specifier)))
      .map(specifier => {
        const importer = join(path, relative(directory, file))
        return `${importer} imports ${specifier}, which its package.json does not declare.`
      })
  })
}

function isTest(file: string): boolean {
  return /\.test(-d|-support)?\.tsx?$/.test(file) || file.includes('.e2e.')
}

/** `@scope/name` of `@scope/name/entry`, `name` of `name/entry`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function leavesPackage(library: WorkspacePackage, file: string, specifier: string): boolean {
  if (!specifier.startsWith('.')) return false
  const target = relative(library.directory, join(file, '..', specifier))
  return target.startsWith('..')
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/^\s*(\/\/|\*).*$/gm, '')
  return [...text.matchAll(importPattern)].map(match => match[1] ?? '')
}

function checkProof(library: WorkspacePackage, packages: readonly WorkspacePackage[]): string[] {
  const name = shortName(library)
  if (roles[name]?.kind !== 'adapter' || withoutApp.has(name)) return []
  const proof = adapterProofs[name]
  if (proof === undefined)
    return [`${library.path} is an adapter without an app: enter one in adapterProofs.`]
  const app = packages.find(({ path }) => path === proof.app)
  if (app === undefined) return [`${library.path}: its app ${proof.app} does not exist.`]
  const isImported = sourceFiles(app.directory).some(file =>
    importsOf(file).some(specifier => specifier === library.name),
  )
  const missing: string[] = []
  if (!isImported) missing.push(`${proof.app} does not import ${library.name}.`)
  if (!existsSync(join(app.directory, proof.test))) missing.push(`${proof.app}/${proof.test} does not exist.`)
  return missing
}

function shortName({ name }: WorkspacePackage): string {
  return name.slice(scope.length)
}
