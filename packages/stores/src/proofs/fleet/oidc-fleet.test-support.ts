import { refreshTokenGrant } from '@evergrant/core'
import { connectStore } from '../connect-store.test-support.ts'
import type { StoreAddress } from '../connect-store.test-support.ts'
import { ForwardClock, withForwardAges } from './fleet-clock.test-support.ts'
import { fleetTokens } from './fleet-tokens.test-support.ts'
import type { FleetServer } from './fleet-tokens.test-support.ts'
import { FleetMember } from './fleet.test-support.ts'
import type { FleetAnswer } from './fleet-worker.test-support.ts'
import { oidcClient, oidcLifetimeMs, startOidcServer } from './oidc-server.test-support.ts'
import type { OidcServer } from './oidc-server.test-support.ts'

/** Many processes, one credential, one store, and oidc-provider as the server. */
export class OidcFleet {
  readonly server: OidcServer
  /** The refresh token that the sign-in used up. */
  readonly usedRefreshToken: string
  readonly #members: readonly FleetMember[]
  #aheadMs = 0

  private constructor(server: OidcServer, usedRefreshToken: string, members: readonly FleetMember[]) {
    this.server = server
    this.usedRefreshToken = usedRefreshToken
    this.#members = members
  }

  /** Starts so many processes for somebody who has signed in. */
  static async start(address: StoreAddress, processes: number): Promise<OidcFleet> {
    const server = await startOidcServer()
    const refreshToken = await server.mintRefreshToken()
    const told = {
      ...oidcClient,
      tokenEndpoint: server.tokenEndpoint,
      apiUrl: server.userinfoEndpoint,
      username: '',
      password: '',
      timeoutMs: 20_000,
      holdMs: 25_000,
    }
    await signIn(told, address, refreshToken)
    const tasks = Array.from({ length: processes }, () => ({ ...told, address, aheadMs: 0 }))
    const members = await Promise.all(tasks.map(task => FleetMember.start(task)))
    return new OidcFleet(server, refreshToken, members)
  }

  /** Lets the access token's life pass for every process. The server's own clock stays: to it they are early. */
  async expire(): Promise<void> {
    this.#aheadMs += oidcLifetimeMs + 1000
    const command = { do: 'advance', aheadMs: this.#aheadMs } as const
    await Promise.all(this.#members.map(member => member.tell(command)))
  }

  /** Asks all processes at once, each with so many callers. */
  async ask(callers: number): Promise<FleetAnswer> {
    const answers = await Promise.all(this.#members.map(member => member.tell({ do: 'ask', callers })))
    return {
      tokens: [...new Set(answers.flatMap(({ tokens }) => tokens))],
      errors: [...new Set(answers.flatMap(({ errors }) => errors))],
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#members.map(member => member.stop()))
    await this.server.close()
  }
}

/** Signs in where nobody stays: the processes find what it left in the store. */
async function signIn(server: FleetServer, address: StoreAddress, refreshToken: string): Promise<void> {
  const { store, close } = await connectStore(address)
  const clock = new ForwardClock()
  const tokens = fleetTokens(server, { clock, store: withForwardAges(store, clock) })
  await tokens.signIn(refreshTokenGrant({ refreshToken, isSingleUse: true }))
  await tokens.dispose()
  await close()
}
