import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { runDemo } from './run.ts'

const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

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

test('the program says where the page is, and ends with Ctrl-C', async () => {
  const { child, output } = start({ PORT: '0' })
  await expect
    .poll(output, { timeout: 15_000 })
    .toMatch(/^http:\S+\nAll providers are emulated, and access tokens live for 30 seconds\.\n$/)
  const url = output().split('\n')[0] ?? ''
  expect(await (await fetch(url)).text()).toContain('One GraphQL page, three clients')
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([0, null])
  await expect(fetch(url)).rejects.toThrow('fetch failed')
})

test('a PORT that is none is one sentence and exit code 1', async () => {
  const { child, output } = start({ PORT: 'abc' })
  expect(await once(child, 'close')).toEqual([1, null])
  expect(output()).toBe('PORT must be a whole number from 0 to 65535, not "abc".\n')
})

test('a page that is not built and a port that is taken are told in words', async () => {
  const onError = (): void => undefined
  await expect(runDemo({ port: 0, pageDirectory: '/nowhere', onError })).rejects.toThrow(
    /run its script "build"/,
  )
  const first = await runDemo({ port: 0, onError })
  const port = Number(new URL(first.url).port)
  await expect(runDemo({ port, onError })).rejects.toThrow(`Port ${port} is already in use`)
  await first.stop()
})
