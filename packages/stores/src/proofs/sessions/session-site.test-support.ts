import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { startEmulatorServer } from '@evergrant/emulator/server'
import type { EmulatorServer } from '@evergrant/emulator/server'
import type { StoreAddress } from '../connect-store.test-support.ts'
import { SessionBrowser } from './session-browser.test-support.ts'
import type { InstanceAnswer, InstanceTask, SessionMode } from './session-instance.test-support.ts'

const lifetimeMs = 300_000

/** An application of several instances, which share a store and nothing else, and a server that forgives no replay. */
export class SessionSite {
  readonly server: EmulatorServer
  readonly #mode: SessionMode
  readonly #address: StoreAddress
  readonly #instances: SessionInstance[] = []
  #aheadMs = 0

  private constructor(server: EmulatorServer, mode: SessionMode, address: StoreAddress) {
    this.server = server
    this.#mode = mode
    this.#address = address
  }

  static async start(mode: SessionMode, address: StoreAddress): Promise<SessionSite> {
    const server = await startEmulatorServer()
    const { travis } = server.emulator
    travis.configure({ rotation: 'reuse-detection' })
    travis.setLifetimes({ accessTokenMs: lifetimeMs, refreshTokenMs: 36_000_000 })
    return new SessionSite(server, mode, address)
  }

  /** Adds an instance, which knows nothing but the store. */
  async add(): Promise<SessionInstance> {
    const { url, emulator } = this.server
    const { tokenEndpoint, apiUrl } = emulator.travis.endpoints(url)
    const instance = await SessionInstance.start({
      ...emulator.travis.credentials.customerClient,
      tokenEndpoint,
      apiUrl,
      mode: this.#mode,
      address: this.#address,
      aheadMs: this.#aheadMs,
    })
    this.#instances.push(instance)
    return instance
  }

  /** The browser of a customer who has just signed in. */
  async signIn(instance: SessionInstance, customer: number): Promise<SessionBrowser> {
    const { username, password } = this.server.emulator.travis.credentials.customers[customer]!
    const { status, browser } = await new SessionBrowser().send(instance.port, 'POST auth/sign-in', {
      username,
      password,
    })
    if (status !== 200) throw new Error(`The sign-in was answered ${status}.`)
    return browser
  }

  usernameOf(customer: number): string {
    return this.server.emulator.travis.credentials.customers[customer]!.username
  }

  /** Lets the access tokens' life pass, for the server and for every instance. */
  async expire(): Promise<void> {
    this.#aheadMs += lifetimeMs + 1000
    this.server.emulator.advance(lifetimeMs + 1000)
    const alive = this.#instances.filter(instance => instance.isAlive)
    await Promise.all(alive.map(instance => instance.setTime(this.#aheadMs)))
  }

  /** What the token endpoint answered to refresh tokens. */
  get refreshes(): readonly number[] {
    const entries = this.server.emulator.journal.entries({ kind: 'token', grantType: 'refresh_token' })
    return entries.map(({ status }) => status)
  }

  async stop(): Promise<void> {
    await Promise.all(this.#instances.map(instance => instance.kill()))
    await this.server.close()
  }
}

/** One process. */
export class SessionInstance {
  readonly port: number
  readonly #child: ChildProcess

  private constructor(port: number, child: ChildProcess) {
    this.port = port
    this.#child = child
  }

  static async start(task: InstanceTask): Promise<SessionInstance> {
    const worker = new URL('session-instance.test-support.ts', import.meta.url)
    const child = fork(worker, [JSON.stringify(task)], {
      execArgv: ['--conditions=evergrant-src', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const { port } = (await answerOf(child)) as InstanceAnswer
    return new SessionInstance(port, child)
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  async setTime(aheadMs: number): Promise<void> {
    this.#child.send(aheadMs)
    await answerOf(this.#child)
  }

  /** Ends the process at once: whatever it knew is gone. */
  async kill(): Promise<void> {
    if (!this.isAlive) return
    const ended = new Promise(resolve => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await ended
  }
}

function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new Error('An instance ended.'))
    child.once('exit', fail)
    child.once('message', answer => {
      child.off('exit', fail)
      resolve(answer)
    })
  })
}
