import { fileURLToPath } from 'node:url'
import { isolationHeaders } from '../server/isolation-headers.ts'

/** How Next builds a demo. */
export interface SharedNextConfig {
  readonly poweredByHeader: false
  readonly turbopack: { readonly root: string }
  readonly typescript: { readonly ignoreBuildErrors: true }
  readonly headers: () => Promise<{ source: string; headers: { key: string; value: string }[] }[]>
}

/** What the configurations of all demos with Next have in common. */
export const nextConfig: SharedNextConfig = {
  poweredByHeader: false,
  // The repository, where the packages are that a demo uses.
  turbopack: { root: fileURLToPath(new URL('../../../..', import.meta.url)) },
  // `npm run typecheck` does that, against the sources of the packages.
  typescript: { ignoreBuildErrors: true },
  headers: () => {
    const headers = Object.entries(isolationHeaders).map(([key, value]) => ({ key, value }))
    return Promise.resolve([{ source: '/:path*', headers }])
  },
}
