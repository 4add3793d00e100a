import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FromGateway, GatewayOrders, Question, ToGateway } from './messages.ts'

/** A gateway in a process of its own. */
export interface GatewayChild {
  readonly name: string
  readonly pid: number
  readonly url: string
  /** Resolves when the process has ended, to how: `SIGKILL`, or `exit code 1`. */
  readonly ended: Promise<string>
  /** Ends it; by force, if it does not end by itself. */
  readonly stop: () => Promise<void>
}

const longestStopMs = 1000

/**
 * Starts a gateway's process, and answers its questions. Resolves when it listens.
 * @throws {Error} it cannot; the message is its own
 */
export async function startGatewayChild(
  orders: GatewayOrders,
  env: NodeJS.ProcessEnv,
  answer: (question: Question) => Promise<unknown>,
): Promise<GatewayChild> {
  // Itself when it runs from its sources, and what was built of it otherwise.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const program = fileURLToPath(new URL(`gateway-process.${extension}`, import.meta.url))
  // In a session of its own: Ctrl-C at the terminal reaches the process that started it, which then ends it.
  const child = fork(program, [orders.name], {
    env,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit').then(([code, signal]) => (signal ?? `exit code ${code}`) as string)
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null
  process.once('exit', () => void child.kill('SIGKILL'))
  const stop = async (): Promise<void> => {
    if (isOver()) return
    child.kill('SIGTERM')
    const force = setTimeout(() => child.kill('SIGKILL'), longestStopMs)
    await ended
    clearTimeout(force)
  }
  try {
    const url = await listening(child, orders, answer, ended)
    return { name: orders.name, pid: child.pid ?? 0, url, ended, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function listening(
  child: ChildProcess,
  orders: GatewayOrders,
  answer: (question: Question) => Promise<unknown>,
  ended: Promise<string>,
): Promise<string> {
  const send = (message: ToGateway): void => {
    // Who has ended needs no answer.
    if (child.connected) child.send(message, () => {})
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.on('message', (message: FromGateway) => {
      if (message.type === 'listening') resolve(message.url)
      else if (message.type === 'failed') reject(new Error(message.message))
      else {
        const { id, question } = message
        void answer(question).then(value => send({ type: 'answer', id, value }))
      }
    })
    void ended.then(how => reject(new Error(`Gateway ${orders.name} did not start: ${how}.`)))
    send({ type: 'orders', orders })
  })
}
