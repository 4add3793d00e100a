import { startEmulatorServer } from '@evergrant/emulator/server'
import { emulatedProviders } from '../choose-providers.ts'
import type { Environment } from '../choose-providers.ts'
import { providerNames } from '../provider-name.ts'
import { describeEmulated, readPort } from '../run.ts'
import { chooseRedis } from './choose-redis.ts'
import { clusterBanner } from './cluster-banner.ts'
import { startGatewayChild } from './gateway-child.ts'
import type { GatewayChild } from './gateway-child.ts'
import type { GatewayOrders } from './messages.ts'
import { SharedWorld } from './shared-world.ts'

/** The processes while they run. */
export interface RunningCluster {
  /** What runs where, for a person. */
  readonly banner: string
  /** Resolves when no gateway is left. */
  readonly ended: Promise<void>
  /** Ends all of them, and the Redis if it was started for them. */
  readonly stop: () => Promise<void>
}

const names = ['A', 'B']

/**
 * Starts a Redis, an emulator and two gateways in processes of their own on loopback: the first gateway on `PORT`
 * (default 4000), the second on the port behind it. `say` is told when one of them ends. Nothing is started again.
 * @throws {Error} there is no Redis, a port cannot be used, or the environment is incomplete; the message says what to do
 */
export async function runCluster(env: Environment, say: (sentence: string) => void): Promise<RunningCluster> {
  const port = readPort(env['PORT'], 4000, 65_535 - names.length + 1)
  const lifetimeMs = readLifetime(env['ACCESS_TOKEN_SECONDS'])
  const stops: (() => Promise<unknown>)[] = []
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => (stopping ??= endInTurn(stops))
  try {
    const redis = await chooseRedis(env['REDIS_URL'])
    stops.push(redis.stop)
    const emulated = emulatedProviders(env)
    const emulator = emulated.length > 0 ? await startEmulatorServer() : undefined
    if (emulator !== undefined) {
      stops.push(emulator.close)
      for (const name of providerNames) emulator.emulator[name].setLifetimes({ accessTokenMs: lifetimeMs })
    }
    const world = new SharedWorld(emulator?.emulator, emulated)
    stops.push(async () => world.dispose())
    const gateways: GatewayChild[] = []
    stops.push(() => Promise.all(gateways.map(gateway => gateway.stop())))
    const places = { port, emulatorUrl: emulator?.url, redis: redis.shared }
    await startGateways(places, env, world, gateways)
    const sayUnlessStopping = (sentence: string): void => {
      if (stopping === undefined) say(sentence)
    }
    const ended = Promise.all(
      gateways.map(async ({ name, pid, ended: end }) => {
        const how = await end
        sayUnlessStopping(world.farewell({ name, pid, how }))
      }),
    )
    void redis.ended?.then(() =>
      sayUnlessStopping(
        'Redis has ended, and is not started again. Each gateway obtains tokens for itself now, where that is safe.',
      ),
    )
    const banner = clusterBanner({
      gateways,
      emulator: emulator && { url: emulator.url, lifetimeMs },
      redis,
      notice: describeEmulated(emulated),
    })
    return { banner, ended: ended.then(() => {}), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Starts both at once. Those that started are in `gateways`, also where the other could not. */
async function startGateways(
  { port, ...shared }: Omit<GatewayOrders, 'name' | 'portAdvice'>,
  env: Environment,
  world: SharedWorld,
  gateways: GatewayChild[],
): Promise<void> {
  const portAdvice = 'choose two others, such as PORT=4100, which takes 4100 and 4101.'
  const starting = names.map((name, index) => {
    const orders = { ...shared, name, portAdvice, port: port === 0 ? 0 : port + index }
    return startGatewayChild(orders, { ...env }, question => world.answer(question))
  })
  const started = await Promise.allSettled(starting)
  for (const each of started) if (each.status === 'fulfilled') gateways.push(each.value)
  for (const each of started) if (each.status === 'rejected') throw each.reason
  for (const gateway of gateways) world.add(gateway)
}

// The gateways end before what they work with.
async function endInTurn(stops: (() => Promise<unknown>)[]): Promise<void> {
  for (const end of stops.toReversed()) await end().catch(() => {})
}

function readLifetime(text = ''): number {
  if (text === '') return 30_000
  const seconds = Number(text)
  if (/^\d+$/.test(text) && seconds >= 5 && seconds <= 86_400) return seconds * 1000
  throw new Error(`ACCESS_TOKEN_SECONDS must be a whole number from 5 to 86400, not "${text}".`)
}
