import { Auth, customFetch } from '@auth/core'
import { memoryStore } from '@evergrant/core'
import type { TokenStore } from '@evergrant/core'
import { createEmulator } from '@evergrant/emulator'
import type { Emulator } from '@evergrant/emulator'
import { VirtualClock } from '@evergrant/testing'
import type { AuthSettings } from './auth-config.ts'
import { createAuthTokens } from './create-auth-tokens.ts'
import type { AuthTokens } from './auth-tokens.ts'
import type { AuthTokensOptions } from './auth-tokens-options.ts'
import { travisSignIn } from './keycloak-sign-ins.ts'
import type { RedirectSignIn } from './sign-in.ts'
import { formOf, locationOf, Visitor } from './visitor.test-support.ts'

export const origin = 'https://app.example'
export const auth: string = `${origin}/auth`

export interface World {
  readonly clock: VirtualClock
  readonly emulator: Emulator
  readonly store: TokenStore
  readonly tokens: AuthTokens
  readonly errors: unknown[]
  readonly handle: (request: Request) => Promise<Response>
  readonly visitor: () => Visitor
  readonly signedIn: (index?: 0 | 1 | 2) => Promise<Visitor>
  /** Another instance of the application, with the same emulator, clock and, unless told otherwise, store. */
  readonly another: (options?: Partial<AuthTokensOptions>) => World
}

/** An application with Auth.js, in process, against the emulator's TRAVIS with strictly rotating refresh tokens. */
export function world(options: Partial<AuthTokensOptions> = {}, settings: AuthSettings = {}): World {
  // Auth.js compares ID tokens with the host's clock.
  const clock = new VirtualClock(Date.now())
  const emulator = createEmulator({ now: () => clock.wall() })
  emulator.travis.configure({ rotation: 'reuse-detection' })
  emulator.travis.setRedirectUris([`${auth}/callback/travis`])
  return instance(clock, emulator, { ...options, store: options.store ?? memoryStore({ clock }) }, settings)
}

function instance(
  clock: VirtualClock,
  emulator: Emulator,
  options: Partial<AuthTokensOptions> & { readonly store: TokenStore },
  settings: AuthSettings,
): World {
  const errors: unknown[] = []
  const tokens = createAuthTokens({
    signIns: [travisAt(emulator)],
    clock,
    fetch: emulator.fetch,
    onError: error => void errors.push(error),
    ...options,
  })
  const config = tokens.withTokens({
    secret: 'fake-secret-fake-secret-fake-secret',
    trustHost: true,
    basePath: '/auth',
    logger: { error: error => void errors.push(error), warn: () => undefined },
    ...settings,
  })
  const handle = async (request: Request): Promise<Response> => Auth(request, config)
  const visitor = (): Visitor =>
    new Visitor(request => (request.url.startsWith(origin) ? handle(request) : emulator.fetch(request)))
  const signedIn = async (index: 0 | 1 | 2 = 0): Promise<Visitor> => {
    const person = visitor()
    const page = await person.send(await person.begin(auth, 'travis'))
    const { action, fields } = formOf(await page.text())
    const { username, password } = emulator.travis.credentials.customers[index]
    const answer = await person.send(action, { form: { ...fields, username, password } })
    await person.send(locationOf(answer))
    return person
  }
  const another = (changes: Partial<AuthTokensOptions> = {}): World =>
    instance(clock, emulator, { ...options, ...changes, store: changes.store ?? options.store }, settings)
  return { clock, emulator, store: options.store, tokens, errors, handle, visitor, signedIn, another }
}

export function travisAt(emulator: Emulator): RedirectSignIn {
  const { clientId, clientSecret } = emulator.travis.credentials.customerClient
  const { apiUrl } = emulator.travis.endpoints()
  const signIn = travisSignIn({ clientId, clientSecret, apiUrl })
  if (signIn.provider === undefined) throw new Error('It has one.')
  return { ...signIn, provider: { ...signIn.provider, [customFetch]: emulator.fetch } }
}
