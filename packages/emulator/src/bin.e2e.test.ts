import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { startEmulatorServer } from './server.ts'

const bin = fileURLToPath(new URL('bin.ts', import.meta.url))

interface Run {
  readonly code: unknown
  readonly output: string
  readonly errors: string
}

/** Runs the command; `onOutput` may stop it. */
async function run(
  args: readonly string[],
  onOutput?: (text: string, stop: () => void) => void,
): Promise<Run> {
  const child = spawn(process.execPath, [bin, ...args])
  let output = ''
  let errors = ''
  child.stdout.on('data', data => {
    output += String(data)
    onOutput?.(output, () => child.kill('SIGINT'))
  })
  child.stderr.on('data', data => {
    errors += String(data)
  })
  const [code]: unknown[] = await once(child, 'close')
  return { code, output, errors }
}

describe('evergrant-emulator', () => {
  it('prints where it listens and the fake credentials, and stops on Ctrl-C', async () => {
    const { code, output } = await run(['--port', '0'], (text, stop) => {
      if (text.includes('Ctrl-C')) stop()
    })
    expect(code).toBe(0)
    expect(output).toMatch(/http:\/\/127\.0\.0\.1:\d+\/truphone\//)
    expect(output).toContain('clientSecret=fake-truphone-secret')
  })

  it('says in one sentence that the port is taken', async () => {
    const server = await startEmulatorServer()
    const { port } = new URL(server.url)
    const { code, output, errors } = await run(['--port', port])
    await server.close()
    expect([code, output, errors]).toEqual([1, '', `Port ${port} on 127.0.0.1 is already in use.\n`])
  })

  it('shows help', async () => {
    const { code, output } = await run(['--help'])
    expect([code, output]).toEqual([0, expect.stringContaining('--port <number>')])
  })

  it.each([
    [['--port', 'abc'], '--port must be a whole number'],
    [['--port', '70000'], '--port must be a whole number'],
    [['--colour'], "Unknown option '--colour'"],
  ])('refuses %o', async (args, message) => {
    const { code, errors } = await run(args)
    expect(code).toBe(1)
    expect(errors).toContain(message)
  })
})
