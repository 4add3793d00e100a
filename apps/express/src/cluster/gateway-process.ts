// The program of one gateway; the process that starts it tells it what to do, and ends it.
import { rmSync } from 'node:fs'
import { runMember } from './run-member.ts'
import type { RunningMember } from './run-member.ts'
import type { FromGateway, GatewayOrders, SharedRedis, ToGateway } from './messages.ts'
import { ParentLine } from './parent-line.ts'

const longestStopMs = 800

let running: Promise<RunningMember> | undefined
let redis: SharedRedis | undefined

const channel = {
  send: (message: FromGateway): void => void process.send?.(message),
  on: (event: 'message', listener: (message: ToGateway) => void) => process.on(event, listener),
}
const line = new ParentLine(channel)

function start(orders: GatewayOrders): void {
  redis = orders.redis
  const say = (sentence: string): void => void process.stderr.write(`Gateway ${orders.name}: ${sentence}\n`)
  running = runMember(orders, line, process.env, say)
  running.then(
    ({ url }) => channel.send({ type: 'listening', url }),
    (error: unknown) => {
      channel.send({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
    },
  )
}

async function stop(): Promise<void> {
  setTimeout(() => process.exit(0), longestStopMs)
  await running?.then(member => member.stop()).catch(() => {})
  process.exit(0)
}

/** Who started all this is gone and cannot end the Redis that it started: the gateways do. */
async function endAll(): Promise<void> {
  if (redis?.temporaryFolder !== undefined) {
    await running?.then(member => member.endRedis()).catch(() => {})
    rmSync(redis.temporaryFolder, { recursive: true, force: true })
  }
  await stop()
}

process.on('message', (message: ToGateway) => {
  if (message.type === 'orders') start(message.orders)
})
process.once('SIGTERM', () => void stop())
process.once('SIGINT', () => void stop())
process.once('disconnect', () => void endAll())
