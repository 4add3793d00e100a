import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
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

async function started(output: () => string): Promise<string> {
  await expect.poll(output, { timeout: 15_000 }).toMatch(/http:.*\n.*\n/)
  return output().split('\n')[0] ?? ''
}

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it at once, also with open connections', async signal => {
  const { child, output } = start({ PORT: '0' })
  const url = await started(output)
  expect(output()).toBe(`${url}\nAll providers are emulated: no credentials are set.\n`)
  const agent = new Agent({ keepAlive: true })
  for (const path of ['/', '/api/status', '/api/truphone/sims', '/api/iris/assets']) {
    const [response] = (await once(get(url + path, { agent }), 'response')) as [NodeJS.ReadableStream]
    await once(response.resume(), 'end')
  }
  const [stream] = (await once(get(`${url}/api/events`), 'response')) as [NodeJS.ReadableStream]
  const over = once(stream.resume(), 'end')
  const before = performance.now()
  child.kill(signal)
  expect(await once(child, 'exit')).toEqual([0, null])
  await over
  expect(performance.now() - before).toBeLessThan(900)
  agent.destroy()
})

test('a port that is taken is one sentence and exit code 1', async () => {
  const blocker = createServer().listen(0, '127.0.0.1')
  await once(blocker, 'listening')
  const { port } = blocker.address() as AddressInfo
  const { child, output } = start({ PORT: String(port) })
  expect(await once(child, 'close')).toEqual([1, null])
  expect(output()).toBe(
    `Port ${port} is already in use: stop what uses it, or choose another one, such as PORT=3001.\n`,
  )
  blocker.close()
})

test.each(['abc', '65536', '-1', '80.5'])('PORT=%s is refused with exit code 1', async text => {
  const { child, output } = start({ PORT: text })
  expect(await once(child, 'close')).toEqual([1, null])
  expect(output()).toBe(`PORT must be a whole number from 0 to 65535, not "${text}".\n`)
})

test('credentials that are set in part name what is missing, with exit code 1', async () => {
  const { child, output } = start({ PORT: '0', TRUPHONE_CLIENT_ID: 'fake-client' })
  expect(await once(child, 'close')).toEqual([1, null])
  expect(output()).toMatch(/^The environment cannot be used: .*TRUPHONE_CLIENT_SECRET/)
  expect(output()).not.toContain('fake-client')
})
