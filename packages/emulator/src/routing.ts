import { providerNames } from './provider-name.ts'
import type { ProviderName } from './provider-name.ts'

/**
 * The real hosts and where they lie below the emulator. TRAVIS and IRIS document no API host: theirs are made up,
 * below `.example`.
 */
const realHosts: readonly { readonly origin: string; readonly prefix: string }[] = [
  { origin: 'https://auth.yourtravis.com', prefix: '/travis/auth' },
  { origin: 'https://api.travis.example', prefix: '/travis/api' },
  { origin: 'https://api.trafficstars.com', prefix: '/trafficstars' },
  // In Team Server's document, plain http; the first of the two is what `endpoints()` shows.
  { origin: 'http://teamserver.example.com', prefix: '/team-server' },
  { origin: 'https://teamserver.example.com', prefix: '/team-server' },
  { origin: 'https://auth.trackunit.com', prefix: '/iris' },
  { origin: 'https://iris.trackunit.example', prefix: '/iris/api' },
  { origin: 'https://services.truphone.com', prefix: '/truphone' },
]

const pathBasedHost = 'emulator.test'
const foreignHost = 'foreign.test'
/**
 * Where redirects to a foreign origin lead: below the emulator, so that the journal shows who follows, but to no
 * provider.
 */
export const foreignPath = '/_foreign'
export const foreignOrigin: string = `https://${foreignHost}`

/** Returns the path below the emulator that a URL stands for, or undefined when its host is unknown. */
export function emulatorPath(url: URL): string | undefined {
  if (url.hostname === pathBasedHost) return url.pathname
  if (url.hostname === foreignHost) return foreignPath + url.pathname
  const host = realHosts.find(candidate => candidate.origin === url.origin)
  return host && host.prefix + url.pathname
}

/** Returns the URL of a path below the emulator: below `origin`, or at the real host that lies there. */
export function publicBase(prefix: string, origin: string | undefined): string {
  if (origin !== undefined) return origin.replace(/\/+$/, '') + prefix
  const host = realHosts.find(candidate => candidate.prefix === prefix)
  if (!host) throw new Error(`No real host lies at ${prefix}.`)
  return host.origin
}

/** Splits a path into the provider and what lies below it; undefined when it belongs to no provider. */
export function splitPath(
  path: string,
): { readonly provider: ProviderName; readonly rest: string } | undefined {
  const provider = providerNames.find(name => path === `/${name}` || path.startsWith(`/${name}/`))
  return provider && { provider, rest: path.slice(provider.length + 1) || '/' }
}
