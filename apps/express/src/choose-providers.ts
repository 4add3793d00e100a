import { ConfigurationError, isConfigurationError } from '@evergrant/core'
import type { Authorization } from '@evergrant/core'
import type { Emulator } from '@evergrant/emulator'
import { erStudioTeamServer, trackunitIris, trafficStars, travis, truphone } from '@evergrant/providers'
import type { GatewayProviders } from './gateway-providers.ts'
import { providerNames } from './provider-name.ts'
import type { ProviderName } from './provider-name.ts'
import { settingsOf } from './settings-advice.ts'
import type { Settings } from './settings-advice.ts'

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Where the emulator listens, and what it accepts. */
export interface RunningEmulator {
  readonly url: string
  readonly emulator: Emulator
}

const factories = {
  travis: travis.serviceAccount,
  trafficStars,
  teamServer: erStudioTeamServer,
  iris: trackunitIris,
  truphone,
}

/** Tells which providers the environment says nothing about: no required variable of theirs is set. */
export function emulatedProviders(env: Environment): ProviderName[] {
  return providerNames.filter(name => {
    const required = factories[name].options.filter(option => option.isRequired)
    return required.every(option => option.env === undefined || (env[option.env] ?? '') === '')
  })
}

/**
 * Configures the real providers from the environment and all others for the emulator.
 * @throws {ConfigurationError} a provider is configured in part or wrongly; every fault of every provider is named
 */
export function chooseProviders(env: Environment, running: RunningEmulator | undefined): GatewayProviders {
  const isEmulated = new Set(emulatedProviders(env))
  const problems: string[] = []
  const choose = <A>(name: ProviderName, real: () => A, emulated: (running: RunningEmulator) => A): A => {
    try {
      return isEmulated.has(name) ? emulated(started(running)) : real()
    } catch (error) {
      if (!isConfigurationError(error)) throw error
      problems.push(...error.problems)
      return undefined as never
    }
  }
  const connections = providerNames.map(name => {
    const real = (): Authorization => factories[name].fromEnv(env)
    const authorization = choose(name, real, emulatedAuthorizations[name])
    return [name, { authorization, ...originOf(name, env) }]
  })
  const customers = choose('travis', () => travis.customers.fromEnv(env), emulatedCustomers)
  if (problems.length > 0)
    throw new ConfigurationError('The environment cannot be used', [...new Set(problems)])
  return {
    ...(Object.fromEntries(connections) as Omit<GatewayProviders, 'customers'>),
    customers: {
      authorization: customers,
      ...originOf('travis', env),
      apiUrl: isEmulated.has('travis') ? travisApiUrl(started(running)) : env['TRAVIS_API_URL'] || undefined,
      examples: isEmulated.has('travis') ? exampleCustomers(started(running)) : [],
    },
  }
}

function originOf(
  name: ProviderName,
  env: Environment,
): { isEmulated: boolean; settings: Settings | undefined } {
  const isEmulated = emulatedProviders(env).includes(name)
  return { isEmulated, settings: isEmulated ? undefined : settingsOf(factories[name].options, env) }
}

function started(running: RunningEmulator | undefined): RunningEmulator {
  if (running === undefined) throw new Error('A provider needs the emulator, which was not started.')
  return running
}

const emulatedAuthorizations: Readonly<Record<ProviderName, (running: RunningEmulator) => Authorization>> = {
  travis: ({ emulator, url }) => {
    const { tokenEndpoint, apiUrl } = emulator.travis.endpoints(url)
    return travis.serviceAccount({ ...emulator.travis.credentials.serviceAccount, tokenEndpoint, apiUrl })
  },
  trafficStars: ({ emulator, url }) => {
    const { tokenEndpoint, apiUrl } = emulator.trafficStars.endpoints(url)
    return trafficStars({ apiKey: emulator.trafficStars.credentials.apiKey, tokenEndpoint, apiUrl })
  },
  teamServer: ({ emulator, url }) => {
    const { clientId, clientSecret, username, password } = emulator.teamServer.credentials
    const { baseUrl } = emulator.teamServer.endpoints(url)
    return erStudioTeamServer({ baseUrl, clientId, clientSecret, username, password })
  },
  iris: ({ emulator, url }) => {
    const { clientId, clientSecret, username, password } = emulator.iris.credentials
    const { tokenEndpoint, apiUrl } = emulator.iris.endpoints(url)
    return trackunitIris({ clientId, clientSecret, username, password, tokenEndpoint, apiUrl })
  },
  truphone: ({ emulator, url }) => {
    const { clientId, clientSecret } = emulator.truphone.credentials
    const { tokenEndpoint, apiUrl } = emulator.truphone.endpoints(url)
    return truphone({ clientId, clientSecret, tokenEndpoint, apiUrl })
  },
}

function emulatedCustomers({ emulator, url }: RunningEmulator): Authorization<never> {
  const { tokenEndpoint, apiUrl } = emulator.travis.endpoints(url)
  return travis.customers({ ...emulator.travis.credentials.customerClient, tokenEndpoint, apiUrl })
}

function travisApiUrl({ emulator, url }: RunningEmulator): string {
  return emulator.travis.endpoints(url).apiUrl
}

function exampleCustomers({ emulator }: RunningEmulator): { username: string; password: string }[] {
  return emulator.travis.credentials.customers.map(({ username, password }) => ({ username, password }))
}
