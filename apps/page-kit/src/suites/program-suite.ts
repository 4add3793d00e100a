import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type { RunDemoOptions, RunningDemo } from '../server/run-demo-options.ts'

/** What {@link programSuite} has to know of a demo. */
export interface ProgramSuiteOptions {
  /** Its program. */
  readonly main: URL
  /** What it says once it listens, behind the line with its URL. */
  readonly greeting: string
  /** Words of its page. */
  readonly title: string
  readonly runDemo: (options: RunDemoOptions) => Promise<RunningDemo>
}

/** Tests what a demo is as a program: how it starts, how it ends, and what it says if it cannot start. */
export function programSuite({ main, greeting, title, runDemo }: ProgramSuiteOptions): void {
  test('the program says where the page is, and ends with Ctrl-C', async () => {
    const { child, output } = start(main, { PORT: '0' })
    await expect.poll(() => output().split('\n').slice(1), { timeout: 15_000 }).toEqual([greeting, ''])
    const url = output().split('\n')[0] ?? ''
    expect(await (await fetch(url)).text()).toContain(title)
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })

  test('a PORT that is none is one sentence and exit code 1', async () => {
    const { child, output } = start(main, { PORT: 'abc' })
    expect(await once(child, 'close')).toEqual([1, null])
    expect(output()).toBe('PORT must be a whole number from 0 to 65535, not "abc".\n')
  })

  test('a page that is not built and a port that is taken are told in words', async () => {
    await expect(runDemo({ port: 0, pageDirectory: '/nowhere', onError })).rejects.toThrow(
      /run its script "build"/,
    )
    const first = await runDemo({ port: 0, onError })
    const port = Number(new URL(first.url).port)
    await expect(runDemo({ port, onError })).rejects.toThrow(`Port ${port} is already in use`)
    await first.stop()
  })
}

function onError(): void {}

function start(
  main: URL,
  env: Record<string, string>,
): { readonly child: ChildProcess; readonly output: () => string } {
  const args = ['--conditions=evergrant-src', '--disable-warning=ExperimentalWarning', fileURLToPath(main)]
  const child = spawn(process.execPath, args, {
    env: { NODE_ENV: 'development', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  const collect = (chunk: Buffer): void => void (text += String(chunk))
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  return { child, output: () => text }
}
