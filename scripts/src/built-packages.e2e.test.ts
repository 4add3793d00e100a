import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '@evergrant/testing/machine'
import { beforeAll, describe, expect, test } from 'vitest'
import { publicEntryPoints } from './built-packages.ts'
import { publicPackages } from './workspace.ts'

// The pinned Node.js builds and tests; users have another one. Theirs is the machine's own here.
const node = findProgram('node')
const entryPoints = publicEntryPoints()
const everyOne = entryPoints.map(entryPoint => `${entryPoint} object true`).join('\n')

/** Runs a program on the machine's Node.js, with this package's dependencies: the built ones, for want of a condition. */
function run(kind: 'module' | 'commonjs', program: string): { output: string; errors: string } {
  const { NODE_OPTIONS: _, ...env } = process.env
  const args = [`--input-type=${kind}`, '--eval', program]
  const { stdout, stderr } = spawnSync(node ?? '', args, {
    cwd: join(import.meta.dirname, '..'),
    env,
    encoding: 'utf8',
  })
  return { output: stdout.trim(), errors: stderr }
}

describe.skipIf(node === undefined)('the built packages on the Node.js of the machine', () => {
  beforeAll(() => {
    const version = run('commonjs', 'console.log(process.version)').output
    process.stdout.write(`The built packages run on Node.js ${version} (${node})\n`)
    const [major = 0, minor = 0] = version.slice(1).split('.').map(Number)
    expect(major > 20 || (major === 20 && minor >= 19), `${version} is 20.19 or newer`).toBe(true)
  })

  test('are all there', () => {
    expect(entryPoints).toEqual(expect.arrayContaining(['@evergrant/core', '@evergrant/core/source']))
    for (const { directory, manifest } of publicPackages())
      for (const files of Object.values(manifest.publishConfig?.exports ?? {}))
        for (const file of Object.values(files)) expect(existsSync(join(directory, file)), file).toBe(true)
  })

  test('are imported by every entry point, without a warning', () => {
    const program = `for (const entryPoint of ${JSON.stringify(entryPoints)}) {
  const entry = await import(entryPoint)
  console.log(entryPoint, typeof entry, import.meta.resolve(entryPoint).includes('/dist/'))
}`
    expect(run('module', program)).toEqual({ output: everyOne, errors: '' })
  })

  test('are required by every entry point, without a warning', () => {
    const program = `for (const entryPoint of ${JSON.stringify(entryPoints)}) {
  const entry = require(entryPoint)
  console.log(entryPoint, typeof entry, /[/\\\\]dist[/\\\\]/.test(require.resolve(entryPoint)))
}`
    expect(run('commonjs', program)).toEqual({ output: everyOne, errors: '' })
  })

  test('get a token and use it', () => {
    const program = `
import { createTokenManager } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import { truphone } from '@evergrant/providers'

const emulator = createEmulator()
const { clientId, clientSecret } = emulator.truphone.credentials
const tokens = createTokenManager(truphone({ clientId, clientSecret }), { fetch: emulator.fetch })
const accessToken = await tokens.getAccessToken()
const sims = await tokens.fetch('sims?per_page=10')
console.log(accessToken.length > 20, sims.status)
await tokens.dispose()`
    expect(run('module', program)).toEqual({ output: 'true 200', errors: '' })
  })
})
