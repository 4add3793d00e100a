import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBackends, storeNames } from './proofs/backends.test-support.ts'
import type { Backends } from './proofs/backends.test-support.ts'

let backends: Backends

describe.skipIf(startBackends === undefined)('C84 a watch', () => {
  beforeAll(async () => void (backends = await startBackends!()), 120_000)
  afterAll(() => backends.stop())

  test.each(storeNames)('%s: keeps no process alive once its client is closed', async name => {
    const program = new URL('quiet-watch.test-support.ts', import.meta.url).pathname
    const flags = ['--conditions=evergrant-src', '--disable-warning=ExperimentalWarning']
    const child = spawn(process.execPath, [...flags, program, JSON.stringify(backends.addresses[name])])
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (output += String(data)))
    const code = await new Promise(resolve => {
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
      child.once('exit', exit => (clearTimeout(timer), resolve(exit)))
    })
    expect([code, output]).toEqual([0, 'watched true'])
  })
})
