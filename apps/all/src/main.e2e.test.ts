import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'

const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Starts the program from its sources; the type stripping that this needs is in the Node.js that runs the tests. */
function start(env: Record<string, string>): { child: ChildProcess; output: () => string } {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const args = ['--conditions=evergrant-src', '--disable-warning=ExperimentalWarning', main]
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let text = ''
  const collect = (chunk: Buffer): void => void (text += String(chunk))
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  return { child, output: () => text }
}

test('one command starts everything, says where it is, and ends all of it', { timeout: 60_000 }, async () => {
  const { child, output } = start({ PORT: '0', PATH: process.env['PATH'] ?? '' })
  await expect.poll(output, { timeout: 45_000 }).toMatch(/Ctrl-C ends everything\.\n/)
  const rows = [...output().matchAll(/^ {2}(\w[\w ]*\w) +(http:\S+) +(\S.*)$/gm)]
  expect(rows.map(row => row[1])).toEqual([
    'Gateway',
    'Fleet dashboard',
    'Two modes',
    'GraphQL',
    'Redirects',
    'Emulator',
  ])
  expect(output()).toContain('All providers are emulated: no credentials are set.')
  const urls = rows.map(row => row[2] ?? '')
  for (const url of urls) expect((await fetch(url)).status).toBe(200)
  const before = performance.now()
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(performance.now() - before).toBeLessThan(3500)
  for (const url of urls) await expect(fetch(url)).rejects.toThrow('fetch failed')
})

test('a PORT that is none is one sentence and exit code 1', async () => {
  const { child, output } = start({ PORT: 'abc' })
  expect(await once(child, 'close')).toEqual([1, null])
  expect(output()).toBe('PORT must be a whole number from 0 to 65535, not "abc".\n')
})
