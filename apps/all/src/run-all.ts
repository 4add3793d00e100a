import { startDemo as startAuthDemo } from '@evergrant/app-authjs/start'
import { readPort, runGateway } from '@evergrant/app-express/run'
import { runDemo as runGraphQLDemo } from '@evergrant/app-graphql/run'
import { startDashboard } from '@evergrant/app-next/start'
import { runDemo } from '@evergrant/app-react/run'
import { startEmulatorServer } from '@evergrant/emulator/server'
import { overview } from './overview.ts'

/** The applications while they run. */
export interface RunningApplications {
  /** What runs where, for a person. */
  readonly overview: string
  /** Ends all of them. */
  readonly stop: () => Promise<void>
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Starts one emulator and all applications on loopback: the first one on `PORT` (default 3000), the others on the ports
 * behind it.
 * @throws {Error} a port cannot be used, or the environment is incomplete; the message says what to do
 */
export async function runAll(
  env: Environment,
  onError: (error: unknown) => void,
): Promise<RunningApplications> {
  const port = readPort(env['PORT'])
  const stops: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    await Promise.allSettled(stops.splice(0).map(end => end()))
  }
  try {
    const emulator = await startEmulatorServer()
    stops.push(emulator.close)
    const gateway = await runGateway(env, onError, emulator)
    stops.push(gateway.stop)
    const dashboard = await startDashboard({
      port: port === 0 ? 0 : port + 1,
      emulatorUrl: emulator.url,
      env,
    })
    stops.push(dashboard.stop)
    const demo = await runDemo({ port: port === 0 ? 0 : port + 2, emulator, onError })
    stops.push(demo.stop)
    // It has an emulator of its own: customers' tokens live for 30 seconds there.
    const graphql = await runGraphQLDemo({ port: port === 0 ? 0 : port + 3, onError })
    stops.push(graphql.stop)
    // As does this one.
    const authjs = await startAuthDemo({ port: port === 0 ? 0 : port + 4, env })
    stops.push(authjs.stop)
    return {
      overview: overview(
        [
          { url: gateway.url, title: 'Gateway', what: 'five APIs, live; break them and watch (Express)' },
          { url: dashboard.url, title: 'Fleet dashboard', what: 'TRAVIS customers sign in (Next.js)' },
          { url: demo.url, title: 'Two modes', what: 'proxied and mediated tokens, tabs that agree (React)' },
          {
            url: graphql.url,
            title: 'GraphQL',
            what: 'three clients, a subscription, 30-second tokens (Yoga)',
          },
          { url: authjs.url, title: 'Redirects', what: 'sign in by redirect, 30-second tokens (Auth.js)' },
          { url: emulator.url, title: 'Emulator', what: 'the providers, offline' },
        ],
        gateway.notice,
      ),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
