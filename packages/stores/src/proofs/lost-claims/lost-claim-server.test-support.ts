import { createEmulator } from '@evergrant/emulator'
import type { Emulator } from '@evergrant/emulator'
import { startEmulatorServer } from '@evergrant/emulator/server'
import type { EmulatorServer } from '@evergrant/emulator/server'
import { senderHeader } from './lost-claim-gate.test-support.ts'
import type { Habit } from './lost-claim-run.test-support.ts'

const rotations = {
  'kills the family': 'reuse-detection',
  refuses: 'on',
  forgives: { graceMs: 30_000 },
} as const

/** How long an access token lives, in milliseconds. */
export const lifetimeMs = 60_000

/** How long a server forgives, in milliseconds: as clients are told. */
export function graceMsOf(habit: Habit): number {
  return habit === 'forgives' ? rotations.forgives.graceMs : 0
}

/** One request to the token endpoint with a refresh token, and what the server did. */
export interface Redemption {
  /** The id of the process. */
  readonly sender: number
  readonly presented: string
  readonly status: number
  readonly issued?: string | undefined
}

/** Requests of one session wait at the server's door. */
export interface ServerGate {
  readonly arrived: Promise<void>
  readonly open: () => void
}

/** A server that knows what it has issued in each session, and lets tests hold requests back. */
export class LedgerServer {
  readonly #emulator = createEmulator()
  readonly #redemptions = new Map<string, Redemption[]>()
  readonly #gates = new Map<string, { readonly arrive: () => void; readonly opened: Promise<void> }>()
  #server: EmulatorServer | undefined

  static async start(habit: Habit): Promise<LedgerServer> {
    const ledger = new LedgerServer()
    const { travis } = ledger.#emulator
    travis.configure({ rotation: rotations[habit] })
    travis.setLifetimes({ accessTokenMs: lifetimeMs, refreshTokenMs: 36_000_000 })
    const emulator = { ...ledger.#emulator, handle: ledger.#handle } as Emulator
    ledger.#server = await startEmulatorServer({ emulator })
    return ledger
  }

  /** Where to sign in, and as whom. */
  get place(): {
    readonly tokenEndpoint: string
    readonly apiUrl: string
    readonly clientId: string
    readonly clientSecret: string
    readonly username: string
    readonly password: string
  } {
    const { travis } = this.#emulator
    const { tokenEndpoint, apiUrl } = travis.endpoints(this.#server?.url)
    return { ...travis.credentials.customers[0], tokenEndpoint, apiUrl }
  }

  advance(byMs: number): void {
    this.#emulator.advance(byMs)
  }

  /** What was redeemed in a session so far, in the order of the answers. */
  redemptions(session: string): readonly Redemption[] {
    return this.#redemptions.get(session) ?? []
  }

  /** Holds back the next redemption of a session. */
  gate(session: string): ServerGate {
    const [arrived, arrive] = signal()
    const [opened, open] = signal()
    this.#gates.set(session, { arrive, opened })
    return { arrived, open }
  }

  /** Whether the API takes an access token. */
  async accepts(accessToken: string): Promise<boolean> {
    const headers = { authorization: `Bearer ${accessToken}` }
    const response = await fetch(`${this.place.apiUrl}vehicles`, { headers })
    await response.body?.cancel()
    return response.status !== 401
  }

  async close(): Promise<void> {
    await this.#server?.close()
  }

  readonly #handle = async (request: Request): Promise<Response> => {
    const isToken = new URL(request.url).pathname === new URL(this.place.tokenEndpoint).pathname
    if (!isToken) return this.#emulator.handle(request)
    const presented = new URLSearchParams(await request.clone().text()).get('refresh_token')
    if (presented === null) return this.#emulator.handle(request)
    const session = sessionOf(presented)
    const gate = this.#gates.get(session)
    this.#gates.delete(session)
    gate?.arrive()
    await gate?.opened
    const response = await this.#emulator.handle(request)
    const answer = (await response.clone().json()) as { refresh_token?: string }
    const sender = Number(request.headers.get(senderHeader))
    const redemption = { sender, presented, status: response.status, issued: answer.refresh_token }
    this.#redemptions.set(session, [...this.redemptions(session), redemption])
    return response
  }
}

/** The session that a refresh token of the emulator belongs to. */
export function sessionOf(refreshToken: string): string {
  const [, payload = ''] = refreshToken.split('.')
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sid: string }).sid
}

function signal(): [promise: Promise<void>, settle: () => void] {
  let settle = (): void => undefined
  const promise = new Promise<void>(resolve => void (settle = resolve))
  return [promise, () => settle()]
}
