import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
/** Here and not in the system's folder for such: Next must find `react` above it. */
const place = join(root, '.e2e')
const bin = join(root, 'node_modules/next/dist/bin/next')
const environment = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', NODE_OPTIONS: '' }

/** Where the fixture application is built, with copies of our packages as they are published. */
export const fixturePlace: { readonly app: string; readonly client: string; readonly packages: string } = {
  app: join(place, 'app'),
  /** An application with a mistake: a client component imports the package. */
  client: join(place, 'client'),
  packages: join(place, 'node_modules/@evergrant'),
}

/** Copies the fixture application and installs our packages beside it, the way a registry would. */
export function installFixture(): void {
  rmSync(place, { recursive: true, force: true })
  const modules = join(place, 'node_modules')
  mkdirSync(fixturePlace.packages, { recursive: true })
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name: 'fixture', type: 'module' }))
  cpSync(join(root, 'fixtures'), place, { recursive: true })
  for (const name of ['core', 'providers', 'server', 'next', 'browser', 'react'])
    installPackage(name, modules)
}

interface Manifest {
  readonly exports: unknown
  readonly imports?: unknown
  readonly publishConfig: { readonly exports: unknown }
  readonly dependencies?: Readonly<Record<string, string>>
}

function installPackage(name: string, modules: string): void {
  const source = join(root, '..', name)
  const target = join(modules, '@evergrant', name)
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as Manifest
  mkdirSync(target)
  const published = { ...manifest, exports: manifest.publishConfig.exports }
  writeFileSync(join(target, 'package.json'), JSON.stringify(published))
  const args = ['-p', join(source, 'tsconfig.build.json'), '--noCheck', '--outDir', join(target, 'dist')]
  run('tsc', args, source)
  for (const dependency of Object.keys(manifest.dependencies ?? {})) {
    if (dependency.startsWith('@evergrant/')) continue
    symlinkSync(join(source, 'node_modules', dependency), join(modules, dependency))
  }
}

/** Runs `next build`; returns what it prints. */
export function buildFixture(
  app: string,
  env: Readonly<Record<string, string>> = {},
): { output: string; status: number | null } {
  const { stdout, stderr, status } = spawnSync(process.execPath, [bin, 'build', app], {
    env: { ...environment, ...env },
    encoding: 'utf8',
  })
  return { output: stdout + stderr, status }
}

/** A running fixture application. */
export interface FixtureServer {
  readonly url: string
  readonly output: () => string
  readonly close: () => Promise<void>
}

/** Runs `next start` or `next dev` on a free port, in a process of its own. */
export async function startFixture(
  env: Readonly<Record<string, string>>,
  command: 'start' | 'dev' = 'start',
): Promise<FixtureServer> {
  const port = String(await freePort())
  const NODE_ENV = command === 'dev' ? 'development' : 'production'
  const child = spawn(process.execPath, [bin, command, fixturePlace.app, '-p', port, '-H', '127.0.0.1'], {
    env: { ...environment, ...env, NODE_ENV },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // Also where the tests end before they could close it.
  process.once('exit', () => child.kill('SIGTERM'))
  let output = ''
  const ready = new Promise<void>((resolve, reject) => {
    const take = (data: unknown): void => {
      output += String(data)
      if (output.includes('Ready in')) resolve()
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.once('exit', code => reject(new Error(`next ${command} ended with ${code}: ${output}`)))
  })
  await ready
  return { url: `http://127.0.0.1:${port}`, output: () => output, close: () => stop(child) }
}

// SIGTERM and not SIGKILL: `next dev` has a process of its own to end.
function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise(resolve => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}

/** Removes what was installed and built. */
export function removeFixture(): void {
  rmSync(place, { recursive: true, force: true })
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { stdout, status } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stdout}`)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
